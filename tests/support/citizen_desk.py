"""A citizen's presenter with a clock and ears, and every word of a view."""

from __future__ import annotations

from dataclasses import fields, is_dataclass

from drivers.base.sensitive import Sensitive
from kiosk_ui.citizen.presenters.frame import CitizenView
from kiosk_ui.citizen.presenters.presenter import CitizenPresenter
from terminal import intents
from terminal.snapshot import Snapshot
from tests.support import citizen_scenes as scenes


class Desk:
    """A presenter with a clock and ears."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.posted: list[intents.Intent] = []
        self.drawn = 0
        self.presenter = CitizenPresenter(scenes.CATALOGUE, self.posted.append, self._draw, lambda: self.now_s)

    def _draw(self) -> None:
        self.drawn += 1

    def show(self, *snapshots: Snapshot) -> CitizenView:
        for one in snapshots:
            self.presenter.show(one)
        return self.view

    @property
    def view(self) -> CitizenView:
        view = self.presenter.view()
        assert view is not None
        return view

    @property
    def page(self) -> object:
        return self.view.page


def words(value: object) -> str:
    """Every text of a view, revealed."""
    if isinstance(value, Sensitive):
        return words(value.reveal())
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return "\n".join(words(part) for part in value)
    if is_dataclass(value):
        return "\n".join(words(getattr(value, field.name)) for field in fields(value) if field.name != "full")
    return ""
