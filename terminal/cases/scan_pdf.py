"""Scanned pages to one PDF: the only file that imports the untyped img2pdf."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast


def pdf_of(jpegs: Sequence[bytes], dpi: int) -> bytes:
    """A PDF of `jpegs` in their order, at `dpi`; the pictures are not encoded again. ValueError without any.

    The same bytes for the same pages, so that a PDF that was lost can be made again; when it was made is not in it.
    """
    import img2pdf  # pulls in Pillow and pikepdf: not at start-up

    untyped = cast("Any", img2pdf)
    layout = cast("Callable[..., object]", untyped.get_fixed_dpi_layout_fun((dpi, dpi)))
    pdf = untyped.convert(list(jpegs), layout_fun=layout, engine=untyped.Engine.internal, nodate=True)
    if not isinstance(pdf, bytes):
        raise ValueError("img2pdf gave no document")
    return pdf
