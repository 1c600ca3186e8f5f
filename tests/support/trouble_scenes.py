"""The clerk's pages while devices are away, as scenes: one, two with the same trouble, two with different ones."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

from drivers.base.status import DeviceState
from terminal.cases.model import PrintState
from terminal.snapshot import DeviceView, Message
from tests.support import ui_scenes as scene
from tests.support.ui_pages import Rig, Scene, Way

LOST = "link.lost"
_IDS = itertools.count(1)


def down(devices: tuple[DeviceView, ...] = scene.BOTH_READERS, **codes: str) -> tuple[DeviceView, ...]:
    """`devices`, those of the named kinds lost with their fault codes."""
    return tuple(
        replace(view, state=DeviceState.POWER_OFF, fault_code=codes[view.kind], media="")
        if view.kind in codes
        else view
        for view in devices
    )


def fault(kind: str, code: str = LOST, level: str = "error") -> Message:
    """What the core says of a device that is needed now."""
    return Message(next(_IDS), level, f"fault.{code}", device=kind)


def away(kind: str) -> Message:
    """What the core says of a device that is not needed now."""
    return Message(next(_IDS), "warning", "device.away", (("device", kind),), device=kind)


def required(kind: str) -> Message:
    """What the core says of a device without which no case is opened."""
    return Message(next(_IDS), "error", "case.device_required", (("device", kind),), device=kind)


def scenes() -> dict[str, Scene]:
    """Every page that devices concern, by name."""
    no_printer = tuple(view for view in scene.DEVICES if view.kind != "receipt_printer")
    starting = tuple(replace(view, state=DeviceState.STARTING) for view in scene.DEVICES)
    service = "smart_card.no_service"
    return {
        "start": _idle(down(id_card=LOST, document_camera=LOST, receipt_printer=LOST)),
        "start-required": _idle(
            _needed(down(id_card=LOST, smart_card=LOST)), required("id_card"), required("smart_card")
        ),
        "identify-starting": _at(Way.to_identify, starting),
        "identify-no-reader": _at(Way.to_identify, down(scene.DEVICES, id_card=LOST), fault("id_card")),
        "identify-one-of-two": _at(Way.to_identify, down(id_card=LOST), fault("id_card")),
        "identify-both": _at(
            Way.to_identify, down(id_card=LOST, smart_card=LOST), fault("id_card"), fault("smart_card")
        ),
        "identify-both-differ": _at(
            Way.to_identify, down(id_card=LOST, smart_card=service), fault("id_card"), fault("smart_card", service)
        ),
        "identify-hub-of-cables": _at(
            Way.to_identify,
            down(id_card=LOST, document_camera=LOST, receipt_printer=LOST),
            *(fault("id_card"), away("document_camera"), away("receipt_printer")),
        ),
        "form": _at(Way.to_form, down(document_camera=LOST, receipt_printer=LOST), away("receipt_printer")),
        "materials": _at(
            Way.to_materials,
            down(document_camera=LOST, receipt_printer=LOST),
            *(fault("document_camera"), away("receipt_printer")),
        ),
        "materials-timeout": _at(
            Way.to_materials, scene.DEVICES, fault("document_camera", "link.timeout"), fault("code_scanner")
        ),
        "papers-waiting": _at(
            lambda way: way.to_papers(PrintState.QUEUED, "receipt_printer.link_lost"),
            down(receipt_printer=LOST),
            fault("receipt_printer", "receipt_printer.link_lost"),
        ),
        "papers-ask": _at(
            lambda way: way.to_papers(PrintState.ASK, "receipt_printer.link_lost_in_job"),
            down(receipt_printer=LOST),
            fault("receipt_printer", LOST),
        ),
        "papers-no-printer": _at(
            lambda way: way.to_papers(PrintState.QUEUED, "receipt_printer.none"),
            no_printer,
            Message(1, "warning", "receipt.no_printer"),
        ),
        "review": _at(
            Way.to_review,
            down(evaluator=LOST, receipt_printer=LOST),
            *(fault("evaluator", level="warning"), away("receipt_printer")),
        ),
    }


def _needed(devices: tuple[DeviceView, ...]) -> tuple[DeviceView, ...]:
    return tuple(replace(view, needed="required") for view in devices)


def _idle(devices: tuple[DeviceView, ...], *messages: Message) -> Scene:
    return lambda rig: rig.show(scene.snapshot(devices=devices, messages=messages))


def _at(way: Callable[[Way], None], devices: tuple[DeviceView, ...], *messages: Message) -> Scene:
    def play(rig: Rig) -> None:
        way(Way(rig))
        rig.core.messages = messages
        rig.core.show(devices=devices)

    return play
