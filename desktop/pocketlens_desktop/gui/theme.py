"""Colours and sizes of the light and the dark theme, and putting one of them on the application."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from importlib import resources
from string import Template
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

ThemeChoice = Literal["system", "light", "dark"]

#: Families with Chinese glyphs, best first, on macOS, Windows and Linux. They follow the system's own font, which
#: stays first; without them Qt picks a fallback by locale and may show Japanese forms of Chinese characters.
CHINESE_FAMILIES = (
    "PingFang SC",
    "Microsoft YaHei UI",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
)


@dataclass(frozen=True)
class Colours:
    """Every colour the window uses, by what it is for. Text colours reach 4.5:1 on their grounds (tested)."""

    window: str
    surface: str
    sunken: str
    hover: str
    border: str
    border_strong: str
    text: str
    muted: str
    faint: str
    accent: str
    accent_hover: str
    accent_soft: str
    accent_text: str
    on_accent: str
    focus: str
    danger: str
    danger_soft: str
    scroll: str
    tooltip: str
    tooltip_text: str


LIGHT = Colours(
    window="#f6f7f6",
    surface="#ffffff",
    sunken="#eaedec",
    hover="#eff2f1",
    border="#e1e5e3",
    border_strong="#c5ccca",
    text="#17201f",
    muted="#55615e",
    faint="#929c99",
    accent="#0c766e",
    accent_hover="#095f59",
    accent_soft="#d9efec",
    accent_text="#075b55",
    on_accent="#ffffff",
    focus="#0c766e",
    danger="#b3372c",
    danger_soft="#fbeae8",
    scroll="#bcc5c2",
    tooltip="#17201f",
    tooltip_text="#f4f7f6",
)

DARK = Colours(
    window="#121516",
    surface="#1b1f21",
    sunken="#272d2f",
    hover="#23282b",
    border="#2b3134",
    border_strong="#434b4f",
    text="#eaeeed",
    muted="#a5b0ad",
    faint="#6d7775",
    accent="#4cc7b9",
    accent_hover="#6fd6ca",
    accent_soft="#173f3c",
    accent_text="#7fdcd1",
    on_accent="#04211e",
    focus="#4cc7b9",
    danger="#f08a7e",
    danger_soft="#3a2220",
    scroll="#4a5457",
    tooltip="#eaeeed",
    tooltip_text="#17201f",
)


class Theme(QObject):
    """The theme in use. ``changed`` is emitted after the application wears another one."""

    changed = Signal()

    def __init__(self, application: QApplication, choice: ThemeChoice = "system") -> None:
        super().__init__(application)
        self._application = application
        self._choice = choice
        self._worn: Colours | None = None
        application.setStyle(QStyleFactory.create("Fusion"))
        application.setFont(interface_font(application.font()))
        application.styleHints().colorSchemeChanged.connect(self._follow_system)
        self.choose(choice)

    @property
    def colours(self) -> Colours:
        return self._worn or LIGHT

    @property
    def choice(self) -> ThemeChoice:
        return self._choice

    def choose(self, choice: ThemeChoice) -> None:
        self._choice = choice
        schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark, "system": Qt.ColorScheme.Unknown}
        # Also tells the platform, so that the title bar matches.
        self._application.styleHints().setColorScheme(schemes[choice])
        self._wear()

    def _follow_system(self) -> None:
        if self._choice == "system":
            self._wear()

    def _wear(self) -> None:
        system_dark = self._application.styleHints().colorScheme() == Qt.ColorScheme.Dark
        dark = self._choice == "dark" or (self._choice == "system" and system_dark)
        colours = DARK if dark else LIGHT
        if colours is self._worn:
            return
        self._worn = colours
        # The palette first: the style sheet's change event is where widgets paint their icons anew.
        self._application.setPalette(palette(colours))
        self._application.setStyleSheet(style_sheet(colours, self._application.font().pointSizeF()))
        self.changed.emit()


def interface_font(system: QFont) -> QFont:
    """The system's font, followed by families with Chinese glyphs."""
    font = QFont(system)
    # By the name of the family it stands for: a name such as "Sans Serif" is skipped in a list of families.
    font.setFamilies([QFontInfo(system).family(), *CHINESE_FAMILIES])
    return font


def palette(colours: Colours) -> QPalette:
    """The same colours as Qt palette roles, for what is painted by hand and for native parts."""
    roles = {
        QPalette.ColorRole.Window: colours.window,
        QPalette.ColorRole.WindowText: colours.text,
        QPalette.ColorRole.Base: colours.surface,
        QPalette.ColorRole.AlternateBase: colours.sunken,
        QPalette.ColorRole.ToolTipBase: colours.tooltip,
        QPalette.ColorRole.ToolTipText: colours.tooltip_text,
        QPalette.ColorRole.PlaceholderText: colours.muted,
        QPalette.ColorRole.Text: colours.text,
        QPalette.ColorRole.Button: colours.surface,
        QPalette.ColorRole.ButtonText: colours.text,
        QPalette.ColorRole.BrightText: colours.danger,
        QPalette.ColorRole.Link: colours.accent_text,
        QPalette.ColorRole.Highlight: colours.accent,
        QPalette.ColorRole.HighlightedText: colours.on_accent,
        QPalette.ColorRole.Accent: colours.accent,
        QPalette.ColorRole.Midlight: colours.hover,
        QPalette.ColorRole.Mid: colours.border_strong,
    }
    result = QPalette(QColor(colours.window))
    for role, colour in roles.items():
        result.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, role, QColor(colours.faint))
    return result


def style_sheet(colours: Colours, base_pt: float) -> str:
    """``resources/style.qss`` with this theme's colours, and sizes relative to the system font's ``base_pt``."""
    folder = resources.files(__package__).joinpath("resources")
    dark = colours is DARK
    names = asdict(colours) | {
        # One modular scale (ratio 1.2 a step) from the person's own font size, so that larger system text is kept.
        "small": f"{base_pt * 0.88:.1f}",
        "heading": f"{base_pt * 1.16:.1f}",
        "title": f"{base_pt * 1.6:.1f}",
        "display": f"{base_pt * 2.1:.1f}",
        "chevron": str(folder.joinpath(f"chevron-{'dark' if dark else 'light'}.svg")).replace("\\", "/"),
    }
    return Template(folder.joinpath("style.qss").read_text(encoding="utf-8")).substitute(names)
