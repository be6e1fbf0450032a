"""What happens to goods at home in the demonstration, and what the visit to each is for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Story:
    """One claim about goods at home, and what becomes of the visit to it."""

    product: str
    paid_fen: int
    text: str
    kind: str
    task: str
    act: str
    days_ago: int = 1
    help_for: str = ""


STORIES = (
    Story(
        "波轮洗衣机 8kg",
        79_900,
        "脱水时整机乱跳，声音很大",
        "repair",
        "检查减震吊杆和配重，必要时更换",
        "solved",
        4,
    ),
    Story(
        "双门冰箱 118L",
        89_900,
        "冷藏室不制冷，冷冻室还行",
        "repair",
        "查风道和温控器，测压缩机电流",
        "part",
        3,
    ),
    Story(
        "家用潜水泵 750W",
        46_800,
        "通电嗡嗡响不上水",
        "inspection",
        "测电压和电容，看叶轮是否卡死",
        "solved",
        3,
    ),
    Story(
        "32 英寸液晶电视",
        69_900,
        "有声音没图像",
        "pickup",
        "取回送县中心检测背光板",
        "taken",
        2,
        "腿脚不便，搬不动",
    ),
    Story(
        "燃气热水器 10L",
        75_900,
        "打不着火",
        "inspection",
        "先查气阀和电池，闻到燃气味立即关阀通风",
        "nobody_home",
        2,
    ),
    Story("智能电饭煲 4L", 25_900, "煮饭夹生，指示灯不亮", "repair", "测发热盘和热熔断体", "road", 2),
    Story("滚筒洗衣机 9kg", 139_900, "门锁打不开，提示 E3", "repair", "更换门锁开关，试机一次", "moved", 1),
    Story(
        "太阳能热水器 20 管",
        118_000,
        "新机到货，家里没人会装",
        "installation",
        "安装支架和水管，试水不漏",
        "cancelled",
        1,
    ),
    Story("电热水器 60L", 65_900, "漏电保护老是跳闸", "repair", "断电后测绝缘，检查加热管", "under_way"),
    Story("落地电风扇", 12_900, "转几分钟就停", "repair", "查电机温升和电容", "planned"),
    Story(
        "双灶电磁炉", 32_900, "一边灶不加热", "repair", "测功率管和线圈盘", "planned", 1, "独居老人，看不清字"
    ),
    Story("单冷空调 1.5 匹", 169_900, "新机到货待安装", "installation", "打孔安装，试机 20 分钟", "planned"),
    Story("压面机 家用款", 39_800, "皮带断了", "repair", "换皮带，调松紧", "planned"),
    Story("抽水增压泵 370W", 29_800, "水压还是不够", "inspection", "看进水管径和扬程是否合适", "nobody"),
    Story("电压力锅 5L", 29_900, "排气阀一直漏气", "pickup", "取件换密封圈", "nobody"),
)
