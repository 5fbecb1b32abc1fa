"""A generated text that contains secrets → the words of it that no report may show."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TypeVar

from ecbackup_iac.model.hidden import setting_or_placeholder
from ecbackup_iac.placeholder_numbers import map_texts

T = TypeVar("T")

_WORD = re.compile(r"\w+(?:-\w+)*")

_COMMON_WORDS = frozenset(
    _WORD.findall(
        "a an and are as at be because been but by does for from has have here if in into is it its may no "
        "not of on one only or set so than that the then there this to until when where which with would "
        "configuration evaluated fetch init module read rejects repository source terraform terragrunt "
        "unit unknown"
    )
)
"""Words that any message contains: they reveal nothing, and a message without them cannot be read."""


def hidden_words(generated: Iterable[str], literal: Iterable[bytes]) -> frozenset[str]:
    """Return the words in generated texts that are not in the configuration that they are generated from.

    A generated text is made of the environment or of files: only its words show which part is secret.
    """
    words = frozenset().union(*(words_of(text.encode(errors="replace")) for text in generated))
    return words.difference(_COMMON_WORDS, *map(words_of, literal)) if words else words


def without_words(result: T, words: frozenset[str]) -> T:
    """Return a result with a placeholder instead of each of some words."""

    def shown(text: str) -> str:
        if type(text) is not str or words.isdisjoint(words_of(text.encode(errors="replace"))):
            return text  # a kind of step is a string, too
        return _WORD.sub(
            lambda word: setting_or_placeholder(word[0]) if word[0].lower() in words else word[0],
            text,
        )

    without: T = map_texts(result, shown) if words else result
    return without


@lru_cache(maxsize=1000)
def words_of(text: bytes) -> frozenset[str]:
    """Return the words in a text, in lower case."""
    return frozenset(_WORD.findall(text.decode(errors="replace").lower()))
