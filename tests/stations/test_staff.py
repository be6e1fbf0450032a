from datetime import timedelta

from aftersales.accounts.roles import Role
from stations.models import Grant
from stations.queries.staff import Staff
from tests.factories import NOW, acting_as, give, make_station, make_user

XIUWEN, SUINING = "520123000000", "320324000000"


def keys(*users):
    return [user.pk for user in users]


def grants_of(user):
    return Grant._base_manager.filter(user=user)


def test_people_of_each_tier_the_highest_role_first(cast):
    staff = Staff(now=NOW)

    assert staff.at(cast.guangcheng) == keys(cast.agent)
    assert staff.at(cast.liuguang_point) == keys(cast.technician)
    assert staff.at(cast.longchang_point) == []
    assert staff.at(cast.xiuwen_centre) == keys(cast.manager, cast.officer, cast.second_officer)
    assert staff.in_county(XIUWEN) == keys(cast.manager, cast.officer, cast.second_officer)
    assert staff.in_county(SUINING) == keys(cast.suining_manager, cast.suining_officer)
    assert staff.at_platform(XIUWEN) == keys(cast.platform)


def test_heads_are_those_with_the_highest_role(cast):
    second = make_user("second_agent")
    give(second, Role.AGENT, station=cast.guangcheng)
    staff = Staff(now=NOW)

    assert staff.heads_of(cast.guangcheng) == keys(cast.agent, second)
    assert staff.heads_of(cast.xiuwen_centre) == keys(cast.manager)
    assert staff.heads_in(XIUWEN) == keys(cast.manager)
    assert staff.heads_of(cast.longchang_point) == []


def test_a_county_without_manager_is_headed_by_its_officers(cast):
    grants_of(cast.manager).update(withdrawn_at=NOW - timedelta(days=1))

    assert Staff(now=NOW).heads_in(XIUWEN) == keys(cast.officer, cast.second_officer)


def test_a_wider_grant_of_the_right_role_reaches_places_inside(cast):
    roving = make_user("roving")
    give(roving, Role.TOWNSHIP, region=XIUWEN)
    province = make_user("province")
    give(province, Role.PLATFORM, region="520000000000")
    staff = Staff(now=NOW)

    assert staff.at(cast.longchang_point) == keys(roving)
    assert staff.at(cast.liuguang_point) == keys(cast.technician, roving)
    assert staff.at(cast.wangji_point) == []
    assert staff.at_platform(XIUWEN) == keys(cast.platform, province)
    assert staff.at_platform(SUINING) == keys(cast.platform)


def test_who_has_left_is_not_there(cast):
    grants = grants_of(cast.agent)
    for gone in ({"withdrawn_at": NOW}, {"expires_at": NOW}, {"starts_at": NOW + timedelta(minutes=1)}):
        before = grants.values("withdrawn_at", "expires_at", "starts_at").get()
        grants.update(**gone)
        assert Staff(now=NOW).at(cast.guangcheng) == []
        grants.update(**before)
    assert Staff(now=NOW).at(cast.guangcheng) == keys(cast.agent)
    cast.agent.is_active = False
    cast.agent.save()
    assert Staff(now=NOW).at(cast.guangcheng) == []


def test_many_places_take_one_query_and_only_once(cast, django_assert_num_queries):
    more = [make_station("village", "520123103201", cast.liuguang_point, name=f"点{n}") for n in range(20)]
    staff = Staff(now=NOW)

    with acting_as(cast.agent):
        with django_assert_num_queries(1):
            staff.read([*more, cast.liuguang_point, cast.xiuwen_centre], [XIUWEN, SUINING])
        with django_assert_num_queries(0):
            assert staff.at(cast.liuguang_point) == keys(cast.technician)
            assert [staff.at(each) for each in more] == [[]] * 20
            assert staff.at_platform(SUINING) == keys(cast.platform)
