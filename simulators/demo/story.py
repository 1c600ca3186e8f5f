"""The case of the demonstration: 张桂兰, 76, asks for a senior's card (老年人优待证) and hands in one paper later."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from simulators.demo.stage import Stage

CLERK, CLERK_PIN = "1001", "246810"
ITEM_INITIALS = "lnr"
PHONE = "13800000000"
RESIDENCE = "虚构县示范镇安康路17号院2号楼301室"
_PAGES = {"id_card": "id_copy", "photo": "photo_sheet"}


@dataclass(frozen=True, slots=True)
class Chapter:
    """One part of the case. `ends_at` is the step at which it is over, also when a person did it."""

    name: str
    zh: str
    en: str
    hint: str
    ends_at: str
    play: Callable[[Stage], None]
    device: Callable[[Stage], None] | None = None  # only what happens at a device, for whoever works the screens alone


def sign_in(stage: Stage) -> None:
    """The clerk signs in."""
    stage.eyes.widget("clerk.sign_in.staff_id", within_s=30)
    stage.picture("sign-in")
    stage.fill("clerk.sign_in.staff_id", CLERK)
    stage.fill("clerk.sign_in.pin", CLERK_PIN)
    stage.hands.key("Return")
    stage.eyes.widget("clerk.start.new_case")
    stage.picture("start")


def identify(stage: Stage) -> None:
    """A new case; the citizen lays the card down."""
    stage.hands.key("F2")
    stage.until_step("identify")
    stage.device_until("id_card", "a look for a card", lambda state: bool(state["finds"]), within_s=10)
    stage.picture("identify")
    stage.mark("card_placed")
    stage.hall.do("id_card", "place_card", card="zhang")
    stage.until_step("verify_face")
    stage.mark("card_shown")
    # The card knows that she has moved, which the reader tells a moment later; nobody takes a card away sooner.
    stage.until("the newest address", lambda screen: "card.moved" in screen.messages, within_s=10)
    stage.rest(0.3)
    stage.picture("card-read")


def verify_face(stage: Stage) -> None:
    """No face device is configured: the clerk compares."""
    stage.hall.do("id_card", "lift")
    stage.hands.key("F10")
    stage.until_step("choose_item")


def choose_item(stage: Stage) -> None:
    """By pinyin initials, then the situation."""
    stage.fill("clerk.item.search", ITEM_INITIALS)
    stage.rest(0.4)
    stage.picture("item-search")
    stage.hands.key("Return")
    stage.rest(0.3)
    stage.picture("item-chosen")
    stage.hands.key("F10")
    stage.until_step("fill_form")


def fill_form(stage: Stage) -> None:
    """The card has filled in most of it."""
    stage.picture("form-prefilled")
    stage.fill("clerk.fill_form.field.residence", RESIDENCE)
    stage.fill("clerk.fill_form.field.phone", PHONE)
    stage.hands.key("Tab")
    stage.rest(0.5)
    stage.picture("form-filled")
    stage.hands.key("F10")
    stage.until_step("collect_materials")


def collect_materials(stage: Stage) -> None:
    """Two papers under the camera, one deferred."""
    for material, page in _PAGES.items():
        stage.hall.do("document_camera", "show_page", page=page, angle_deg=3.0)
        stage.click(f"clerk.materials.row.{material}")
        stage.rest(0.8)
        stage.picture(f"camera-{material}")
        stage.hands.key("F3")
        stage.eyes.widget("clerk.materials.finish", within_s=20)
        stage.rest(0.5)
        stage.picture(f"page-{material}")
        stage.hands.key("F4")
        stage.rest(0.5)
    stage.hall.do("document_camera", "clear_desk")
    stage.click("clerk.materials.row.residence_proof")
    stage.hands.key("F6")
    stage.eyes.widget("clerk.panel.undertaking")
    stage.hands.key("Tab", "space")
    stage.rest(0.3)
    stage.picture("defer")
    stage.hands.key("F10")
    stage.rest(0.5)
    stage.picture("materials-done")
    stage.hands.key("F10")
    stage.until_step("citizen_check")


def citizen_check(stage: Stage) -> None:
    """The citizen looks at everything, holds to reveal, confirms."""
    stage.picture("check")
    reveal = stage.eyes.widget("citizen.sheet.reveal")
    stage.hands.press(*reveal.middle)
    stage.rest(0.4)
    stage.picture("check-revealed")
    stage.hands.release()
    stage.rest(0.3)
    confirm(stage)


def confirm(stage: Stage) -> None:
    """Turn every page, as the screen asks, then say that all is right."""
    while (more := stage.eyes.screen().find("citizen.pages.next")) is not None and more.enabled:
        stage.hands.click(*more.middle)
        stage.rest(0.3)
        stage.picture("check-next")
    stage.click("citizen.check.confirm")
    stage.until_step("sign")


def sign(stage: Stage) -> None:
    """By hand, on the second screen."""
    stage.picture("sign")
    pad = stage.eyes.widget("citizen.sign.pad")
    for stroke in strokes(pad.x, pad.y, pad.width, pad.height):
        stage.hands.draw(stroke)
    stage.rest(0.3)
    stage.picture("signed")
    stage.click("citizen.sign.confirm")
    stage.until_step("decide")


def decide(stage: Stage) -> None:
    """Accepted, with one material to follow (容缺受理)."""
    stage.rest(0.3)
    stage.click("clerk.decide.option.accepted_deferred")
    stage.rest(0.3)
    stage.picture("decide")
    stage.hands.key("F10")
    stage.until_step("issue_papers")


def issue_papers(stage: Stage) -> None:
    """Notice and receipt come out."""
    stage.until("the receipt", lambda screen: screen.facts["receipt"] == "printed", within_s=30)
    stage.rest(0.3)
    stage.picture("papers")
    stage.hands.key("F10")
    stage.until_step("review")


def rate(stage: Stage) -> None:
    """Once, on the pad."""
    stage.device_until("evaluator", "the five keys", lambda state: state["page"] == "rating", within_s=10)
    stage.picture("rate")
    stage.hall.do("evaluator", "press", level=5)
    stage.until_step("sealed", within_s=30)
    stage.picture("sealed")


def hand_over(stage: Stage) -> None:
    """The outbox brings it to the hub; the strip turns when the signed receipt is back."""

    def complete(facts: object) -> bool:
        return isinstance(facts, dict) and "complete" in facts.values()

    stage.until("the hub's receipt", lambda screen: complete(screen.facts["hub_states"]), within_s=30)
    stage.picture("at-the-hub")


def lay_card(stage: Stage) -> None:
    """The citizen's card comes onto the reader."""
    stage.hall.do("id_card", "lift")
    stage.hall.do("id_card", "place_card", card="zhang")


