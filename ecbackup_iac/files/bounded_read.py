"""A file or stream → its bytes up to a bound, or why it was not read.

The functions return bytes, or a string: why this program did not read the file. Where the system cannot read
it, they raise OSError.
"""

import os
import stat
from collections.abc import Callable, Sequence
from io import BytesIO

MAX_INPUT_BYTES = 1_000_000_000
"""A plan, a state, or AWS CLI output; reading it takes hardly more memory than its size."""

MAX_TEXT_BYTES = 50_000_000
"""A template, or another file that people write by hand."""

NO_REGULAR_FILE = "not read: it is not a regular file"
CHANGED = "not read: a file or folder on its path was replaced during the check"

NO_LINK = getattr(os, "O_NOFOLLOW", 0)
"""The flag for a path whose links are resolved: none is followed; 0 where the system has none."""

# Without these flags Windows translates line ends, and opening a pipe waits for its writer.
_OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
_CHUNK_BYTES = 1 << 20


def regular_content(path: str, limit: int, flags: int = 0) -> bytes | str:
    """Return the bytes of a regular file, or why it is not read. Raises OSError."""
    descriptor = os.open(path, _OPEN_FLAGS | flags)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return NO_REGULAR_FILE
        if status.st_size > limit:
            return _too_large(limit)
        if flags & NO_LINK and path.startswith("/") and _is_elsewhere(descriptor, path):
            return CHANGED
        content = os.read(descriptor, status.st_size + 1)
        # The file changed size, has none (as in /proc), or the system returns fewer bytes at a time.
        while len(content) != status.st_size and (chunk := os.read(descriptor, _CHUNK_BYTES)):
            content += chunk
            if len(content) > limit:
                return _too_large(limit)
        return content
    finally:
        os.close(descriptor)


def _is_elsewhere(descriptor: int, real_path: str) -> bool:
    """Whether an open file is not the one at a real path: a folder has become a link. Only Linux says so."""
    try:
        return os.readlink(f"/proc/self/fd/{descriptor}").casefold() != real_path.casefold()
    except OSError:
        return False


def larger_than(limit: int) -> str:
    """Return the reason why something was not read."""
    return f"it is larger than {limit} bytes"


def contains_any(path: str, words: Sequence[bytes], limit: int) -> bool:
    """Whether the first `limit` bytes of a file contain one of some words. Raises OSError."""
    end = b""
    with open(path, "rb") as file:
        for _ in range(limit // _CHUNK_BYTES):
            chunk = file.read(_CHUNK_BYTES)
            if any(word in end + chunk for word in words):
                return True
            if not chunk:
                break
            end = chunk[-max(map(len, words)) :]
    return False


def _too_large(limit: int) -> str:
    return f"not read: {larger_than(limit)}"


def bounded_content(path: str, limit: int) -> bytes | str:
    """Return the bytes of a file or of a stream's path, or why it is not read. Raises OSError."""
    with open(path, "rb") as file:
        if os.fstat(file.fileno()).st_size > limit:
            return _too_large(limit)
        return read_limited(limit, file.read)


def read_limited(limit: int, read: Callable[[int], bytes]) -> bytes | str:
    """Return the bytes of a stream up to its end, or why it is not read. Raises OSError."""
    content = BytesIO()
    while chunk := read(_CHUNK_BYTES):
        if content.tell() + len(chunk) > limit:
            return _too_large(limit)
        content.write(chunk)
    return content.getvalue()
