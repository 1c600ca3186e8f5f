"""Where the hub may listen."""

from __future__ import annotations

import ipaddress


class BindRefused(Exception):
    """The hub must not listen there; the message says why."""


def check_bind(host: str, *, enrolled: bool) -> None:
    """`BindRefused` for any address but loopback while terminals pair themselves without enrolment (design.md 6)."""
    if enrolled:
        return
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False  # a name may point anywhere tomorrow
    if not loopback:
        raise BindRefused(
            f"拒绝监听 {host}：本中心尚未启用终端注册，只允许本机回环地址（127.0.0.1 或 ::1）。\n"
            f"Refusing to listen on {host}: without enrolment only a loopback address (127.0.0.1 or ::1) is allowed."
        )
