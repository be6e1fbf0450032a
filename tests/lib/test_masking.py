import pytest

from aftersales.lib.masking import mask_account, mask_address, mask_name, mask_phone


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13812341234", "138****1234"),
        ("051683881234", "051****1234"),
        ("83881234", "****1234"),
        ("12345", "****"),
        ("", ""),
    ],
)
def test_phone(phone, masked):
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("李小明", "李**"),
        ("李明", "李**"),
        ("欧阳修文", "欧**"),
        (" 王芳 ", "王**"),
        ("李", "**"),
        ("", ""),
        ("Anna", "A**"),
    ],
)
def test_name_does_not_tell_its_length(name, masked):
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("贵州省贵阳市修文县龙场镇新寨村3组12号", "贵州省贵阳市修文县龙场镇****"),
        ("江苏省徐州市睢宁县王集镇镇东村12号", "江苏省徐州市睢宁县王集镇****"),
        ("江苏省徐州市睢宁县王集镇阳光小区3号", "江苏省徐州市睢宁县王集镇****"),
        ("云南省昭通市镇雄县泼机镇街上", "云南省昭通市镇雄县泼机镇****"),
        ("山西省临汾市乡宁县昌宁镇1号", "山西省临汾市乡宁县昌宁镇****"),
        ("内蒙古自治区通辽市科尔沁左翼中旗保康镇保西村", "内蒙古自治区通辽市科尔沁左翼中旗保康镇****"),
        ("广西壮族自治区南宁市西乡塘区石埠街道8号", "广西壮族自治区南宁市西乡塘区石埠街道****"),
        ("恩施土家族苗族自治州恩施市龙凤镇1号", "恩施土家族苗族自治州恩施市龙凤镇****"),
        ("北京市朝阳区望京街道1号", "北京市朝阳区望京街道****"),
        ("东莞市虎门镇小区3号", "东莞市虎门镇****"),
        ("江苏省睢宁县陈楼村12号", "江苏省睢宁县****"),
        ("王集镇陈楼村12号", "王集镇****"),
        ("陈楼村3号", "****"),
        ("PO Box 12", "****"),
        ("", ""),
    ],
)
def test_address_ends_at_the_township(address, masked):
    assert mask_address(address) == masked


@pytest.mark.parametrize(
    ("account", "masked"),
    [("6222021234567890", "****7890"), ("12345678", "****5678"), ("1234567", "****"), ("", "")],
)
def test_account_keeps_four_digits(account, masked):
    assert mask_account(account) == masked
