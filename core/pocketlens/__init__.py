"""PocketLens core: the photo search engine. No Qt, no adb, no network; everything here runs on the phone too."""

__version__ = "0.1.0"
