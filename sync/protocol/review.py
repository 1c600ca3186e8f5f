"""One citizen's rating of one service, without the citizen (design.md 6, domain.md e)."""

from __future__ import annotations

from typing import Annotated

import msgspec

from sync.protocol.manifest import ShortText
from sync.protocol.times import Times


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """Body of an item of kind review. `level`: 5 非常满意 to 1 非常不满意; `service_id`: project number + node."""

    service_id: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    level: Annotated[int, msgspec.Meta(ge=1, le=5)]
    reasons: tuple[ShortText, ...]
    channel: ShortText  # pad, screen
    window: ShortText
    staff_id: ShortText
    item_code: ShortText
    item_name: ShortText
    times: Times
    schema: int = 1
