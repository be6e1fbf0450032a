"""Village classes on their pages: planned, changed, recorded with photos, named, printed."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aftersales.audit.models import AuditEvent
from tests.claims.pictures import jpeg
from tests.factories import seeing_everything
from tests.training.village_class_cases import TOMORROW, YESTERDAY, make_class
from training.models import Attendee, ClassPhoto, VillageClass
from training.queries.starter_texts import class_ideas
from training.rules.classes import ClassState

LIST, NEW = "/training/classes/", "/training/classes/new/"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_now")]


def page(row, what=""):
    return f"{LIST}{row.pk}/{what}"


def given(cast, **changes):
    values = {
        "title": "三张照片就够了",
        "article": "",
        "starts_at": "2026-11-25T15:00",
        "minutes": "40",
        "place": "服务点院子",
        "teacher": str(cast.agent.pk),
    }
    return values | changes


def only(model=VillageClass):
    with seeing_everything():
        return model.objects.get()


def test_agent_plans_at_the_own_station(as_user, cast):
    client = as_user("agent")
    assert client.get(NEW).context["station"] == cast.guangcheng

    response = client.post(NEW, given(cast))

    planned = only()
    assert response.url == page(planned)
    assert (planned.station, planned.title, planned.planned_by) == (
        cast.guangcheng,
        "三张照片就够了",
        cast.agent,
    )
    assert str(planned.starts_at) == "2026-11-25 07:00:00+00:00"


def test_subject_of_a_month_fills_the_form(as_user):
    response = as_user("agent").get(f"{NEW}?subject=4")

    idea = class_ideas()[4]
    assert response.context["form"]["title"].value() == idea.title
    assert idea.practise in response.content.decode()


def test_who_has_several_stations_chooses_one(as_user, cast):
    client = as_user("technician")
    choice = client.get(NEW)
    assert {each.pk for each in choice.context["stations"]} == {
        cast.liuguang_point.pk,
        cast.guangcheng.pk,
        cast.liuguang.pk,
    }

    assert client.post(NEW, given(cast)).url == NEW
    assert client.get(f"{NEW}?station={cast.chenlou.pk}").status_code == 404
    assert client.get(f"{NEW}?station=9").status_code == 404
    assert client.get(f"{NEW}?station=x").status_code == 404
    assert (
        client.post(f"{NEW}?station={cast.liuguang.pk}", given(cast, teacher=cast.technician.pk)).status_code
        == 302
    )
    assert only().station == cast.liuguang


@pytest.mark.parametrize(
    "changes",
    [
        {"title": ""},
        {"title": "三\u202e张"},
        {"starts_at": "2026-13-01T10:00"},
        {"starts_at": ""},
        {"minutes": "9"},
        {"minutes": "x"},
        {"teacher": "999999"},
        {"teacher": "x" * 400},
        {"article": "99999999999999999999"},
        {"place": "a" * 81},
    ],
)
def test_form_says_what_is_wrong_and_keeps_the_rest(as_user, cast, changes):
    response = as_user("agent").post(NEW, given(cast, **changes))

    assert response.status_code == 200
    assert list(response.context["form"].errors) == list(changes)
    assert not VillageClass._base_manager.exists()


def test_refusal_of_the_service_stands_at_its_field(as_user, cast):
    make_class(cast.guangcheng, cast.agent, starts_at=TOMORROW)
    response = as_user("agent").post(NEW, given(cast, starts_at="2026-11-21T10:30"))

    assert response.status_code == 409
    assert list(response.context["form"].errors) == ["starts_at"]


def test_change_that_comes_too_late_keeps_what_was_typed(as_user, cast):
    row = make_class(cast.guangcheng, cast.agent)
    client = as_user("agent")
    assert client.get(page(row, "edit/")).context["form"]["title"].value() == row.title
    assert client.post(page(row, "edit/"), given(cast, title="怎么称", version=1)).status_code == 302

    late = client.post(page(row, "edit/"), given(cast, title="怎么拍", version=1))

    assert late.status_code == 409
    assert 'value="怎么拍"' in late.content.decode()
    assert only().title == "怎么称"


def test_ended_class_has_nothing_left_to_do(as_user, cast):
    row = make_class(cast.guangcheng, cast.agent, starts_at=YESTERDAY, state=ClassState.HELD)
    client = as_user("agent")

    assert [client.get(page(row, what)).url for what in ("edit/", "held/", "cancel/")] == [page(row)] * 3
    assert client.post(page(row, "cancel/"), {"reason": "下大雨"}).status_code == 409
    assert client.get(page(row)).context["may_correct"] is True


def test_class_is_recorded_with_its_photos_and_bad_ones_are_named(as_user, cast):
    row = make_class(cast.guangcheng, cast.agent, starts_at=YESTERDAY)
    photos = [
        SimpleUploadedFile("good.jpg", jpeg(1), "image/jpeg"),
        SimpleUploadedFile("bad.jpg", b"no picture", "image/jpeg"),
    ]
    sent = {"version": 1, "attended": "23", "report": "看了三张照片", "photos": photos}

    response = as_user("agent").post(page(row, "held/"), sent, follow=True)

    row.refresh_from_db()
    assert (row.state, row.attended) == (ClassState.HELD, 23)
    assert only(ClassPhoto).village_class == row
    assert "bad.jpg" in response.content.decode()
    url = response.context["photos"][0]["url"]
    assert [as_user("agent").get(url + small)["Content-Type"] for small in ("", "?small=1")] == [
        "image/jpeg"
    ] * 2
    assert as_user("neighbour").get(url).status_code == 404


def test_early_record_is_refused_in_words(as_user, cast):
    row = make_class(cast.guangcheng, cast.agent)
    response = as_user("agent").post(
        page(row, "held/"), {"version": 1, "attended": "3", "report": "看了照片"}
    )

    assert response.status_code == 409
    assert "2026-11-21 10:30" in response.content.decode()


def test_record_is_put_right(as_user, cast):
    row = make_class(cast.guangcheng, cast.agent, starts_at=YESTERDAY, state=ClassState.HELD)
    client = as_user("agent")
    sent = {"version": "1", "attended": "9", "report": "看了照片"}

    assert client.get(page(row, "correct/")).context["form"]["attended"].value() == 8
    assert client.post(page(row, "correct/"), sent).url == page(row)
    assert client.post(page(row, "correct/"), sent).status_code == 409
    assert only().attended == 9


def test_photos_are_added_and_taken_out(as_user, cast):
    row = make_class(cast.guangcheng, cast.agent, starts_at=YESTERDAY, state=ClassState.HELD)
    client = as_user("agent")
    assert client.post(page(row, "photos/")).status_code == 409
    sent = {"photos": SimpleUploadedFile("good.jpg", jpeg(1), "image/jpeg")}
    assert client.post(page(row, "photos/"), sent).url == page(row)
    photo = only(ClassPhoto)

    assert client.get(f"{LIST}photos/{photo.pk}/remove/").status_code == 200
    assert as_user("neighbour").post(f"{LIST}photos/{photo.pk}/remove/").status_code == 404


@pytest.mark.parametrize("line", ["李明 13800138000", "5 个人", "李明=1"])
def test_what_is_no_name_does_not_get_on_the_list(as_user, cast, line):
    row = make_class(cast.guangcheng, cast.agent)

    response = as_user("agent").post(
        page(row, "names/"), {"names": f"张桂英\n{line}", "consent_how": "spoken"}
    )

    assert list(response.context["form"].errors) == ["names"]
    assert line in response.content.decode()
    assert not Attendee._base_manager.exists()


def test_names_are_masked_until_somebody_says_why(as_user, cast):
    row = make_class(cast.guangcheng, cast.agent)
    client = as_user("agent")
    empty = client.post(page(row, "names/"), {"names": " \n", "consent_how": "spoken"})
    assert empty.status_code == 200
    without = client.post(page(row, "names/"), {"names": "张桂英"})
    assert list(without.context["form"].errors) == ["consent_how"]
    added = client.post(page(row, "names/"), {"names": "张桂英\r\n 李明 \n\n", "consent_how": "signed"})
    assert added.url == page(row, "names/")

    masked = client.get(page(row, "names/")).content.decode()
    assert "桂英" not in masked
    assert [f"<h3>{line}</h3>" in masked for line in ("1. 张**", "2. 李**")] == [True, True]
    assert client.get(page(row, "names/show/")).url == page(row, "names/")
    assert client.post(page(row, "names/show/"), {"reason": "看"}).context["names"] is None
    shown = client.post(page(row, "names/show/"), {"reason": "核对签到表"})
    assert shown.context["names"] == ["张桂英", "李明"]
    with seeing_everything():
        assert AuditEvent.objects.filter(verb="personal.revealed").count() == 1
    assert as_user("trainer").post(page(row, "names/show/"), {"reason": "核对签到表"}).status_code == 403


def test_name_is_taken_off_after_asking(as_user, cast):
    row = make_class(cast.guangcheng, cast.agent)
    client = as_user("agent")
    client.post(page(row, "names/"), {"names": "张桂英", "consent_how": "spoken"})
    address = f"{LIST}names/{only(Attendee).pk}/remove/"

    assert "张**" in client.get(address).content.decode()
    assert client.post(address).url == page(row, "names/")
    assert client.post(address).status_code == 404


def test_list_says_how_the_month_stands_and_what_to_record(as_user, cast):
    client = as_user("agent")
    assert client.get(LIST).context["stands"] == "missing"
    make_class(cast.guangcheng, cast.agent, starts_at=YESTERDAY)
    make_class(cast.liuguang, cast.neighbour)

    way = '<a href="?tab=unrecorded">To what is to be recorded</a>'
    assert way in client.get(LIST).content.decode()
    response = client.get(f"{LIST}?tab=unrecorded")

    assert way not in response.content.decode()
    assert response.context["stands"] == "unrecorded"
    assert [(each.is_late, each.tone) for each in response.context["list_page"]] == [(True, "warn")]
    assert [str(number or "") for _key, _label, number in response.context["tabs"]] == ["0", "1", "", ""]
    assert list(client.get(f"{LIST}?tab=held").context["list_page"]) == []
    assert client.get(f"{LIST}?tab=nonsense&cursor=x").status_code == 200


@pytest.mark.parametrize("address", [LIST, f"{LIST}?tab=all", f"{LIST}month/", "/training/publicity/"])
def test_lists_take_as_many_queries_for_many_classes_as_for_one(as_user, cast, address):
    client = as_user("manager")
    make_class(cast.guangcheng, cast.agent)
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(12):
        make_class(
            [cast.guangcheng, cast.liuguang, cast.fangmaping][number % 3],
            cast.agent,
            starts_at=TOMORROW + timedelta(hours=number + 1),
        )
    with CaptureQueriesContext(connection) as many:
        client.get(address)

    assert len(many) == len(few)


def test_poster_and_list_for_signing_are_printed(as_user, cast):
    row = make_class(cast.guangcheng, cast.agent, title=class_ideas()[4].title)
    client = as_user("agent")

    poster = client.get(page(row, "poster/")).content.decode()
    sheet = client.get(page(row, "sheet/")).content.decode()

    assert class_ideas()[4].practise in poster
    assert "广城村服务点" in poster
    assert sheet.count("<tr>") == 25
    assert "voluntary" in sheet


def test_poster_leads_villagers_to_the_article_where_it_is_theirs(as_user, cast):
    from training.models import Article

    for audience, has_code in (("villager", True), ("agent", False)):
        article = Article.objects.filter(
            audience=audience, retired_at__isnull=True, versions__is_current=True
        ).first()
        row = make_class(
            cast.guangcheng, cast.agent, article=article, starts_at=TOMORROW + timedelta(hours=has_code)
        )

        assert bool(as_user("agent").get(page(row, "poster/")).context["qr"]) is has_code


def test_class_of_another_place_is_not_there(as_user, cast):
    row = make_class(cast.chenlou, cast.suining_agent)
    client = as_user("manager")
    addresses = ["", "edit/", "held/", "cancel/", "names/", "photos/", "poster/", "sheet/", "correct/"]

    assert {client.get(page(row, what)).status_code for what in addresses} == {404}
