"""Articles: drafts, versions, looking over, votes."""

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from aftersales.audit.models import AuditEvent
from aftersales.lib.errors import Refused
from aftersales.web import picture_store
from tests.claims.pictures import jpeg
from tests.factories import NOW, seeing_everything
from tests.training.articles import REVIEW_ON, draft_values, make_article
from training.models import Article, ArticleVersion, ArticleVote
from training.queries.drafts import mark_of
from training.services import article_votes, attachments, handbook

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(cast):
    return {"by": cast.trainer, "now": NOW}


def begun(by, code="rotten-fruit", **about):
    values = {"audience": "agent", "topic": "evidence", "goods_type": "fresh_fruit", "problem": "quality"}
    return handbook.begin(code=code, **{**values, **about}, **by)


def verbs_of(article):
    with seeing_everything():
        events = AuditEvent.objects.filter(object_type="training.article", object_id=str(article.pk))
        return list(events.order_by("pk").values_list("verb", flat=True))


def refused(code, call, /, *args, **kwargs):
    with pytest.raises(Refused) as caught, transaction.atomic():
        call(*args, **kwargs)
    assert caught.value.code == code
    return caught.value


def test_an_article_is_read_when_its_draft_is_published(by):
    article = begun(by)
    draft = handbook.save_draft(article, **draft_values(body="## 开箱\n**当天**来"), **by)

    assert (draft.version, draft.published_at, draft.is_current) == (1, None, False)
    assert draft.searched == "坏果怎么拍\n三张照片说清楚\n开箱 当天来"

    version = handbook.publish(draft, **by)

    assert (version.pk, version.published_at, version.published_by, version.is_current) == (
        draft.pk,
        NOW,
        by["by"],
        True,
    )
    assert verbs_of(article) == ["article.begun", "article.drafted", "article.published"]


def test_the_next_version_replaces_the_one_in_force(by):
    article = begun(by)
    first = handbook.publish(handbook.save_draft(article, **draft_values(), **by), **by)
    second = handbook.save_draft(article, **draft_values(title="新标题"), **by)

    assert [v.pk for v in article.versions.filter(is_current=True)] == [first.pk]

    handbook.publish(second, **by)

    assert [(v.version, v.title, v.is_current) for v in article.versions.order_by("version")] == [
        (1, "坏果怎么拍", False),
        (2, "新标题", True),
    ]


def test_there_is_one_draft_which_is_written_over(by):
    article = begun(by)
    one = handbook.save_draft(article, **draft_values(), **by)
    two = handbook.save_draft(article, **draft_values(title="改过"), **by)

    assert (one.pk, two.title) == (two.pk, "改过")
    assert article.versions.count() == 1


def test_saving_what_is_there_already_is_no_event(by):
    article = begun(by)
    handbook.save_draft(article, **draft_values(), **by)
    handbook.save_draft(article, **draft_values(), **by)

    assert verbs_of(article) == ["article.begun", "article.drafted"]


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(by, cast):
    article = begun(by)
    draft = handbook.save_draft(article, **draft_values(), seen="", **by)
    seen = mark_of(draft)
    handbook.save_draft(article, **draft_values(title="别人改的"), seen=seen, by=cast.platform, now=NOW)

    refused(
        "changed_meanwhile", handbook.save_draft, article, **draft_values(title="我改的"), seen=seen, **by
    )
    refused("changed_meanwhile", handbook.publish, draft, seen=seen, **by)

    assert article.versions.get().title == "别人改的"
    looked_at = mark_of(article.versions.get(), with_pictures=True)
    assert handbook.publish(draft, seen=looked_at, **by).title == "别人改的"


