"""The papers that lie beside the camera. Every person, place and office on them is invented, every one says 样本.

The people are those of id_card/fixtures.py; layouts follow the common look of such papers, not any one form.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from simulators.document_camera.sheet import Sheet
from simulators.fonts import SANS

NAME, NUMBER = "张桂兰", "11010519491231002X"
ADDRESS = "样例省演示市虚构县示范镇安康路17号院2号楼301室"
NEW_ADDRESS = "样例省演示市虚构县示范镇和平路3号"
OFFICE = "虚构县示范镇安康社区居民委员会"


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper: what it is called, and how it is drawn."""

    title: str
    draw: Callable[[], Sheet]


@functools.lru_cache(maxsize=4)
def page(name: str) -> Image.Image:
    """The paper `name`, drawn; `KeyError` for one that is not there."""
    return PAPERS[name].draw().picture


def _id_copy() -> Sheet:
    """Both sides of the identity card on one sheet, as copiers make them."""
    sheet = Sheet(210, 297)
    sheet.text(105, 32, "居民身份证复印件", 7.5, "ms", bold=True)
    left, top = 62.2, 52.0
    sheet.box(left, top, 85.6, 54.0, 0.35)
    for row, (label, value) in enumerate(
        (("姓 名", NAME), ("性 别", "女\u3000\u3000民 族 汉"), ("出 生", "1949 年 12 月 31 日"))
    ):
        sheet.text(left + 5, top + 9.5 + row * 7.0, label, 2.9, family=SANS)
        sheet.text(left + 15.5, top + 9.5 + row * 7.0, value, 3.5, family=SANS)
    sheet.text(left + 5, top + 30.5, "住 址", 2.9, family=SANS)
    sheet.text(left + 15.5, top + 30.5, ADDRESS[:11], 3.3, family=SANS)
    sheet.text(left + 15.5, top + 35.5, ADDRESS[11:22], 3.3, family=SANS)
    sheet.text(left + 15.5, top + 40.5, ADDRESS[22:], 3.3, family=SANS)
    sheet.text(left + 5, top + 49.0, "公民身份号码", 2.9, family=SANS)
    sheet.text(left + 28, top + 49.0, NUMBER, 4.0, family=SANS)
    sheet.photo(left + 57, top + 7, 24, 30)
    top = 120.0
    sheet.box(left, top, 85.6, 54.0, 0.35)
    sheet.text(left + 50, top + 16, "中华人民共和国", 5.4, "ms", bold=True)
    sheet.text(left + 50, top + 27, "居 民 身 份 证", 7.0, "ms", bold=True)
    sheet.box(left + 8, top + 8, 15, 17, 0.3)
    sheet.text(left + 15.5, top + 18, "样本", 4.5, "ms", family=SANS)
    sheet.text(left + 24, top + 42, "签发机关\u3000虚构县公安局", 3.4, family=SANS)
    sheet.text(left + 24, top + 48.5, "有效期限\u30002015.01.01-长期", 3.4, family=SANS)
    sheet.text(30, 205, "本复印件仅用于办理老年人优待证，与原件一致。", 4.6)
    sheet.text(30, 220, "申请人（签名）：________________\u3000\u30002026 年 11 月 24 日", 4.6)
    sheet.mark_as_specimen(44)
    return sheet


def _photo_sheet() -> Sheet:
    """Eight one-inch photographs (25 x 35 mm) on a six-inch print."""
    sheet = Sheet(152, 102, (250, 250, 249))
    for row in range(2):
        for column in range(4):
            sheet.photo(15 + column * 32, 9 + row * 42, 25, 35, background=True)
    sheet.text(76, 97, "近期免冠照片\u3000一寸 × 8\u3000样本 SPECIMEN", 3.2, "ms", family=SANS, colour=(150, 60, 60))
    return sheet


def _hukou_first() -> Sheet:
    sheet = Sheet(143, 105, (244, 236, 222))
    sheet.text(71.5, 15, "常 住 人 口 登 记 簿 首 页", 5.4, "ms", bold=True)
    top = 21.0
    sheet.row(9, top, 11, [(24, "户\u3000别\u3000"), (38, "非农业家庭户"), (24, "户主姓名\u3000"), (39, NAME)])
    sheet.row(
        9, top + 11, 11, [(24, "户\u3000号\u3000"), (38, "000017301"), (24, "籍\u3000贯\u3000"), (39, "演示市虚构县")]
    )
    sheet.row(9, top + 22, 11, [(24, "住\u3000址\u3000"), (101, ADDRESS)])
    sheet.text(12, 63, "省级公安机关", 3.4, family=SANS)
    sheet.text(12, 68, "户口专用章", 3.4, family=SANS)
    sheet.text(76, 63, "户口登记机关", 3.4, family=SANS)
    sheet.text(76, 68, "户口专用章", 3.4, family=SANS)
    sheet.stamp(46, 72, "样例省公安厅", 14, "户口专用章")
    sheet.stamp(114, 72, "虚构县公安局", 14, "户口专用章")
    sheet.text(12, 95, "承办人签章：钱样本", 3.4)
    sheet.text(76, 95, "签发日期：2015 年 1 月 8 日", 3.4)
    sheet.mark_as_specimen(26)
    return sheet


