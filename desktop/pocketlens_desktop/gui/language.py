"""The window's language, switched while it runs."""

from __future__ import annotations

from importlib import resources
from typing import Literal

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QObject, QTranslator
from PySide6.QtGui import QFontDatabase

LanguageChoice = Literal["system", "en", "zh_CN"]


def resolve(choice: LanguageChoice) -> str:
    """The language to show: "zh_CN" for any Chinese system that has a font for it, "en" for the rest."""
    if choice != "system":
        return choice
    # The first language the person lists is the one to go by, not the locale of their dates and numbers.
    preferred = QLocale.system().uiLanguages()
    if not preferred or not preferred[0].startswith("zh"):
        return "en"
    # Without a font all of the window would be boxes, the way to the settings included.
    return "zh_CN" if QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese) else "en"


class Language(QObject):
    """Keeps the translators of the language in use installed in the application."""

    def __init__(self, application: QCoreApplication, choice: LanguageChoice = "system") -> None:
        super().__init__(application)
        self._application = application
        self._installed: list[QTranslator] = []
        self._shown = ""
        self.choose(choice)

    @property
    def shown(self) -> str:
        return self._shown

    def choose(self, choice: LanguageChoice) -> None:
        """Switch to ``choice``; every widget gets a LanguageChange event."""
        name = resolve(choice)
        if name == self._shown:
            return
        self._shown = name
        for translator in self._installed:
            self._application.removeTranslator(translator)
        self._installed = []
        QLocale.setDefault(QLocale(name))
        ours = str(resources.files(__package__).joinpath("resources/translations"))
        qts = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        for file, folder in ((f"qtbase_{name}", qts), (f"pocketlens_{name}", ours)):
            translator = QTranslator(self)
            # Qt ships no qtbase_en: English is what it is written in.
            if translator.load(file, folder):
                self._application.installTranslator(translator)
                self._installed.append(translator)
