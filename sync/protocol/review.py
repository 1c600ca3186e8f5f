"""One citizen's rating of one service, without the citizen (design.md 6, domain.md e)."""

from __future__ import annotations

import io
from typing import Annotated

import msgspec

from sync.protocol.canonical import canonical, decoded
from sync.protocol.manifest import ShortText
from sync.protocol.sealing import CannotOpen, EncHeader, Recipient, Unwrap, decrypted_frames, encrypt, place_of
from sync.protocol.times import Times

_ROLE = "contact"
_NAME = "contact.json"


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """Whom to call back, because they asked for it. Personal: exists in the clear only where it is sealed and read."""

    name: ShortText
    phone: ShortText

    def __repr__(self) -> str:
        return "Contact(***)"


class SealedContact(msgspec.Struct, frozen=True, kw_only=True):
    """A contact encrypted like a document, for the hub alone: the terminal that sealed it cannot read it back."""

    header: EncHeader
    data: bytes


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """Body of an item of kind review. `level`: 5 非常满意 to 1 非常不满意; `service_id`: project number + node.

    The first revision is sealed at the press. Reasons and the wish for a call-back come as a second one, which says
    everything again; level and service never change. `reasons` are codes of the list with version `reasons_version`.
    """

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
    reasons_version: int | msgspec.UnsetType = msgspec.UNSET
    contact: SealedContact | msgspec.UnsetType = msgspec.UNSET


def seal_contact(contact: Contact, item_id: str, rev: int, hub: Recipient) -> SealedContact:
    """Encrypt `contact` for `hub`, bound to this revision of this review."""
    header, frames = encrypt(canonical(contact), place_of(item_id, rev, _ROLE, _NAME), (hub,))
    return SealedContact(header=header, data=b"".join(frames))


def open_contact(sealed: SealedContact, item_id: str, rev: int, unwrap: Unwrap, kid: str) -> Contact:
    """What the hub reads; `CannotOpen` when it was altered, moved to another review, or is for another key."""
    place = place_of(item_id, rev, _ROLE, _NAME)
    plain = b"".join(decrypted_frames(io.BytesIO(sealed.data).read, sealed.header, unwrap, kid, place))
    try:
        return decoded(plain, Contact)
    except msgspec.DecodeError as error:
        raise CannotOpen("no contact") from error