def _hukou_person() -> Sheet:
    sheet = Sheet(143, 105, (244, 236, 222))
    sheet.text(71.5, 12, "常 住 人 口 登 记 卡", 5.2, "ms", bold=True)
    rows = [
        [(22, "姓\u3000名\u3000"), (46, NAME), (30, "户主或与户主关系\u3000"), (27, "户主")],
        [(22, "曾 用 名\u3000"), (46, ""), (30, "性\u3000别\u3000"), (27, "女")],
        [(22, "出 生 地\u3000"), (46, "样例省演示市虚构县"), (30, "民\u3000族\u3000"), (27, "汉族")],
        [(22, "籍\u3000贯\u3000"), (46, "样例省演示市"), (30, "出生日期\u3000"), (27, "1949年12月31日")],
        [(22, "本市其他住址\u3000"), (46, NEW_ADDRESS[6:]), (30, "宗教信仰\u3000"), (27, "")],
        [(22, "公民身份号码\u3000"), (46, NUMBER), (30, "身高 / 血型\u3000"), (27, "158 / O")],
        [(22, "文化程度\u3000"), (46, "初中"), (30, "婚姻状况\u3000"), (27, "丧偶")],
        [(22, "服务处所\u3000"), (46, "退休"), (30, "职\u3000业\u3000"), (27, "无")],
    ]
    for number, cells in enumerate(rows):
        sheet.row(9, 17 + number * 8.6, 8.6, cells, 2.9)
    sheet.text(12, 96, "承办人签章：钱样本\u3000\u3000登记日期：2015 年 1 月 8 日", 3.2)
    sheet.stamp(116, 86, "虚构县公安局", 12, "户口专用章")
    sheet.mark_as_specimen(26)
    return sheet


def _residence_proof() -> Sheet:
    sheet = Sheet(210, 297)
    sheet.text(105, 52, "居 住 证 明", 10, "ms", bold=True)
    sheet.text(182, 68, "编号：样居〔2026〕第 0172 号", 4.0, "rs")
    y = sheet.paragraph(
        28,
        86,
        154,
        f"兹证明{NAME}，女，汉族，1949年12月31日出生，公民身份号码{NUMBER}，自2019年3月起居住在本社区{NEW_ADDRESS}，居住情况属实。",
    )
    y = sheet.paragraph(28, y + 3, 154, "本证明用于办理老年人优待证，有效期三十日。")
    sheet.text(28 + 2 * 4.6, y + 4, "特此证明。", 4.6)
    sheet.text(182, y + 40, OFFICE, 4.6, "rs")
    sheet.text(178, y + 49, "2026 年 11 月 20 日", 4.6, "rs")
    sheet.text(28, y + 75, "经办人：孙样本\u3000\u3000联系电话：0000-0000000", 4.2)
    sheet.stamp(148, y + 40, "示范镇安康社区居委会", 20)
    sheet.mark_as_specimen(44)
    return sheet


