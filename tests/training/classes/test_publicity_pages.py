"""The log of publicity on its pages."""

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.claims.pictures import jpeg
from tests.factories import seeing_everything
from training.models import ClassPhoto, Publicity

LIST, NEW = "/training/publicity/", "/training/publicity/new/"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_now")]


def given(cast, **changes):
    values = {
        "form_key": "publicity-key-0001",
        "station": str(cast.guangcheng.pk),
        "day": "2026-11-20",
        "kind": "loudspeaker",
        "what": "怎么拍照",
        "reached": "300",
    }
    return values | changes


def lines():
    with seeing_everything():
        return list(Publicity.objects.order_by("id"))


def test_line_is_recorded_once_however_often_it_is_sent(as_user, cast):
    client = as_user("agent")

    first, again = (client.post(NEW, given(cast)) for _turn in range(2))
    other = client.post(NEW, given(cast, what="怎么称"))

    assert (first.url, again.url, other.status_code) == (LIST, LIST, 409)
    assert [(each.what, each.reached) for each in lines()] == [("怎么拍照", 300)]


def test_line_goes_on_to_its_photos(as_user, cast):
    client = as_user("agent")
    address = client.post(NEW, given(cast, then="photos")).url
    assert address == f"{LIST}{lines()[0].pk}/photos/"

    sent = {"photos": SimpleUploadedFile("good.jpg", jpeg(1), "image/jpeg")}
    assert client.post(address, sent).url == LIST
    with seeing_everything():
        assert ClassPhoto.objects.get().publicity == lines()[0]
    assert len(client.get(LIST).context["list_page"].rows[0].pictures) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"day": "2026-11-31"},
        {"day": ""},
        {"kind": "smoke"},
        {"what": ""},
        {"reached": "0"},
        {"reached": "many"},
        {"station": "99999999999999999999"},
        {"station": "x"},
    ],
)
def test_form_says_what_is_wrong(as_user, cast, changes):
    response = as_user("agent").post(NEW, given(cast, **changes))

    assert response.status_code == 200
    assert list(response.context["form"].errors) == list(changes)


def test_station_out_of_reach_is_no_choice(as_user, cast):
    response = as_user("agent").post(NEW, given(cast, station=cast.chenlou.pk))

    assert list(response.context["form"].errors) == ["station"]
    assert lines() == []


def test_day_that_has_not_come_is_refused_at_its_field(as_user, cast):
    response = as_user("agent").post(NEW, given(cast, day="2026-11-21"))

    assert response.status_code == 409
    assert list(response.context["form"].errors) == ["day"]


def test_line_is_withdrawn_with_a_reason(as_user, cast):
    client = as_user("agent")
    client.post(NEW, given(cast))
    address = f"{LIST}{lines()[0].pk}/withdraw/"

    assert client.get(address).status_code == 200
    assert list(client.post(address, {}).context["form"].errors) == ["reason"]
    assert client.post(address, {"reason": "记错村了"}).url == LIST
    assert client.post(address, {"reason": "记错村了"}).status_code == 409
    assert as_user("neighbour").get(address).status_code == 404
    assert client.get(LIST).context["totals"] == []


def test_list_is_narrowed_by_kind_and_month(as_user, cast):
    client = as_user("agent")
    client.post(NEW, given(cast))
    client.post(NEW, given(cast, form_key="publicity-key-0002", kind="leaflet", day="2026-10-31"))

    def shown(query):
        return [each.kind for each in client.get(f"{LIST}?{query}").context["list_page"]]

    assert shown("") == ["loudspeaker", "leaflet"]
    assert shown("kind=leaflet") == ["leaflet"]
    assert shown("month=2026-11") == ["loudspeaker"]
    assert shown("kind=nonsense") == ["loudspeaker", "leaflet"]
    assert client.get(f"{LIST}?month=x").status_code == 404
    assert [(each.lines, each.reached) for each in client.get(LIST).context["totals"]] == [(1, 300), (1, 300)]


def test_table_neutralises_what_looks_like_a_formula(as_user, cast):
    client = as_user("agent")
    client.post(NEW, given(cast, what="=1+1 怎么拍"))

    response = client.get(f"{LIST}?format=xlsx")

    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    cells = [cell for row in book.worksheets[1].iter_rows() for cell in row if cell.value]
    told = next(cell for cell in cells if "怎么拍" in str(cell.value))
    assert (told.value, told.data_type) == ("'=1+1 怎么拍", "s")
    assert 300 in [cell.value for cell in cells]
    assert client.get(f"{LIST}?format=exe").status_code == 404


def test_months_in_which_nobody_counted_show_no_zero(as_user, cast):
    client = as_user("agent")
    client.post(NEW, given(cast, reached=""))

    text = client.get(LIST).content.decode()

    assert '<td class="num"><b>1</b></td><td class="num">–</td>' in text