@pytest.mark.parametrize(
    "changed, code, field",
    [
        ({"title": " "}, "text_missing", "title"),
        ({"summary": ""}, "text_missing", "summary"),
        ({"body": "![1]"}, "text_missing", "body"),
        ({"title": "长" * 81}, "too_long", "title"),
        ({"summary": "长" * 201}, "too_long", "summary"),
        ({"body": "长" * 20_001}, "too_long", "body"),
        ({"sources": "长" * 501}, "too_long", "sources"),
        ({"video_url": "javascript:alert(1)"}, "wrong_video", "video_url"),
        ({"video_url": "http://example.com/v"}, "wrong_video", "video_url"),
        ({"review_on": date(2026, 11, 20)}, "review_in_the_past", "review_on"),
        ({"review_on": date(2030, 1, 1)}, "review_too_far", "review_on"),
    ],
)
def test_a_draft_that_cannot_be_read_is_refused(by, changed, code, field):
    article = begun(by)

    found = refused(code, handbook.save_draft, article, **draft_values(**changed), **by)

    assert found.field == field
    assert not article.versions.exists()
    assert handbook.save_draft(article, **draft_values(), **by)


@pytest.mark.parametrize(
    "changed, code",
    [
        ({"code": "Nicht gut!"}, "code_malformed"),
        ({"code": ""}, "code_malformed"),
        ({"code": "a" * 25}, "code_malformed"),
        ({"code": "taken"}, "article_exists"),
        ({"audience": "all"}, "unknown_choice"),
        ({"topic": ""}, "unknown_choice"),
        ({"goods_type": "gold"}, "unknown_choice"),
        ({"problem": "gold"}, "unknown_choice"),
    ],
)
def test_an_article_without_its_place_is_refused(by, changed, code):
    make_article("taken")
    before = Article.objects.count()

    refused(code, begun, by, **changed)

    assert Article.objects.count() == before


def test_a_published_version_never_changes(by):
    version = make_article("frozen")

    refused("published", handbook.publish, version, **by)
    for name, value in [("title", "x"), ("body", "x"), ("sources", "x"), ("version", 9)]:
        with pytest.raises(DatabaseError), transaction.atomic():
            ArticleVersion.objects.filter(pk=version.pk).update(**{name: value})


def test_a_text_with_a_picture_it_has_not_is_not_published(by, cast):
    article = begun(by)
    draft = handbook.save_draft(article, **draft_values(body="先看\n![1]\n再看\n![2]"), **by)
    attachments.add(draft, upload=jpeg(), caption="六个面", **by)

    found = refused("picture_missing", handbook.publish, draft, **by)
    assert "2" in found.message

    attachments.add(draft, upload=jpeg(), caption="面单", **by)
    assert handbook.publish(draft, **by).is_current


def test_the_next_draft_has_pictures_of_its_own(by):
    article = begun(by)
    draft = handbook.save_draft(article, **draft_values(), **by)
    attachments.add(draft, upload=jpeg(), caption="六个面", **by)
    first = handbook.publish(draft, **by)
    second = handbook.save_draft(article, **draft_values(title="新"), **by)

    one, two = attachments.of(first).get(), attachments.of(second).get()
    assert (two.caption, two.width, two.position) == (one.caption, one.width, one.position)
    assert (
        picture_store.path_of(two.file_name).read_bytes() == picture_store.path_of(one.file_name).read_bytes()
    )
    assert one.file_name != two.file_name


@pytest.mark.django_db(transaction=True)
def test_a_draft_is_thrown_away_with_its_pictures(by):
    article = begun(by)
    draft = handbook.save_draft(article, **draft_values(), **by)
    name = attachments.add(draft, upload=jpeg(), caption="六个面", **by).file_name

    handbook.drop_draft(draft, **by)

    assert not article.versions.exists()
    with pytest.raises(picture_store.NoSuchPicture):
        picture_store.path_of(name)
    with pytest.raises(Refused) as caught:
        handbook.drop_draft(draft, **by)
    assert caught.value.code == "changed_meanwhile"


@pytest.mark.django_db(transaction=True)
def test_pictures_of_a_published_version_stay(by):
    article = begun(by)
    draft = handbook.save_draft(article, **draft_values(), **by)
    picture = attachments.add(draft, upload=jpeg(), caption="六个面", **by)
    version = handbook.publish(draft, **by)
    picture.refresh_from_db()

    for call in (
        lambda: attachments.remove(picture, **by),
        lambda: attachments.add(version, upload=jpeg(), caption="x", **by),
        lambda: handbook.drop_draft(version, **by),
    ):
        with pytest.raises(Refused) as caught:
            call()
        assert caught.value.code == "published"
    assert attachments.of(version).count() == 1