def _social_card_form() -> Sheet:
    sheet = Sheet(210, 297)
    sheet.text(105, 28, "社会保障卡申领登记表", 8, "ms", bold=True)
    sheet.text(20, 40, "填表日期：2026 年 11 月 24 日", 3.6, family=SANS)
    sheet.text(190, 40, "受理单位：虚构县政务服务中心", 3.6, "rs", family=SANS)
    rows = [
        [(28, "姓\u3000\u3000名\u3000"), (48, NAME), (24, "性\u3000别\u3000"), (34, "女")],
        [(28, "证件类型\u3000"), (48, "居民身份证"), (24, "民\u3000族\u3000"), (34, "汉族")],
        [(28, "证件号码\u3000"), (48, NUMBER), (24, "出生日期\u3000"), (34, "1949-12-31")],
        [(28, "证件有效期\u3000"), (48, "2015-01-01 至 长期"), (24, "国\u3000籍\u3000"), (34, "中国")],
    ]
    for number, cells in enumerate(rows):
        sheet.row(20, 45 + number * 11, 11, cells)
    sheet.box(154, 45, 36, 44)
    sheet.photo(158, 48, 28, 38)
    below = [
        [(28, "人员类别\u3000"), (142, "□ 在职\u3000□ 灵活就业\u3000☑ 退休\u3000□ 学生\u3000□ 其他")],
        [(28, "户籍地址\u3000"), (142, ADDRESS)],
        [(28, "通讯地址\u3000"), (142, NEW_ADDRESS)],
        [(28, "联系电话\u3000"), (58, "000 0000 0000"), (28, "邮政编码\u3000"), (56, "000000")],
        [
            (28, "开户银行\u3000"),
            (58, "虚构银行示范支行"),
            (28, "申领类型\u3000"),
            (56, "☑ 首次\u3000□ 补领\u3000□ 换领"),
        ],
    ]
    for number, cells in enumerate(below):
        sheet.row(20, 89 + number * 12, 12, cells)
    sheet.box(20, 149, 170, 62)
    sheet.text(24, 158, "申领人承诺", 4.2, bold=True, family=SANS)
    y = sheet.paragraph(
        24,
        168,
        160,
        "本人已阅读《社会保障卡领用须知》，所填内容真实有效，同意按规定采集和使用个人信息，并授权开通社会保障卡金融账户。",
        4.2,
        7.6,
    )
    sheet.text(24, y + 9, "申领人（签名）：", 4.2)
    sheet.text(58, y + 9, NAME, 6.5, colour=(34, 42, 104))
    sheet.text(184, y + 9, "2026 年 11 月 24 日", 4.2, "rs")
    sheet.row(20, 211, 34, [(28, "经办意见\u3000"), (142, "材料齐全，同意受理。")])
    sheet.text(184, 240, "经办人：李样本\u3000\u30002026 年 11 月 24 日", 4.0, "rs")
    sheet.stamp(150, 228, "虚构县社会保障中心", 18)
    sheet.mark_as_specimen(44)
    return sheet


def _low_income() -> Sheet:
    sheet = Sheet(210, 297)
    sheet.text(105, 50, "最低生活保障家庭证明", 9, "ms", bold=True)
    sheet.text(182, 64, "样民低〔2026〕0088 号", 4.0, "rs")
    y = sheet.paragraph(
        28,
        80,
        154,
        f"经审核，{NAME}（公民身份号码{NUMBER}）家庭符合虚构县城市居民最低生活保障条件，自2024年1月起纳入最低生活保障，现仍在享受。家庭情况如下：",
    )
    sheet.row(28, y, 11, [(30, "户主姓名\u3000"), (47, NAME), (30, "保障人口\u3000"), (47, "1 人")])
    sheet.row(
        28,
        y + 11,
        11,
        [(30, "保障类别\u3000"), (47, "A 类（老年独居）"), (30, "月保障金额\u3000"), (47, "人民币 640.00 元")],
    )
    sheet.row(28, y + 22, 11, [(30, "家庭住址\u3000"), (124, ADDRESS)])
    sheet.text(28 + 2 * 4.6, y + 50, "特此证明。", 4.6)
    sheet.text(182, y + 84, "虚构县民政局", 4.6, "rs")
    sheet.text(182, y + 93, "2026 年 11 月 18 日", 4.6, "rs")
    sheet.stamp(160, y + 84, "虚构县民政局", 20)
    sheet.mark_as_specimen(44)
    return sheet


def _loss_statement() -> Sheet:
    sheet = Sheet(210, 297)
    sheet.text(105, 50, "遗 失 声 明", 9, "ms", bold=True)
    y = sheet.paragraph(
        28,
        74,
        154,
        f"本人{NAME}，公民身份号码{NUMBER}，不慎遗失老年人优待证（证号：样优 0000173），"
        "现声明作废，并申请补领。由此产生的责任由本人承担。",
    )
    sheet.text(182, y + 24, "声明人（签名）：", 4.6, "rs")
    sheet.text(150, y + 36, NAME, 8, colour=(34, 42, 104))
    sheet.text(182, y + 48, "2026 年 11 月 24 日", 4.6, "rs")
    sheet.mark_as_specimen(44)
    return sheet


PAPERS = {
    "id_copy": Paper("居民身份证复印件", _id_copy),
    "photo_sheet": Paper("近期免冠照片", _photo_sheet),
    "hukou_first": Paper("户口簿首页", _hukou_first),
    "hukou_person": Paper("户口簿本人页", _hukou_person),
    "residence_proof": Paper("居住证明", _residence_proof),
    "social_card_form": Paper("社会保障卡申领登记表", _social_card_form),
    "low_income": Paper("最低生活保障证明", _low_income),
    "loss_statement": Paper("遗失声明", _loss_statement),
}
"""All papers by the name that `show_page` takes."""
