"""The smallest configuration that a terminal takes. More of [hub], or a [[device]], may be written behind it."""

from __future__ import annotations

SOUND = """data_dir = "data"
[hall]
name = "获嘉县政务服务中心"
window = "综合受理-03"
region = "410724"
phone = "0373-0000000"
[hub]
url = "https://127.0.0.1:1"
"""
