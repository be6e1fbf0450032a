import pytest

from stations.rules import names


@pytest.mark.parametrize(
    ("listed", "called"),
    [
        ("陈楼村委会", "陈楼村服务点"),
        ("陈楼村村委会", "陈楼村服务点"),
        ("广城村村民委员会", "广城村服务点"),
        ("五一村村委员会", "五一村服务点"),
        ("南关居民委员会", "南关社区服务点"),
        ("仝场社区居委会", "仝场社区服务点"),
        ("常兴街道居委会", "常兴街道服务点"),
        ("放马坪村", "放马坪村服务点"),
        ("东道尔吉花嘎查", "东道尔吉花嘎查服务点"),
    ],
)
def test_a_village_point_is_called_after_the_place(listed, called):
    assert names.village_point(listed) == called


def test_the_tiers_above_are_called_after_their_place():
    assert names.township_point("王集镇") == "王集镇乡镇备用处理点"
    assert names.county_centre("睢宁县") == "睢宁县县域共配售后中心"
