"""The reader's options as the configuration gives them: text in, one frozen value out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from drivers.base.errors import Unsupported
from drivers.id_card.wlt_library import DEFAULT_MODE, LibraryCall

_ROWS = ("top", "bottom")
_SWITCH = ("off", "on")
_NAMES = ("wlt_decoder", "wlt_library", "wlt_mode", "wlt_rows", "fingerprints", "rf_frame", "patience")
_MOST_PATIENCE = 10.0


@dataclass(frozen=True, slots=True)
class ReaderOptions:
    """What the hall has decided about its reader; see README.md."""

    decoder_path: str = ""  # "": portraits are placeholders
    library: LibraryCall | None = None  # None: `decoder_path` is a Python plug-in
    fingerprints: bool = False  # whether they may be read at all
    rf_frame_bytes: int | None = None  # None: not sent
    patience: float = 1.0  # how many times as long as usual answers are waited for

    @classmethod
    def parse(cls, options: Mapping[str, str]) -> ReaderOptions:
        """`Unsupported` names the option that is unknown or cannot be used."""
        unknown = sorted(set(options) - set(_NAMES))
        if unknown:
            raise Unsupported(f"no option {', '.join(unknown)}; there are: {', '.join(_NAMES)}")
        plug_in, library = options.get("wlt_decoder", ""), options.get("wlt_library", "")
        if plug_in and library:
            raise Unsupported("wlt_decoder or wlt_library, not both")
        call = LibraryCall(
            _number(options, "wlt_mode", DEFAULT_MODE, 0xFFFF), _choice(options, "wlt_rows", _ROWS) == "bottom"
        )
        return cls(
            decoder_path=plug_in or library,
            library=call if library else None,
            fingerprints=_choice(options, "fingerprints", _SWITCH) == "on",
            rf_frame_bytes=_number(options, "rf_frame", 0, 255) or None,
            patience=_patience(options.get("patience", "1")),
        )


def _choice(options: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str:
    text = options.get(name, allowed[0])
    if text not in allowed:
        raise Unsupported(f"option {name} is one of {', '.join(allowed)}, not {text!r}")
    return text


def _patience(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 1 <= value <= _MOST_PATIENCE:
        raise Unsupported(f"option patience is a number from 1 to {_MOST_PATIENCE:g}, not {text!r}")
    return value


def _number(options: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = options.get(name, str(default))
    try:
        value = int(text, 0)  # 0x50 as the vendors write it, too
    except ValueError:
        value = -1
    if not 0 <= value <= most:
        raise Unsupported(f"option {name} is a number up to {most}, not {text!r}")
    return value
