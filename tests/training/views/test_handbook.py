"""Reading the handbook: with an account and without, searching, printing, saying whether it helped."""

import re

import pytest
from django.test import Client
from django.utils.translation import override

from aftersales.audit.models import AuditEvent
from tests.claims.pictures import jpeg
from tests.factories import NOW, seeing_everything
from tests.training.articles import draft_values, make_article
from training.models import Article, ArticleVersion, ArticleVote
from training.queries import handbook as reading
from training.services import attachments, handbook
from training.views import public_handbook

pytestmark = pytest.mark.django_db
HANDBOOK, PUBLIC = "/training/handbook/", "/handbook/"


@pytest.fixture
def empty(cast):
    """A handbook without what comes with the programme."""
    ArticleVersion.objects.filter(is_current=True).update(is_current=False)


@pytest.fixture
def visitor():
    client = Client(headers={"accept-language": "en"})
    client.cookies["django_language"] = "en"
    with override("en"):
        yield client


def titles(response):
    return re.findall(r'<h3><a href="[^"]+">([^<]+)</a></h3>', response.content.decode())


def test_titles_stand_before_summaries_and_texts(as_user, empty):
    make_article("c", title="别的", summary="别的", body="苹果")
    make_article("b", title="别的二", summary="苹果烂了", body="x")
    make_article("a", title="苹果怎么拍", summary="x", body="x")
    make_article("d", title="梨", summary="梨", body="梨")

    assert titles(as_user("agent").get(HANDBOOK, {"q": "苹果"})) == ["苹果怎么拍", "别的二", "别的"]


def test_all_words_have_to_be_found_wherever_they_stand(as_user, empty):
    make_article("a", title="苹果", summary="x", body="拍照")
    make_article("b", title="苹果", summary="x", body="称重")

    assert titles(as_user("agent").get(HANDBOOK, {"q": "苹果 拍照"})) == ["苹果"]
    assert not as_user("agent").get(HANDBOOK, {"q": "拍照　ＡＢＣ"}).context["list_page"].rows


@pytest.mark.parametrize("query", ["三包", "ＬＥＤ", "led", "Led灯", "烂"])
def test_two_signs_full_width_and_capitals_are_found(as_user, empty, query):
    make_article("a", title="三包", summary="led灯", body="烂")
    make_article("b", title="x", summary="x", body="x")

    assert titles(as_user("agent").get(HANDBOOK, {"q": query})) == ["三包"]


@pytest.mark.parametrize("query", ["%", "_", "\\", "';--", "坏_果", "果%坏"])
def test_signs_of_patterns_only_part_words(as_user, empty, query):
    make_article("a", title="坏果", summary="x", body="x")
    make_article("b", title="别的", summary="x", body="x")

    found = titles(as_user("agent").get(HANDBOOK, {"q": query}))
    assert set(found) == ({"坏果"} if "坏" in query else {"坏果", "别的"})


def test_a_whole_sentence_finds_what_comes_nearest(as_user, empty):
    make_article("a", title="苹果烂了先拍照", summary="x", body="x")
    make_article("b", title="冰箱不制冷", summary="x", body="x")

    response = as_user("agent").get(HANDBOOK, {"q": "我买的苹果烂了怎么办呢"})

    assert titles(response) == ["苹果烂了先拍照"]
    assert "These come nearest." in response.content.decode()


def test_nothing_found_says_what_to_do(as_user, empty):
    page = as_user("agent").get(HANDBOOK, {"q": "飞机"}).content.decode()

    assert "No article fits" in page
    assert "Show all" in page
    assert "The handbook is still empty" in as_user("agent").get(HANDBOOK).content.decode()


def test_filters_take_groups_and_texts_for_any_problem(as_user, empty):
    make_article("a", title="鲜果质量", goods_type="fresh_fruit", problem="quality")
    make_article("b", title="鲜果随便", goods_type="fresh_fruit")
    make_article("c", title="农产品", goods_type="produce")
    make_article("d", title="家电", goods_type="appliance", problem="quality")
    make_article("e", title="都管", problem="quality", topic="law", audience="villager")
    client = as_user("agent")

    def found(**asked):
        return set(titles(client.get(HANDBOOK, asked)))

    assert found(goods="fresh_fruit") == {"鲜果质量", "鲜果随便", "农产品"}
    assert found(goods="produce") == {"鲜果质量", "鲜果随便", "农产品"}
    assert found(goods="fresh_fruit", problem="quality") == {"鲜果质量", "鲜果随便", "农产品"}
    assert found(goods="fresh_fruit", problem="price") == {"鲜果随便", "农产品"}
    assert found(problem="quality") == {"鲜果质量", "家电", "都管"}
    assert found(topic="law") == {"都管"}
    assert found(audience="villager") == {"都管"}
    assert len(found(goods="nonsense", problem="x", topic="y", audience="z")) == 5


