"""A file or stream → its bytes, unless they are too many; in a tree, no device or pipe is waited for."""

import os
import stat
from collections.abc import Callable
from io import BytesIO

NO_REGULAR_FILE = "not read: it is no regular file"

NO_LINK = getattr(os, "O_NOFOLLOW", 0)
"""A flag with which a link is not followed; 0 where the system has none."""

# Windows translates line ends, and a pipe waits for its writer, unless told not to.
_READING = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
_PIECE = 1 << 20  # bytes


def regular_content(path: str, most: int, flags: int = 0) -> bytes | str:
    """Read a file of at most so many bytes, or say why not. Raises OSError."""
    descriptor = os.open(path, _READING | flags)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return NO_REGULAR_FILE
        if status.st_size > most:
            return f"not read: {larger_than(most)}"
        content = os.read(descriptor, status.st_size + 1)
        # It grew or shrank, its size is not known before, or the system gives less at a time.
        while len(content) != status.st_size and (more := os.read(descriptor, _PIECE)):
            content += more
            if len(content) > most:
                return f"not read: {larger_than(most)}"
        return content
    finally:
        os.close(descriptor)


def larger_than(most: int) -> str:
    """Say why something was not read."""
    return f"it is larger than {most} bytes"


def bounded_content(path: str, most: int) -> bytes | None:
    """Read a file, or what stands for a stream; None where it is larger. Raises OSError."""
    with open(path, "rb") as file:
        if os.fstat(file.fileno()).st_size > most:
            return None
        return up_to(most, file.read)


def up_to(most: int, read: Callable[[int], bytes]) -> bytes | None:
    """Read a stream to its end; None where that is too far."""
    whole = BytesIO()
    while piece := read(_PIECE):
        if whole.tell() + len(piece) > most:
            return None
        whole.write(piece)
    return whole.getvalue()
