"""Tags of versions as clients send them back: as they came, compressed on the way, or among others."""

import pytest

pytestmark = pytest.mark.django_db


def test_the_tag_of_a_compressed_answer_is_good_for_a_change(world):
    where = f"claims/{world.claim().number}/"
    headers = {**world.villager.headers, "accept-encoding": "gzip"}
    read = world.villager.http.get(f"/api/v1/{where}", headers=headers)

    done = world.villager.post(f"{where}withdrawal/", {"reason": "买家不要了"}, **{"if-match": read["ETag"]})

    assert (read["Content-Encoding"], read["ETag"]) == ("gzip", 'W/"1"')
    assert (done.status_code, done["ETag"]) == (200, '"2"')


@pytest.mark.parametrize(
    ("tags", "status"),
    [('"1"', 304), ('W/"1"', 304), ('"7", W/"1"', 304), ("*", 304), ('"7"', 200), ("1", 200), ("", 200)],
)
def test_what_is_known_is_not_sent_again(world, tags, status):
    order = world.platform.get(f"orders/{world.line.order_id}/", **{"if-none-match": tags})
    assert (order.status_code, order["ETag"]) == (status, '"1"')


def test_the_same_holds_for_what_everybody_may_read(world):
    tag = world.platform.get("regions/520123000000/")["ETag"]
    for tags in (tag, f"W/{tag}", f'"7", {tag}'):
        assert world.platform.get("regions/520123000000/", **{"if-none-match": tags}).status_code == 304
