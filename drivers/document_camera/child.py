"""What the capture child does with a still of the document camera: find, straighten, judge, even out, compress."""

from __future__ import annotations

from cv2.typing import MatLike

from drivers.document_camera.codec import PageMade, decode_order, encode
from drivers.document_camera.page import find_page
from drivers.document_camera.page_image import A4_MM, MM_PER_INCH, PageSize, enhance, page_size, straighten, to_jpeg
from drivers.document_camera.page_quality import findings


def run(frame: MatLike, arguments: bytes) -> bytes:
    """`PageMade` from a frame (BGR) and a `PageOrder`, both encoded by codec.py; the capture child's recipe.

    Without a page the whole frame is given, in its own size.
    """
    order = decode_order(arguments)
    frame_size = (frame.shape[1], frame.shape[0])
    quad = find_page(frame)
    if quad is None:
        page, size = frame, PageSize(*frame_size)
        width_mm = order.frame_width_mm or A4_MM[1]
    else:
        size = page_size(quad, frame_size, order.dpi, order.frame_width_mm)
        page = straighten(frame, quad, size)
        width_mm = size.width_px * MM_PER_INCH / order.dpi
    found = findings(page, width_mm, quad, frame)
    jpeg = to_jpeg(enhance(page) if quad is not None else page, order.dpi)
    corners = () if quad is None else tuple((round(float(x), 1), round(float(y), 1)) for x, y in quad)
    return encode(PageMade(jpeg, size.width_px, size.height_px, quad is not None, corners, tuple(found)))