def test_pages_of_a_long_list_show_every_article_once(as_user, empty):
    for number in range(45):
        make_article(f"a{number:02}", title=f"第{number:02}篇", topic="law" if number % 2 else "digital")
    client, seen, url = as_user("agent"), [], HANDBOOK
    for _page in range(3):
        response = client.get(url)
        seen += titles(response)
        following = re.search(r'rel="next" href="([^"]+)"', response.content.decode())
        url = HANDBOOK + following[1].replace("&amp;", "&") if following else ""

    assert url == ""
    assert sorted(seen) == [f"第{number:02}篇" for number in range(45)]


def test_what_goes_with_a_claim_begins_with_the_nearest(as_user, empty):
    make_article("a", title="都管", problem="quality")
    make_article("b", title="农产品", goods_type="produce")
    make_article("c", title="鲜果", goods_type="fresh_fruit")
    make_article("d", title="鲜果质量", goods_type="fresh_fruit", problem="quality")
    make_article("e", title="鲜果物流", goods_type="fresh_fruit", problem="logistics")
    make_article("f", title="家电", goods_type="appliance")
    client = as_user("agent")

    page = client.get("/training/handbook/about/", {"goods": "fresh_fruit", "problem": "quality"})

    assert titles(page) == ["鲜果质量", "鲜果", "农产品", "都管"]
    assert titles(client.get("/training/handbook/about/", {"goods": "no", "problem": "'"})) == []
    assert (
        "says nothing on this yet"
        in client.get("/training/handbook/about/", {"goods": "seed"}).content.decode()
    )


def test_villagers_read_what_is_written_for_them_and_nothing_else(visitor, empty):
    make_article("open", title="给村民", audience="villager")
    make_article("inside", title="给代办员", audience="agent")
    gone = make_article("gone", title="退役", audience="villager")
    Article.objects.filter(pk=gone.article_id).update(retired_at=NOW)

    assert titles(visitor.get(PUBLIC)) == ["给村民"]
    assert visitor.get(PUBLIC + "open/").status_code == 200
    for code in ("inside", "gone", "none"):
        assert visitor.get(f"{PUBLIC}{code}/").status_code == 404
        assert visitor.get(f"{PUBLIC}{code}/print/").status_code == 404
        assert visitor.post(f"{PUBLIC}{code}/", {"has_helped": "1"}).status_code == 404
    assert not ArticleVote.objects.exists()


def test_an_article_shows_text_video_sources_and_version(visitor, empty):
    version = make_article("open", title="先拍照", body="## 三张\n- **全景**", audience="villager")
    draft = handbook.save_draft(
        version.article,
        **draft_values(
            title="先拍照", body="## 三张\n- **全景**", video_url="https://v.example/1", sources="第二十五条"
        ),
        by=version.written_by,
        now=NOW,
    )
    handbook.publish(draft, by=version.written_by, now=NOW)
    page = visitor.get(PUBLIC + "open/").content.decode()

    assert "<h2>三张</h2>\n<ul><li><strong>全景</strong></li></ul>" in page
    assert 'href="https://v.example/1" rel="noopener noreferrer external"' in page
    assert "第二十五条" in page
    assert "Version 2 of 2026-11-20" in page
    sheet = visitor.get(PUBLIC + "open/print/").content.decode()
    assert "<strong>全景</strong>" in sheet
    assert "<svg" in sheet


def test_pictures_are_sent_to_those_who_may_read_the_text(visitor, as_user, cast, empty):
    version = make_article("open", audience="villager")
    by = {"by": cast.trainer, "now": NOW}
    draft = handbook.save_draft(version.article, **draft_values(body="看\n![1]"), **by)
    picture = attachments.add(draft, upload=jpeg(), caption="六个面", **by)
    public, inside = f"/handbook/pictures/{picture.pk}/", f"/training/handbook/pictures/{picture.pk}/"

    assert [c.get(inside).status_code for c in (as_user("agent"), as_user("trainer"))] == [404, 200]
    assert visitor.get(public).status_code == 404
    handbook.publish(draft, **by)
    page = visitor.get(PUBLIC + "open/").content.decode()
    assert f'src="{public}?small"' in page
    assert [c.get(inside).status_code for c in (as_user("agent"), as_user("trainer"))] == [200, 200]
    response = visitor.get(public + "?small")
    assert (response.status_code, response["Content-Type"]) == (200, "image/jpeg")
    Article.objects.update(audience="agent")
    assert visitor.get(public).status_code == 404
    assert as_user("agent").get(inside).status_code == 200
    assert visitor.get("/handbook/pictures/999999999/").status_code == 404