def next_page(stage: Stage) -> None:
    """The next paper comes under the camera."""
    shown = stage.hall.state("document_camera").get("page")
    pages = list(_PAGES.values())
    following = pages[(pages.index(str(shown)) + 1) % len(pages)] if shown in pages else pages[0]
    stage.hall.do("document_camera", "show_page", page=following, angle_deg=3.0)


def press_pad(stage: Stage) -> None:
    """The citizen rates on the pad."""
    stage.hall.do("evaluator", "press", level=5)


def strokes(x: int, y: int, width: int, height: int) -> list[list[tuple[int, int]]]:
    """A signature of three waves across the pad at (x, y), pixels of the desktop."""
    lines: list[list[tuple[int, int]]] = []
    for part in range(3):
        left = 0.16 + 0.24 * part
        lines.append(
            [
                (
                    x + round(width * (left + 0.19 * t / 24)),
                    y + round(height * (0.5 + 0.22 * math.sin(t / 24 * math.pi * 3 + part))),
                )
                for t in range(25)
            ]
        )
    return lines


STORY: tuple[Chapter, ...] = (
    Chapter("sign_in", "登录", "sign in", f"工号 {CLERK}，口令 {CLERK_PIN}", "", sign_in),
    Chapter("identify", "读身份证", "read the ID card", "按 F2 开始办件，再放卡", "verify_face", identify, lay_card),
    Chapter("verify_face", "人证核对", "compare person and card", "核对无误按 F10", "choose_item", verify_face),
    Chapter("choose_item", "选事项", "choose item and situation", "输入 lnr，回车，F10", "fill_form", choose_item),
    Chapter("fill_form", "填表", "fill in the form", "填现住址和电话，F10", "collect_materials", fill_form),
    Chapter(
        "collect_materials",
        "收材料",
        "collect materials",
        "F3 拍摄，F4 完成，F6 容缺",
        "citizen_check",
        collect_materials,
        next_page,
    ),
    Chapter("citizen_check", "群众核对", "the citizen checks", "在群众屏上按“全部正确”", "sign", citizen_check),
    Chapter("sign", "签名", "the citizen signs", "在群众屏上手写签名", "decide", sign),
    Chapter("decide", "决定", "decide", "选“容缺受理”，F10", "issue_papers", decide),
    Chapter("issue_papers", "出具文书", "notice and receipt", "凭条打印后按 F10", "review", issue_papers),
    Chapter("rate", "评价", "rate once", "由本向导按评价器，或在群众屏上评价", "sealed", rate, press_pad),
    Chapter("hand_over", "交接中心", "hand over to the hub", "等待中心回执", "sealed", hand_over),
)
