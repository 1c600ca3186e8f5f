"""The one Qt style sheet, generated from the tokens. Widgets choose a rule by their `look` property."""

from __future__ import annotations

from string import Template

from kiosk_ui.theme.tokens import FONT_FAMILY, Audience, Theme, px

_RULES = Template("""
* { font-family: "$family"; font-size: ${body}px; color: $text; outline: none; }
QWidget { background: transparent; }
QWidget[look="page"] { background: $page; }
QWidget[look="header"] { background: $header; }
QWidget[look="header"] QLabel { color: $on_header; }
QWidget[look="header"] QLabel[look="muted"] { color: $on_header_muted; }
QWidget[look="side"] { background: $surface; border: 0px solid $line; }
QWidget[look="side"][edge="left"] { border-right-width: 1px; }
QWidget[look="side"][edge="right"] { border-left-width: 1px; }
QWidget[look="bar"] { background: $surface; border-top: 1px solid $line; }
QFrame[look="card"] { background: $surface; border: 1px solid $line; border-radius: ${radius}px; }
QFrame[look="card"][selected="true"] { border: 2px solid $primary; background: $primary_soft; }
QFrame[look="row"] { background: transparent; border: 2px solid transparent; border-radius: ${radius}px; }
QFrame[look="row"]:hover { background: $sunken; }
QFrame[look="row"][selected="true"] { background: $primary_soft; border-color: $primary; }
QFrame[look="paper"] { background: $paper; border: 1px solid $line_strong; }
QFrame[look="sunken"] { background: $sunken; border: 1px solid $line; border-radius: ${radius}px; }
QFrame[look="stage"] { background: $stage; border-radius: ${radius}px; }
QFrame[look="stage"] QLabel { color: $on_stage; }
QFrame[look="rule"] { background: $line; max-height: 1px; min-height: 1px; border: none; }
QFrame[look="banner"] { border-radius: ${radius}px; border: 1px solid $line; }
QFrame[look="banner"][level="error"] { background: $error_soft; border-color: $error; }
QFrame[look="banner"][level="warning"] { background: $warning_soft; border-color: $warning; }
QFrame[look="banner"][level="info"] { background: $info_soft; border-color: $info; }
QFrame[look="banner"][level="ok"] { background: $ok_soft; border-color: $ok; }

QLabel[look="display"] { font-size: ${display}px; font-weight: 700; }
QLabel[look="title"] { font-size: ${title}px; font-weight: 700; }
QLabel[look="strong"] { font-size: ${strong}px; font-weight: 600; }
QLabel[look="label"] { font-weight: 600; }
QLabel[look="muted"] { color: $text_muted; }
QLabel[look="caption"] { font-size: ${caption}px; color: $text_muted; }
QLabel[look="caption-strong"] { font-size: ${caption}px; font-weight: 600; }
QLabel[look="number"] { font-size: ${strong}px; font-weight: 600; }
QLabel[look="ordinal"] { font-size: ${strong}px; font-weight: 700; color: $on_primary; background: $primary;
  border-radius: ${ordinal_radius}px; min-width: ${ordinal}px; max-width: ${ordinal}px; min-height: ${ordinal}px;
  max-height: ${ordinal}px; }
QLabel[look="problem"] { color: $error; font-weight: 600; }
QLabel[look="chip"] { font-size: ${caption}px; padding: 1px ${chip}px; border-radius: ${chip_radius}px;
  font-weight: 600; }
QLabel[level="ok"] { color: $ok; }
QLabel[level="warning"] { color: $warning; }
QLabel[level="error"] { color: $error; }
QLabel[level="info"] { color: $info; }
QLabel[look="chip"][level="ok"] { background: $ok_soft; }
QLabel[look="chip"][level="warning"] { background: $warning_soft; }
QLabel[look="chip"][level="error"] { background: $error_soft; }
QLabel[look="chip"][level="info"] { background: $info_soft; }
QLabel[look="chip"][level="quiet"] { background: $quiet_soft; color: $text_muted; }
QWidget[look="header"] QLabel[look="badge"] {
  background: $warning_soft; color: $warning; border-radius: ${chip_radius}px; padding: 1px ${chip}px;
  font-weight: 700; }
QWidget[look="header"] QLabel[look="chip"] { background: transparent; color: $on_header_muted; }
QWidget[look="header"] QLabel[look="chip"][level="warning"] { color: $on_header; }

QPushButton { min-height: ${button_inner}px; padding: 0px ${pad}px; border-radius: ${radius}px; font-weight: 600;
  border: 2px solid $line_strong; background: $surface; color: $text; }
QPushButton:hover { background: $sunken; }
QPushButton:pressed { background: $line; }
QPushButton:disabled { background: $disabled; color: $on_disabled; border-color: $disabled; }
QPushButton[look="primary"] { background: $primary; color: $on_primary; border-color: $primary;
  padding: 0px ${pad_wide}px; }
QPushButton[look="primary"]:hover { background: $primary_hover; }
QPushButton[look="primary"]:pressed { background: $primary_pressed; }
QPushButton[look="primary"]:disabled { background: $disabled; color: $on_disabled; border-color: $disabled; }
QPushButton[look="lead"] { background: $primary; color: $on_primary; border-color: $primary; }
QPushButton[look="lead"]:disabled { background: $disabled; color: $on_disabled; border-color: $disabled; }
QPushButton[look="danger"] { color: $error; border-color: $error; }
QPushButton[look="quiet"] { background: transparent; border-color: transparent; color: $primary; }
QPushButton[look="quiet"]:hover { background: $primary_soft; }
QPushButton[look="quiet"]:disabled { color: $on_disabled; }
QWidget[look="header"] QPushButton { background: transparent; border-color: transparent; color: $on_header;
  min-height: ${slim}px; padding: 0px ${chip}px; }
QWidget[look="header"] QPushButton:hover { background: $primary_hover; }
QWidget[look="header"] QPushButton[look="secondary"] { border-color: $on_header_muted; }
QPushButton[look="link"] { background: transparent; border: 2px solid transparent; color: $primary; padding: 0px 4px;
  min-height: ${slim}px; text-align: left; text-decoration: underline; }
QFrame[look="banner"][level="error"] QPushButton[look="link"] { color: $error; }
QFrame[look="banner"] QPushButton[look="quiet"] { min-height: ${slim}px; padding: 0px ${chip}px; color: $text; }
QPushButton[look="big"] { font-size: ${title}px; min-height: ${big}px; background: $primary; color: $on_primary;
  border-color: $primary; padding: 0px 48px; }
QPushButton[look="big"]:hover { background: $primary_hover; }
QPushButton[look="big"]:disabled { background: $disabled; color: $on_disabled; border-color: $disabled; }
QPushButton[look="choice"] { text-align: left; font-weight: 400; padding: 0px ${pad}px; border-color: $line; }
QPushButton[look="choice"]:checked { background: $primary_soft; border-color: $primary; font-weight: 600; }
QPushButton:focus { border-color: $focus; }
QPushButton[look="primary"]:focus, QPushButton[look="big"]:focus { border: ${focus_px}px solid $focus; }
QWidget[look="header"] QPushButton:focus { border-color: $focus; }

QLineEdit, QPlainTextEdit, QComboBox, QSpinBox, QDateEdit { background: $surface; color: $text;
  border: 2px solid $line_strong; border-radius: ${radius}px; padding: 0px ${chip}px; min-height: ${field_inner}px;
  selection-background-color: $primary; selection-color: $on_primary; }
QPlainTextEdit { padding: ${chip}px; }
QLineEdit:focus, QPlainTextEdit:focus, QComboBox:focus, QSpinBox:focus, QDateEdit:focus { border-color: $focus; }
QLineEdit[problem="true"], QPlainTextEdit[problem="true"], QComboBox[problem="true"], QDateEdit[problem="true"] {
  border-color: $error; }
QLineEdit[problem="true"]:focus, QPlainTextEdit[problem="true"]:focus, QComboBox[problem="true"]:focus {
  border-color: $focus; }
QLineEdit:disabled, QPlainTextEdit:disabled, QComboBox:disabled, QSpinBox:disabled { background: $disabled;
  color: $on_disabled; }
QLineEdit[look="search"] { font-size: ${strong}px; min-height: ${search}px; }
QComboBox::drop-down { border: none; width: 32px; }
QComboBox QAbstractItemView { background: $surface; border: 1px solid $line_strong;
  selection-background-color: $primary; selection-color: $on_primary; }
QCheckBox, QRadioButton { spacing: ${chip}px; min-height: ${slim}px; border: 2px solid transparent;
  border-radius: ${radius}px; padding: 2px 6px; }
QCheckBox:focus, QRadioButton:focus { border-color: $focus; }
QRadioButton:disabled, QCheckBox:disabled { color: $on_disabled; }
QCheckBox::indicator, QRadioButton::indicator { width: 16px; height: 16px; border: 2px solid $line_strong;
  background: $surface; }
QRadioButton::indicator { border-radius: 10px; }
QCheckBox::indicator { border-radius: 4px; }
QRadioButton::indicator:checked { background: qradialgradient(cx:0.5, cy:0.5, radius:0.5, fx:0.5, fy:0.5,
  stop:0 $primary, stop:0.55 $primary, stop:0.6 $surface, stop:1 $surface); border-color: $primary; }
QCheckBox::indicator:checked { border-color: $primary; }

QListWidget { background: $surface; border: 2px solid $line; border-radius: ${radius}px; padding: 4px; }
QListWidget:focus { border-color: $focus; }
QListWidget::item { padding: ${chip}px; border-radius: ${radius}px; border: 1px solid transparent; color: $text; }
QListWidget::item:selected { background: $primary_soft; border-color: $primary; color: $text; }
QScrollArea { border: none; }
QScrollArea[look="list"] { background: $surface; border: 2px solid $line; border-radius: ${radius}px; }
QScrollArea[look="list"]:focus { border-color: $focus; }
QScrollBar:vertical { background: transparent; width: ${bar}px; margin: 0px; }
QScrollBar::handle:vertical { background: $line_strong; border-radius: ${bar_radius}px; min-height: 48px;
  margin: 1px; }
QScrollBar:horizontal { background: transparent; height: ${bar}px; }
QScrollBar::handle:horizontal { background: $line_strong; border-radius: ${bar_radius}px; min-width: 48px;
  margin: 1px; }
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page { width: 0px; height: 0px;
  background: none; }
QProgressBar { border: none; background: $line; border-radius: 4px; min-height: 8px; max-height: 8px; }
QProgressBar::chunk { background: $primary; border-radius: 4px; }
QToolTip { background: $surface; color: $text; border: 1px solid $line_strong; padding: 4px; }
""")


