"""The bytes of a configuration file → what it cannot contain, so that it need not be parsed.

Every answer is a proof: a file that is ruled out contains no such block, however it is written.
"""

import re
from collections.abc import Iterable

# Where a source may be written, and where it is written as most are: as a string and nothing else. In HCL the
# line ends there, since a bracket may make it invalid; in JSON a bracket or comma may follow.
# (The word comes first, which makes the search fast.)
_SOURCES = re.compile(rb'source(?<![\w.-]source)"?\s*(?:[=:]|/\*|\#|//)')
_PLAIN_SOURCES = re.compile(
    rb'source(?<![\w.-]source)"?[ \t]*(?:=[ \t]*|(:)\s*)"([^"\\$%\x00\n]*)"'
    rb"(?=[ \t]*(?:\r?\n|\#|//|\Z|(?(1)[,}]|\Z)))"
)


def may_name(content: bytes, words: Iterable[bytes]) -> bool:
    """Whether a file's bytes allow one of some words, in lower case, to be named in it."""
    lower = content.lower()
    return any(map(lower.__contains__, words)) or _has_escapes(content)


def possible_sources(content: bytes) -> list[str] | None:
    """Return strings that include the source of every module call in a file; None where that is not sure."""
    if _has_escapes(content):
        return None
    if b"module" not in content:
        return []
    found = _PLAIN_SOURCES.findall(content)
    if len(found) != len(_SOURCES.findall(content)):
        return None
    try:
        return [source.decode() for source in dict.fromkeys(text for _, text in found)]
    except UnicodeDecodeError:
        return None


def _has_escapes(content: bytes) -> bool:
    """Whether a file has what may encode a letter, or is not text at all: then it may name anything."""
    is_escaped = b"\\" in content and (b"\\u" in content or b"\\U" in content)
    return is_escaped or b"\0" in content
