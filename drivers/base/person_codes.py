"""Codes of a person's sex (GB/T 2261.1) and nation (GB/T 3304), as cards carry them. Source: domain.md a.7 [V 2]."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SEXES: Final[Mapping[str, str]] = {"0": "未知", "1": "男", "2": "女", "9": "未说明"}

# GB/T 3304 01 to 56 in order.
# fmt: off
_NATIONS: Final = (
    "汉", "蒙古", "回", "藏", "维吾尔", "苗", "彝", "壮", "布依", "朝鲜", "满", "侗", "瑶", "白", "土家", "哈尼",
    "哈萨克", "傣", "黎", "傈僳", "佤", "畲", "高山", "拉祜", "水", "东乡", "纳西", "景颇", "柯尔克孜", "土",
    "达斡尔", "仫佬", "羌", "布朗", "撒拉", "毛南", "仡佬", "锡伯", "阿昌", "普米", "塔吉克", "怒", "乌孜别克",
    "俄罗斯", "鄂温克", "德昂", "保安", "裕固", "京", "塔塔尔", "独龙", "鄂伦春", "赫哲", "门巴", "珞巴", "基诺",
)
# fmt: on
NATIONS: Final[Mapping[str, str]] = {
    **{f"{number:02}": name for number, name in enumerate(_NATIONS, start=1)},
    # [U] readers show 57 and 58 where the standard has 97 and 98.
    **dict.fromkeys(("57", "97"), "其他"),
    **dict.fromkeys(("58", "98"), "外国血统中国籍人士"),
}
