"""Names in Latin letters, for whoever does not read Chinese: 北园大街 → Beiyuan Dajie.

A road sign in China writes the name as one word and what it is as another, without tones.
"""

import re
from functools import lru_cache

from pypinyin import lazy_pinyin

_HAN = re.compile(r"[\u3400-\u9fff]")
# What a name says a thing is, the longer ones first.
_KINDS = (
    "高架路",
    "号线",
    "立交桥",
    "街道",
    "社区",
    "大街",
    "大道",
    "公园",
    "医院",
    "大学",
    "学校",
    "广场",
    "市场",
    "路",
    "街",
    "巷",
    "桥",
    "河",
    "湖",
    "山",
    "站",
    "村",
)


@lru_cache(maxsize=4096)
def romanised(name: str) -> str | None:
    """The name in pinyin; None for one that has no Chinese characters."""
    if not _HAN.search(name):
        return None
    kind = next((kind for kind in _KINDS if name.endswith(kind) and len(name) > len(kind)), "")
    words = (name.removesuffix(kind), kind)
    return " ".join(_word(word) for word in words if word)


def _word(characters: str) -> str:
    text = "".join(lazy_pinyin(characters))
    return text[:1].upper() + text[1:]