def test_a_picture_needs_words_and_a_text_holds_twelve(by):
    draft = handbook.save_draft(begun(by), **draft_values(), **by)

    refused("caption_missing", attachments.add, draft, upload=jpeg(), caption=" ", **by)
    for _each in range(attachments.PICTURES_PER_TEXT):
        attachments.add(draft, upload=jpeg(), caption="图", **by)
    refused("too_many_pictures", attachments.add, draft, upload=jpeg(), caption="图", **by)

    assert [each.position for each in attachments.of(draft)] == list(range(1, 13))


def test_looking_over_moves_the_day_and_nothing_else(by):
    version = make_article("old", review_on=date(2026, 10, 1))

    handbook.look_over(version, review_on=REVIEW_ON, **by)

    version.refresh_from_db()
    assert (version.review_on, version.version, version.is_current) == (REVIEW_ON, 1, True)
    refused("review_in_the_past", handbook.look_over, version, review_on=date(2026, 11, 20), **by)
    assert verbs_of(version.article) == ["article.looked_over"]


def test_an_article_leaves_the_handbook_and_comes_back(by):
    version = make_article("gone")
    article = version.article

    refused("reason_missing", handbook.retire, article=article, reason=" ", **by)
    handbook.retire(article=article, reason="两篇合并", **by)
    refused("article_retired", handbook.retire, article=article, reason="x", **by)
    refused("article_retired", handbook.save_draft, article, **draft_values(), **by)
    refused("not_current", article_votes.vote, version, has_helped=True, user=None, now=NOW)
    handbook.restore(article=article, reason="又要用", **by)
    refused("article_in_use", handbook.restore, article=article, reason="x", **by)

    assert handbook.save_draft(article, **draft_values(), **by).version == 2
    assert verbs_of(article) == ["article.retired", "article.restored", "article.drafted"]


def test_an_account_votes_once_on_each_version(by, cast):
    first = make_article("voted")
    article_votes.vote(first, has_helped=False, comment="字太小", user=cast.agent, now=NOW)
    refused("voted_already", article_votes.vote, first, has_helped=True, user=cast.agent, now=NOW)
    second = handbook.publish(handbook.save_draft(first.article, **draft_values(), **by), **by)

    refused("not_current", article_votes.vote, first, has_helped=True, user=cast.neighbour, now=NOW)
    article_votes.vote(second, has_helped=True, user=cast.agent, now=NOW + timedelta(days=1))

    assert list(
        ArticleVote.objects.order_by("pk").values_list("article_version", "has_helped", "comment")
    ) == [
        (first.pk, False, "字太小"),
        (second.pk, True, ""),
    ]


def test_people_without_an_account_vote_without_a_name(by):
    version = make_article("voted", audience="villager")
    for helped in (True, False, True):
        article_votes.vote(version, has_helped=helped, comment="打我电话13812345678", user=None, now=NOW)

    assert list(ArticleVote.objects.values_list("user", "comment")) == [(None, "打我电话****")] * 3
    with seeing_everything():
        event = AuditEvent.objects.filter(verb="article.voted").first()
    assert (event.actor_id, event.after) == (None, {"has_helped": True})


def test_a_vote_never_changes(by):
    vote = article_votes.vote(make_article("voted"), has_helped=True, user=None, now=NOW)

    with pytest.raises(DatabaseError), transaction.atomic():
        ArticleVote.objects.filter(pk=vote.pk).update(has_helped=False)


def test_the_database_holds_one_current_version(by):
    version = make_article("two")
    assert connection.vendor in ("sqlite", "postgresql")
    with pytest.raises(DatabaseError), transaction.atomic():
        ArticleVersion.objects.create(
            article=version.article,
            version=2,
            title="x",
            summary="x",
            body="x",
            review_on=REVIEW_ON,
            written_by=by["by"],
            published_at=NOW,
            is_current=True,
        )
