"""Screens are tested without a display; `QT_QPA_PLATFORM=xcb` on Xvfb runs the same tests on a real X server."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from kiosk_ui.i18n.texts import Language, use_language
from tests.support.ui_pages import Rig

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["TZ"] = "Asia/Shanghai"


@pytest.fixture
def rig(qtbot: QtBot) -> Iterator[Rig]:
    """The clerk's real window, in front."""
    made = Rig()
    made.come_forward(qtbot)
    yield made
    made.close()


@pytest.fixture
def in_english() -> Iterator[None]:
    use_language(Language.EN)
    yield
    use_language(Language.ZH)
