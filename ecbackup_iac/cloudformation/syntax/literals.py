"""A scalar node → its value: a string, a number, a boolean or null."""

from functools import lru_cache
from typing import Any, TypeAlias

from ecbackup_iac.cloudformation.syntax.nodes import Node, ScalarNode, Style

Literal: TypeAlias = str | int | float | bool | None

_MAX_NUMBER_LENGTH = 400
"""In characters; AWS accepts no number that is as long, so a longer text stays a string."""

_JSON_WORDS: dict[str, Literal] = {"true": True, "false": False, "null": None}

_TAGS = "tag:yaml.org,2002:"


def literal_of(scalar: ScalarNode) -> Literal:
    """Return the value of a scalar; a plain one in YAML is resolved as YAML 1.1, like CloudFormation does."""
    text = scalar.text
    if scalar.style is Style.JSON and text in _JSON_WORDS:
        return _JSON_WORDS[text]
    if scalar.style is Style.JSON:
        is_short = len(text) <= _MAX_NUMBER_LENGTH
        return (float(text) if set(text) & set(".eE") else int(text)) if is_short else text
    tag = scalar.tag or ""
    if tag.startswith(_TAGS):
        return _tagged(tag.removeprefix(_TAGS), text)
    if scalar.style is not Style.PLAIN or tag.startswith("!"):
        return text
    return _plain(text)


def is_null(node: Node | None) -> bool:
    """Whether there is a node, and its value is null (as of an empty one in YAML)."""
    return isinstance(node, ScalarNode) and literal_of(node) is None


def text_of_literal(value: Literal) -> str:
    """Return a literal as CloudFormation converts it to a string: `true`, `7`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _tagged(kind: str, text: str) -> Literal:
    if kind == "null":
        return None
    if kind in ("int", "float", "bool") and len(text) <= _MAX_NUMBER_LENGTH:
        return _constructed(kind, text)
    return text


@lru_cache(maxsize=4096)
def _plain(text: str) -> Literal:
    if len(text) > _MAX_NUMBER_LENGTH:
        return text
    yaml, loader = _yaml()
    tag: str = loader.resolve(yaml.ScalarNode, text, (True, False))
    return _tagged(tag.removeprefix(_TAGS), text)


def _constructed(kind: str, text: str) -> Literal:
    yaml, loader = _yaml()
    node = yaml.ScalarNode(f"{_TAGS}{kind}", text)
    try:
        value: Literal = getattr(loader, f"construct_yaml_{kind}")(node)
    except (ValueError, KeyError, IndexError, OverflowError):
        return text
    return value


@lru_cache(maxsize=1)
def _yaml() -> tuple[Any, Any]:
    """Return PyYAML, and a loader of nothing: its methods resolve and construct the scalars of YAML 1.1."""
    import yaml  # many templates are JSON

    return yaml, yaml.SafeLoader("")
