"""Writing the handbook: new articles, drafts, pictures, preview, versions, in and out."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.claims.pictures import jpeg
from tests.factories import NOW
from tests.training.articles import draft_values, make_article
from training.models import Article, ArticleVersion, Attachment
from training.services import article_votes, attachments, handbook

pytestmark = pytest.mark.django_db
DESK, NEW = "/training/handbook/desk/", "/training/handbook/new/"


@pytest.fixture
def trainer(as_user):
    return as_user("trainer")


@pytest.fixture
def next_year():
    return timezone.localdate().replace(day=1, year=timezone.localdate().year + 1)


def page_of(code, step):
    return f"/training/handbook/a/{code}/{step}/"


def place(**changed):
    return {
        "form_key": "k" * 24,
        "code": "fruit-photos",
        "audience": "villager",
        "topic": "evidence",
        "goods_type": "fresh_fruit",
        "problem": "",
        "position": "5",
        **changed,
    }


def sent(next_year, **changed):
    return {**draft_values(review_on=next_year.isoformat()), "seen": "", **changed}


def test_from_an_empty_desk_to_a_published_article(trainer, as_user, next_year):
    assert trainer.post(NEW, place())["Location"] == page_of("fruit-photos", "edit")
    saved = trainer.post(page_of("fruit-photos", "edit"), sent(next_year))
    assert saved["Location"] == page_of("fruit-photos", "preview")
    assert as_user("agent").get("/training/handbook/a/fruit-photos/").status_code == 404

    preview = trainer.get(page_of("fruit-photos", "preview"))
    seen = preview.context["form"]["seen"].value()
    done = trainer.post(page_of("fruit-photos", "preview"), {"seen": seen})

    assert done["Location"] == "/training/handbook/a/fruit-photos/"
    assert as_user("agent").get("/training/handbook/a/fruit-photos/").status_code == 200
    assert trainer.get(page_of("fruit-photos", "preview")).status_code == 404


def test_the_same_form_sent_twice_begins_one_article(trainer):
    first, second = trainer.post(NEW, place()), trainer.post(NEW, place())

    assert first["Location"] == second["Location"]
    assert Article.objects.filter(code="fruit-photos").count() == 1
    other = trainer.post(NEW, place(form_key="j" * 24))
    assert other.status_code == 409
    assert "There is an article with this code." in other.content.decode()


@pytest.mark.parametrize(
    "changed",
    [{"code": "Ä b"}, {"code": ""}, {"audience": "x"}, {"topic": ""}, {"position": "-1"}, {"form_key": ""}],
)
def test_a_place_with_nonsense_is_refused_and_kept(trainer, changed):
    response = trainer.post(NEW, place(**changed))

    assert response.status_code in (200, 409)
    assert 'value="5"' in response.content.decode() or changed.get("position")
    assert not Article.objects.filter(code="fruit-photos").exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"title": ""},
        {"title": "长" * 81},
        {"body": "![1]"},
        {"video_url": "javascript:alert(1)"},
        {"review_on": "gestern"},
        {"review_on": "2020-01-01"},
        {"review_on": "99999-01-01"},
        {"seen": "alt"},
    ],
)
def test_a_draft_with_nonsense_is_refused_and_what_was_typed_stays(trainer, next_year, changed):
    make_article("there")

    response = trainer.post(page_of("there", "edit"), sent(next_year, summary="一句独特的话", **changed))

    assert response.status_code in (200, 409)
    assert "一句独特的话" in response.content.decode()
    assert ArticleVersion.objects.filter(article__code="there").count() == 1


def test_a_draft_begins_with_what_is_in_force(trainer):
    make_article("there", title="旧标题", body="旧文字")

    form = trainer.get(page_of("there", "edit")).context["form"]

    assert (form["title"].value(), form["body"].value(), form["seen"].value()) == ("旧标题", "旧文字", "")


def test_what_changed_since_the_preview_is_not_published(trainer, cast, next_year):
    make_article("there")
    trainer.post(page_of("there", "edit"), sent(next_year))
    seen = trainer.get(page_of("there", "preview")).context["form"]["seen"].value()
    article = Article.objects.get(code="there")
    handbook.save_draft(
        article, **draft_values(title="别人改的", review_on=next_year), by=cast.platform, now=timezone.now()
    )

    response = trainer.post(page_of("there", "preview"), {"seen": seen})

    assert response.status_code == 409
    assert "changed the draft meanwhile" in response.content.decode()
    assert article.versions.get(is_current=True).version == 1


def test_pictures_are_added_and_taken_out(trainer, cast, django_capture_on_commit_callbacks):
    version = make_article("there")
    draft = handbook.save_draft(version.article, **draft_values(), by=cast.trainer, now=NOW)
    upload = SimpleUploadedFile("a.jpg", jpeg(), "image/jpeg")
    url = page_of("there", "pictures")

    assert trainer.post(url, {"picture": upload, "caption": "六个面"})["Location"] == url
    page = trainer.get(url).content.decode()
    assert "![1]" in page
    assert "六个面" in page
    wrong = SimpleUploadedFile("a.jpg", b"<svg onload=alert(1)>", "image/jpeg")
    assert trainer.post(url, {"picture": wrong, "caption": "x"}).status_code == 409
    assert trainer.post(url, {"caption": "x"}).status_code == 200
    assert Attachment.objects.filter(article_version=draft).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_picture_is_taken_out_of_a_draft_alone(cast, as_user):
    trainer = as_user("trainer")
    version = make_article("there")
    draft = handbook.save_draft(version.article, **draft_values(), by=cast.trainer, now=NOW)
    picture = attachments.add(draft, upload=jpeg(), caption="六个面", by=cast.trainer, now=NOW)
    url = f"/training/handbook/pictures/{picture.pk}/remove/"

    assert trainer.get(url).status_code == 200
    assert trainer.post(url)["Location"] == page_of("there", "pictures")
    assert trainer.post(url).status_code == 404
    assert not Attachment.objects.exists()
    second = attachments.add(draft, upload=jpeg(), caption="面单", by=cast.trainer, now=NOW)
    handbook.publish(draft, by=cast.trainer, now=NOW)
    assert trainer.post(f"/training/handbook/pictures/{second.pk}/remove/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_draft_is_thrown_away(cast, as_user):
    trainer = as_user("trainer")
    version = make_article("there")
    handbook.save_draft(version.article, **draft_values(title="无用"), by=cast.trainer, now=NOW)

    assert trainer.get(page_of("there", "drop")).status_code == 200
    assert trainer.post(page_of("there", "drop"))["Location"] == page_of("there", "versions")
    assert trainer.post(page_of("there", "drop")).status_code == 404
    assert list(version.article.versions.values_list("pk", flat=True)) == [version.pk]


def test_versions_show_what_readers_said(trainer, cast):
    version = make_article("there")
    article_votes.vote(version, has_helped=True, comment="清楚", user=cast.agent, now=NOW)
    article_votes.vote(version, has_helped=False, comment="", user=cast.neighbour, now=NOW)

    page = trainer.get(page_of("there", "versions")).content.decode()

    assert "1 of 2" in page
    assert "清楚" in page
    assert cast.agent.full_name not in page
    assert trainer.get(page_of("there", "versions") + "1/").status_code == 200
    assert trainer.get(page_of("there", "versions") + "2/").status_code == 404


def test_the_place_is_changed(trainer):
    make_article("there")
    values = {key: value for key, value in place().items() if key not in ("form_key", "code")}

    assert trainer.post(page_of("there", "place"), values)["Location"] == page_of("there", "versions")
    article = Article.objects.get(code="there")
    assert (article.audience, article.goods_type, article.position) == ("villager", "fresh_fruit", 5)
    assert trainer.post(page_of("there", "place"), {**values, "topic": "x"}).status_code == 200


def test_an_article_goes_and_comes_back(trainer, as_user):
    make_article("there")
    url, read = page_of("there", "state"), "/training/handbook/a/there/"

    assert trainer.post(url, {"reason": ""}).status_code == 200
    assert trainer.post(url, {"reason": "合并了"}).status_code == 302
    assert as_user("agent").get(read).status_code == 404
    assert "Put back into the handbook" in trainer.get(url).content.decode()
    assert trainer.post(url, {"reason": "又要用"}).status_code == 302
    assert as_user("agent").get(read).status_code == 200


def test_what_is_overdue_stands_first_and_can_be_confirmed(trainer, next_year):
    ArticleVersion.objects.filter(is_current=True).update(review_on=next_year)
    make_article("late", title="过期", review_on=date(2020, 1, 1))
    make_article("soon", title="快了", review_on=timezone.localdate() + handbook.timedelta(days=14))
    make_article("far", title="还早", review_on=timezone.localdate() + handbook.timedelta(days=15))

    page = trainer.get("/training/handbook/reviews/").content.decode()
    assert page.index("过期") < page.index("快了")
    assert "还早" not in page
    assert trainer.post(page_of("late", "review"), {"review_on": "2020-01-01"}).status_code == 409
    assert trainer.post(page_of("late", "review"), {"review_on": "x"}).status_code == 200
    assert trainer.post(page_of("late", "review"), {"review_on": next_year.isoformat()}).status_code == 302
    assert "过期" not in trainer.get("/training/handbook/reviews/").content.decode()


def test_the_desk_finds_by_word_audience_and_state(trainer, cast):
    ArticleVersion.objects.filter(is_current=True).update(is_current=False)
    make_article("one", title="坏果")
    two = make_article("two", title="电饭煲", audience="villager")
    handbook.save_draft(two.article, **draft_values(title="新电饭煲"), by=cast.trainer, now=NOW)
    gone = make_article("three", title="旧的")
    handbook.retire(article=gone.article, reason="旧", by=cast.trainer, now=NOW)

    def codes(**asked):
        return [each.code for each in trainer.get(DESK, asked).context["list_page"] if len(each.code) < 6]

    assert {"one", "two", "three"} <= set(codes())
    assert codes(q="电饭") == ["two"]
    assert codes(q="新电") == ["two"]
    assert "two" in codes(audience="villager")
    assert codes(state="draft") == ["two"]
    assert codes(state="retired") == ["three"]
    assert "one" in codes(state="nonsense")


def test_the_desk_takes_few_queries(trainer, django_assert_max_num_queries):
    trainer.get(DESK)
    with django_assert_max_num_queries(9):
        trainer.get(DESK)
    with django_assert_max_num_queries(9):
        trainer.get("/training/handbook/reviews/")


@pytest.mark.parametrize(
    "name, status", [("trainer", 200), ("platform", 200), ("manager", 403), ("agent", 403)]
)
def test_who_writes(as_user, name, status):
    make_article("there")

    for url in (
        DESK,
        NEW,
        "/training/handbook/reviews/",
        page_of("there", "edit"),
        page_of("there", "versions"),
    ):
        assert as_user(name).get(url).status_code == status