def stylesheet(theme: Theme) -> str:
    """The style sheet of one window. Sizes come out in logical pixels, so a display's dpi does not move a layout."""
    c, sizes, scale = theme.colours, theme.sizes, theme.type
    clerk = theme.audience is Audience.CLERK
    lengths = {
        "body": px(scale.body_pt),
        "caption": px(scale.caption_pt),
        "strong": px(scale.strong_pt),
        "title": px(scale.title_pt),
        "display": px(scale.display_pt),
        "radius": sizes.radius_px,
        "button_inner": sizes.target_px - 4,
        "field_inner": sizes.field_px - 4,
        "slim": 24 if clerk else sizes.target_px - 4,
        "search": 44 if clerk else sizes.target_px - 4,
        "big": 64 if clerk else sizes.target_px + 12,
        "pad": 14 if clerk else 28,
        "pad_wide": 24 if clerk else 44,
        "chip": 8 if clerk else 14,
        "chip_radius": 4 if clerk else 8,
        "bar": 10 if clerk else 24,
        "bar_radius": 4 if clerk else 10,
        "focus_px": sizes.focus_px,
        "ordinal": 2 * (px(scale.strong_pt) * 4 // 5),
        "ordinal_radius": px(scale.strong_pt) * 4 // 5,
    }
    colours = {name: getattr(c, name) for name in c.__slots__}
    return _RULES.substitute(family=FONT_FAMILY, **colours, **lengths)
