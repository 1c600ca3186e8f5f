"""Screens are tested without a display; `QT_QPA_PLATFORM=xcb` on Xvfb runs the same tests on a real X server."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["TZ"] = "Asia/Shanghai"
