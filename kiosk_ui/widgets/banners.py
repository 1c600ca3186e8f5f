"""Messages as banners: icon, sentence, where it leads, and how to put it away."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtWidgets import QFrame, QPushButton, QWidget

from kiosk_ui.i18n.texts import tr
from kiosk_ui.theme.tokens import Theme
from kiosk_ui.views import BannerView
from kiosk_ui.widgets.parts import IconLabel, column, empty, label, level_colour, row


class Banner(QFrame):
    """One message. `go` gets the target's objectName, `dismiss` the ids of what it says."""

    def __init__(
        self,
        view: BannerView,
        theme: Theme,
        name: str,
        go: Callable[[str], None] | None,
        dismiss: Callable[[tuple[int, ...]], None] | None,
    ) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(view.text)
        self.setProperty("look", "banner")
        self.setProperty("level", view.level.value)
        layout = row(self, margin=theme.sizes.space_px, gap=theme.sizes.space_px)
        icon = IconLabel(theme.sizes.icon_px)
        icon.show_icon(f"state-{view.level}", level_colour(view.level, theme.colours))
        layout.addWidget(icon)
        if view.target and go is not None:
            link = QPushButton(view.text)
            link.setProperty("look", "link")
            link.setObjectName(f"{name}.go")
            link.setAccessibleName(view.text)
            link.setAutoDefault(True)
            link.setProperty("personal", True)
            link.clicked.connect(lambda: go(view.target))
            layout.addWidget(link)
            layout.addStretch(1)
        else:
            layout.addWidget(label(view.text, wrap=True), 1)
        if view.message_ids and dismiss is not None:
            away = QPushButton(tr("banner.dismiss"))
            away.setProperty("look", "quiet")
            away.setObjectName(f"{name}.dismiss")
            away.setAccessibleName(tr("banner.dismiss_long", text=view.text))
            away.setAutoDefault(True)
            away.clicked.connect(lambda: dismiss(view.message_ids))
            layout.addWidget(away)


class Banners(QWidget):
    """All messages, one below the other; made anew only when they change."""

    def __init__(
        self,
        theme: Theme,
        name: str,
        go: Callable[[str], None] | None = None,
        dismiss: Callable[[tuple[int, ...]], None] | None = None,
    ) -> None:
        super().__init__()
        self._theme = theme
        self._name = name
        self._go = go
        self._dismiss = dismiss
        self._shown: tuple[BannerView, ...] = ()
        self._layout = column(self, gap=theme.sizes.space_px)
        self.hide()

    def show_views(self, views: tuple[BannerView, ...]) -> None:
        """Draw these messages; none hides the area."""
        if views == self._shown:
            return
        self._shown = views
        empty(self._layout)
        for index, view in enumerate(views):
            self._layout.addWidget(Banner(view, self._theme, f"{self._name}.{index}", self._go, self._dismiss))
        self.setVisible(bool(views))
