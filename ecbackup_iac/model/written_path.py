"""A path of this system → its form in reports, with which it is also compared: the same on every system."""

import os
import unicodedata


def relative_path(path: str, folder: str = os.curdir) -> str:
    """Return a path relative to a folder, with forward slashes; on Windows, one on another drive as it is."""
    try:
        return as_posix(os.path.relpath(path or os.curdir, folder))
    except ValueError:
        return as_posix(path)


def as_posix(path: str) -> str:
    """Return a path with forward slashes."""
    return path.replace(os.sep, "/")


def composed(text: str) -> str:
    """Return a string with accents composed with their letters (NFC): macOS may list a name otherwise."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)
