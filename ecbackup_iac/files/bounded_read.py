"""A file or stream → its bytes up to a bound, or why it was not read."""

import os
import stat
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import TypeAlias

ContentOrReason: TypeAlias = bytes | str
"""The bytes, or why this program does not read them. Where the system cannot, OSError is raised."""

MAX_INPUT_BYTES = 1_000_000_000
"""A plan, a state, or AWS CLI output; reading it takes hardly more memory than its size."""

MAX_TEXT_BYTES = 50_000_000
"""A template, or another file that people write by hand."""

NO_REGULAR_FILE = "it is not a regular file"
CHANGED = "a file or folder on its path was replaced during the check"

CAN_REJECT_LINKS = hasattr(os, "O_NOFOLLOW")
"""Whether the system can reject a link when it opens a file."""

# Without these flags Windows translates line ends, and opening a pipe waits for its writer.
_OPEN_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOFOLLOW", 0)
)
_CHUNK_BYTES = 1 << 20


def read_regular_file(real_path: str, limit: int) -> ContentOrReason:
    """Return the bytes of a regular file, by a path with its links resolved, or why it is not read."""
    descriptor = os.open(real_path, _OPEN_FLAGS)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return NO_REGULAR_FILE
        if status.st_size > limit:
            return _too_large(limit)
        if real_path.startswith("/") and _is_elsewhere(descriptor, real_path):
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
    return f"it is larger than {limit} bytes"


def read_file_or_stream(path: str, limit: int) -> ContentOrReason:
    """Return the bytes of a file or of a stream's path, following links, or why it is not read."""
    with open(path, "rb") as file:
        if os.fstat(file.fileno()).st_size > limit:
            return _too_large(limit)
        return read_stream(file.read, limit)


def read_stream(read: Callable[[int], bytes], limit: int) -> ContentOrReason:
    """Return the bytes of a stream up to its end, or why it is not read; `read` gives the next ones."""
    content = BytesIO()
    while chunk := read(_CHUNK_BYTES):
        if content.tell() + len(chunk) > limit:
            return _too_large(limit)
        content.write(chunk)
    return content.getvalue()
