"""Typst behind one port: the only file that imports it."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path

import typst

from terminal.cases.model import DecisionKind
from terminal.cases.notices.errors import NoticeError

TEMPLATES = Path(__file__).parent / "templates"
# Named in templates/layout.typ; a hall with licensed 仿宋 and 小标宋 names those there and here.
FONTS = ("Noto Serif CJK SC", "Noto Sans CJK SC")
_FILES: Mapping[DecisionKind, str] = {
    DecisionKind.ACCEPTED: "accepted.typ",
    DecisionKind.ACCEPTED_DEFERRED: "accepted_deferred.typ",
    DecisionKind.CORRECTION: "correction.typ",
    DecisionKind.REFUSED: "refused.typ",
}


class TypstNotices:
    """Makes notices from the templates with the fonts of the system. Thread-safe; no network, no other file.

    Typst reads the system's fonts (about 0.1 s) without giving other threads their turn: made before the first
    window. Rendering lets them run.
    """

    def __init__(self, templates: Path = TEMPLATES, fonts: tuple[str, ...] = FONTS) -> None:
        self._templates = templates
        self._lock = threading.Lock()
        system = typst.Fonts(include_system_fonts=True, include_embedded_fonts=False)
        self._missing = tuple(name for name in fonts if name not in system.families())
        self._compiler = typst.Compiler(root=templates, font_paths=system)

    def warm(self) -> None:
        """Read the templates, on a thread where that may take its time; `render` then takes 10 to 30 ms.

        Says nothing when something is missing: the notice that needs it will.
        """
        try:
            for kind in _FILES:
                self.render(kind, EMPTY)
        except NoticeError:
            return

    def render(self, kind: DecisionKind, context: Mapping[str, object]) -> bytes:
        """The notice of `kind` as PDF/A-2b, the same bytes for the same context. `NoticeError`."""
        name = _FILES.get(kind)
        if name is None:
            raise NoticeError("这种决定没有通知书。")
        if self._missing:
            raise NoticeError(f"缺少字体 {'、'.join(self._missing)}，通知书不能生成。请技术人员安装 fonts-noto-cjk。")
        decided = date.fromisoformat(str(context["decided_iso"]))
        with self._lock:
            try:
                pdf = self._compiler.compile(
                    self._templates / name,
                    format="pdf",
                    sys_inputs={"data": json.dumps(context, ensure_ascii=False)},
                    pdf_standards="a-2b",
                    timestamp=datetime.combine(decided, time(), UTC),
                )
            except typst.TypstError as error:
                raise NoticeError(f"通知书未能生成（{error.message}）。办件已保存，请联系技术人员检查模板。") from error
        if not isinstance(pdf, bytes):
            raise NoticeError("通知书未能生成。办件已保存，请联系技术人员。")
        return pdf


EMPTY: Mapping[str, object] = {
    **dict.fromkeys(
        (
            "document_number",
            "project_number",
            "query_code",
            "hall",
            "window",
            "hall_phone",
            "hall_address",
            "department",
            "applicant",
            "phone",
            "item",
            "situation",
            "item_code",
            "received",
            "decided",
            "officer",
            "term",
            "promised_until",
            "reason",
            "correct_until",
            "signed",
        ),
        "",
    ),
    "decided_iso": "2026-01-01",
    "promise_provisional": False,
    "legal_basis": [],
    "materials": [],
    "missing": [],
}
