"""PocketLens's engine on the phone: installing it over adb, driving it, and bringing back what it did. No Qt."""
