"""Words that notices and receipts share: dates, terms, laws, what was handed in. Pure."""

from __future__ import annotations

from datetime import date

from terminal.cases.catalogue import HandleType, Item, LegalBasis, TermUnit
from terminal.cases.model import MaterialMode, MaterialState

_UNITS = {TermUnit.WORKING_DAY: "个工作日", TermUnit.NATURAL_DAY: "日", TermUnit.HOUR: "小时"}
_QUOTED = ("《", "“")


def chinese_date(day: date) -> str:
    """2026年12月8日, as official papers write it."""
    return f"{day.year}年{day.month}月{day.day}日"


def term(item: Item) -> str:
    """即时办结, or the promised term."""
    if item.handle_type is HandleType.IMMEDIATE:
        return "即时办结"
    return f"{item.promise_days}{_UNITS[item.promise_unit]}"


def law(basis: LegalBasis) -> str:
    """《…》第五十三条."""
    name = basis.law if basis.law.startswith(_QUOTED) else f"《{basis.law}》"
    return f"{name}{basis.article}"


def handed_in(material: MaterialState) -> str:
    """How and how much of a material came in."""
    match material.mode:
        case MaterialMode.SCANNED:
            return f"扫描{len(material.pages)}页"
        case MaterialMode.PAPER:
            return f"纸质{material.copies}份"
        case MaterialMode.CREDENTIAL:
            by = material.credential
            return (
                f"免证可办：{by.kind_name}（{by.at.astimezone():%Y-%m-%d %H:%M}核验，{by.trace_id}）"
                if by
                else "免证可办"
            )
        case MaterialMode.DEFERRED:
            return "容缺后补"
        case MaterialMode.NOT_NEEDED:
            return "未提交（非必要）"
        case MaterialMode.PENDING:
            return "未提交"
