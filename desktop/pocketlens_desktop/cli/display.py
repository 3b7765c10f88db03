"""Whether there is a screen to open a window on, found out without Qt: it ends the process where there is none."""

from __future__ import annotations

import ctypes
import os
import sys


def display_named() -> bool:
    """Whether there is a screen to open a window on, as far as the environment tells."""
    if sys.platform in {"win32", "darwin"}:
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def silent_display() -> str | None:
    """The display that the environment names and that does not answer; None where one does, or Qt was told which."""
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return None
    wayland, x11 = os.environ.get("WAYLAND_DISPLAY"), os.environ.get("DISPLAY")
    if (wayland and _wayland_answers()) or (x11 and _x11_answers()):
        return None
    return wayland or x11


def _x11_answers() -> bool:
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return False
    xcb.xcb_connect.restype = ctypes.c_void_p
    # Never null: a connection that failed says so when it is asked, and is to be closed as well.
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    failed = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return not failed


def _wayland_answers() -> bool:
    try:
        wayland = ctypes.CDLL("libwayland-client.so.0")
    except OSError:
        return False
    wayland.wl_display_connect.restype = ctypes.c_void_p
    connection = wayland.wl_display_connect(None)
    if not connection:
        return False
    wayland.wl_display_disconnect(ctypes.c_void_p(connection))
    return True
