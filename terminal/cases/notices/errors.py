"""What may go wrong with a notice, apart from Typst, so that the case thread need not import it."""

from __future__ import annotations


class NoticeError(Exception):
    """The notice could not be made. The message is a Chinese sentence that says what to do."""