def test_an_account_says_once_whether_it_helped(as_user, cast, empty):
    version = make_article("inside")
    client, url = as_user("agent"), f"{HANDBOOK}a/inside/"

    response = client.post(url, {"has_helped": "0", "comment": "字太小"})

    assert (response.status_code, response["Location"]) == (302, url + "#helped")
    assert "Thank you." in client.get(url).content.decode()
    again = client.post(url, {"has_helped": "1"})
    assert again.status_code == 409
    assert list(ArticleVote.objects.values_list("article_version", "has_helped", "comment", "user")) == [
        (version.pk, False, "字太小", cast.agent.pk)
    ]


@pytest.mark.parametrize(
    "sent", [{}, {"has_helped": "vielleicht"}, {"has_helped": "1", "comment": "长" * 201}]
)
def test_nonsense_is_refused_and_what_was_typed_stays(as_user, visitor, empty, sent):
    make_article("open", audience="villager")

    for client, url in ((as_user("agent"), f"{HANDBOOK}a/open/"), (visitor, PUBLIC + "open/")):
        response = client.post(url, sent)
        assert response.status_code == 200
        assert sent.get("comment", "Was this helpful") in response.content.decode()
    assert not ArticleVote.objects.exists()


def test_votes_without_an_account_are_counted_and_slowed_down(visitor, empty, monkeypatch):
    make_article("open", audience="villager")
    monkeypatch.setattr(
        public_handbook,
        "VOTES_BY_ADDRESS",
        public_handbook.Throttle("test votes", limit=2, window=public_handbook.VOTES_BY_ADDRESS.window),
    )
    url = PUBLIC + "open/"

    answers = [visitor.post(url, {"has_helped": "1", "comment": "好"}) for _each in range(3)]

    assert [each.status_code for each in answers] == [302, 302, 429]
    assert "好" in answers[2].content.decode()
    assert ArticleVote.objects.filter(user__isnull=True).count() == 2
    assert "Thank you." in visitor.get(answers[0]["Location"]).content.decode()


def test_of_a_vote_without_an_account_nothing_about_the_sender_is_kept(visitor, as_user, empty):
    make_article("a", audience="villager")
    said = {"has_helped": "1", "comment": "看懂了"}

    visitor.post(f"{PUBLIC}a/", said, REMOTE_ADDR="203.0.113.7")
    as_user("agent").post(f"{HANDBOOK}a/a/", said, REMOTE_ADDR="203.0.113.8")

    with seeing_everything():
        events = AuditEvent.objects.filter(verb="article.voted").order_by("id")
        assert list(events.values_list("actor_name", "address")) == [
            ("", ""),
            ("王秀兰", "203.0.113.8"),
        ]


def test_reading_takes_few_queries(as_user, visitor, empty, django_assert_max_num_queries):
    for number in range(25):
        make_article(f"a{number}", audience="villager", goods_type="fresh_fruit")
    client = as_user("agent")
    client.get(HANDBOOK)
    with django_assert_max_num_queries(9):
        client.get(HANDBOOK)
    with django_assert_max_num_queries(9):
        client.get("/training/handbook/a/a1/")
    with django_assert_max_num_queries(9):
        client.get("/training/handbook/about/", {"goods": "fresh_fruit"})
    with django_assert_max_num_queries(3):
        visitor.get(PUBLIC)
    with django_assert_max_num_queries(3):
        visitor.get(PUBLIC + "a1/")


def test_what_comes_with_the_programme_is_found(cast):
    for word in ("七日", "三包", "验货", "骗子", "农药", "种子"):
        assert reading.matching(reading.published(), word).exists() or reading.nearest(
            reading.published(), word, 3
        ), word


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("苹果坏了怎么办", "fruit-logistics"),
        ("橙子", "fruit-logistics"),
        ("白菜", "vegetables"),
        ("化肥", "pesticide"),
        ("种子", "pesticide"),
        ("饲料", "pesticide"),
    ],
)
def test_villagers_find_what_they_buy_by_its_name(visitor, cast, words, code):
    assert f'href="{PUBLIC}{code}/"' in visitor.get(PUBLIC, {"q": words}).content.decode()
