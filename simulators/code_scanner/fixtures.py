"""Codes that lie around the counter. All invented; none is a real credential."""

from __future__ import annotations

from simulators.code_scanner.machine import Code

CODES = {
    "credential": Code(b"CTID-SIM.7f3a0c51b2e94d6e8a77c0ffee00d15c0de5afe0", "qr"),
    "barcode": Code(b"6901234567892", "ean13"),
    "chinese_utf8": Code("样例编号：豫G-00017".encode(), "qr"),
    "chinese_gb18030": Code("样例编号：豫G-00017".encode("gb18030"), "qr"),
    "long": Code(b"".join(b"%04d" % n for n in range(500)), "qr"),
}
