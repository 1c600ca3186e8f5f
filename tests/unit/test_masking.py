"""Masks: enough to recognise one's own data, too little to use somebody else's."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from terminal.cases import masking
from terminal.cases.masking import Mask


@pytest.mark.parametrize(
    ("kind", "text", "shown"),
    [
        (Mask.NONE, "老年人优待证", "老年人优待证"),
        (Mask.NAME, "张三", "张*"),
        (Mask.NAME, "李建国", "李**"),
        (Mask.NAME, "买买提·艾力", "买**"),
        (Mask.NAME, "张", "张*"),
        (Mask.ID_NUMBER, "11010519491231002X", "110105********002X"),
        (Mask.ID_NUMBER, "12345", "***45"),
        (Mask.ID_NUMBER, "123", "***"),
        (Mask.PHONE, "13800001234", "138****1234"),
        (Mask.PHONE, "0373-4591234", "037*****1234"),
        (Mask.PHONE, "4591234", "*****34"),
        (Mask.ADDRESS, "河南省新乡市获嘉县城关镇中心市场3号", "河南省新乡市获嘉县****"),
        (Mask.ADDRESS, "北京市朝阳区建国路1号", "北京市朝阳区****"),
        (Mask.ADDRESS, "内蒙古自治区呼和浩特市新城区北街", "内蒙古自治区呼和浩特市新城区****"),
        (Mask.ADDRESS, "恩施土家族苗族自治州恩施市舞阳坝", "恩施土家族苗族自治州恩施市****"),
        (Mask.ADDRESS, "城关镇东街5号", "城关****"),
        (Mask.BIRTH_DATE, "1949-12-31", "1949-**-**"),
        (Mask.HIDDEN, "1234567", "****"),
    ],
)
def test_each_kind(kind: Mask, text: str, shown: str) -> None:
    assert masking.mask(kind, text) == shown


@pytest.mark.parametrize("kind", list(Mask))
def test_nothing_stays_nothing(kind: Mask) -> None:
    assert masking.mask(kind, "") == ""


@settings(deadline=None)
@given(st.sampled_from([k for k in Mask if k is not Mask.NONE]), st.text("0123456789", min_size=3, max_size=40))
def test_never_more_than_two_thirds_of_anything_is_shown(kind: Mask, text: str) -> None:
    shown = masking.mask(kind, text)
    assert shown != text
    assert sum(character.isdigit() for character in shown) <= max(4, len(text) * 2 // 3)


@settings(deadline=None)
@given(st.text("样例省市县区镇村路号0123", max_size=40))
def test_an_address_always_ends_hidden(text: str) -> None:
    assert masking.address(text).endswith("****") or not text


@settings(deadline=None)
@given(st.text(max_size=20))
def test_a_masked_name_is_not_changed_by_masking_it_again(text: str) -> None:
    masked = masking.name(text)
    assert masking.name(masked) == masked
