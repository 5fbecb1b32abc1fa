"""Values ⇄ YAML text, as yamlencode and yamldecode (zclconf/go-cty-yaml) have them.

The words for booleans and null are those of YAML 1.1, the numbers those of YAML 1.2; of merge keys
only a single mapping is merged.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import yaml

from ecbackup_iac.hcl.number import Number, NumberTooLargeError
from ecbackup_iac.model.record import changing_record, field
from ecbackup_iac.terraform.functions.arguments import check_text_size
from ecbackup_iac.terraform.functions.call_context import TooLargeError, UnknownResultError
from ecbackup_iac.terraform.functions.go.json_text import MAX_DEPTH
from ecbackup_iac.terraform.values.arithmetic import number_from, text_from
from ecbackup_iac.terraform.values.budget import charge, charge_text
from ecbackup_iac.terraform.values.conversion import converted
from ecbackup_iac.terraform.values.errors import EvaluationError, error_quoting
from ecbackup_iac.terraform.values.type_system import STRING
from ecbackup_iac.terraform.values.value import (
    Value,
    boolean,
    null,
    number,
    object_value,
    string,
    tuple_value,
    unknown,
)

MAX_NODES = 100_000
"""A document with more values, each counted wherever an alias repeats it, is unknown."""

_TEXT_TAG = "tag:yaml.org,2002:str"
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(
        ("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True
    ),
    **dict.fromkeys(
        ("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False
    ),
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
}
_INFINITIES = re.compile(r"[+-]?\.(?:inf|Inf|INF)")
_NOT_NUMBERS = frozenset((".nan", ".NaN", ".NAN"))
_STARTS = frozenset("+-.~0123456789yYnNtTfFoO")  # of what may be more than a string
_DECIMAL = re.compile(r"([+-]?)(\d*)(?:\.(\d*))?([eE][+-]?\d+)?", re.ASCII)
_OTHER_BASES = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_TIME = re.compile(r"\d{4}-\d\d?-\d\d?(?:[Tt ]|\Z)", re.ASCII)
_STEPS_PER_EVENT = 3
_END_MARK = "...\n"
_WHOLE_BITS = 64


def yaml_value(text: str) -> Value:
    """Return the value of one YAML document: objects and tuples, each element with its own type.

    Raises EvaluationError: it is not YAML, or more than one document, or cannot be represented.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _Reader(text, iter(yaml.parse(text, Loader=loader))).document()
    except yaml.YAMLError as error:
        if "nesting depth" in str(getattr(error, "problem", "")):  # libyaml's own limit, not Go's
            raise TooLargeError("the YAML text is nested too deeply") from error
        mark = getattr(error, "problem_mark", None)
        where = f"on line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        problem = str(getattr(error, "problem", None) or error)
        raise error_quoting(f"{where}{{}}", problem, _unquoted(problem)) from error
    except RecursionError as error:
        raise TooLargeError("the YAML text is nested too deeply") from error


def _unquoted(problem: str) -> str:
    """Return a parser's message without what it quotes of the text; punctuation may stay."""
    parts = problem.split("'")
    quotes = [part if not any(map(str.isalnum, part)) else "..." for part in parts[1::2]]
    parts[1::2] = quotes
    return "'".join(parts)


@changing_record
class _Reader:
    """Values from the parser's events."""

    text: str
    events: Iterator[Any]
    anchors: dict[str, tuple[Value, int] | None] = field(factory=dict)
    """Each with the nodes in it; None while its value is being read."""

    nodes: int = 0

    def document(self) -> Value:
        next(self.events)  # the stream's start
        start = next(self.events)
        if not isinstance(start, yaml.DocumentStartEvent):
            raise EvaluationError("missing start of document")
        if start.version not in (None, (1, 1)):
            raise EvaluationError("found incompatible YAML document")
        value = self._value(next(self.events), 0)
        next(self.events)  # the document's end
        if not isinstance(next(self.events), yaml.StreamEndEvent):
            raise EvaluationError("unexpected extra content after value")
        return value

    def _value(self, event: Any, depth: int) -> Value:  # noqa: ANN401 - PyYAML has no types
        if depth > MAX_DEPTH:
            raise TooLargeError("the YAML text is nested too deeply")
        if isinstance(event, yaml.AliasEvent):
            return self._alias(str(event.anchor))
        charge(_STEPS_PER_EVENT)
        before = self.nodes
        self._count(1)
        _reject_tag(event)
        if event.anchor:
            self.anchors[event.anchor] = None
        if isinstance(event, yaml.ScalarEvent):
            value = self._scalar(event)
            if not event.tag and not event.implicit[0]:
                value = converted(value, STRING)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = tuple_value(self._sequence(depth))
        else:
            value = object_value(self._mapping(depth))
        if event.anchor:
            self.anchors[event.anchor] = value, self.nodes - before
        return value

    def _count(self, nodes: int) -> None:
        self.nodes += nodes
        if self.nodes > MAX_NODES:
            raise TooLargeError("the YAML text contains too many values")

    def _alias(self, name: str) -> Value:
        if name not in self.anchors:
            raise error_quoting("reference to undefined anchor{}", f' "{name}"', "")
        found = self.anchors[name]
        if found is None:
            what = "cannot refer to {} from inside its own definition"
            raise error_quoting(what, f'anchor "{name}"', "an anchor")
        self._count(found[1])
        return found[0]

    def _sequence(self, depth: int) -> Iterable[Value]:
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            yield self._value(event, depth + 1)

    def _mapping(self, depth: int) -> dict[str, Value]:
        members: dict[str, Value] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise EvaluationError("only strings are allowed as mapping keys")
            _reject_tag(event)
            if event.value == "<<" and not event.tag:
                merged = self._value(next(self.events), depth + 1)
                if not isinstance(merged.raw, Mapping):
                    raise EvaluationError("cannot merge this value into a mapping")
                members.update(merged.raw)
                continue
            key = converted(self._scalar(event), STRING)
            if key.is_null:
                raise EvaluationError("mapping key cannot be null")
            if not key.is_known:
                raise UnknownResultError(key.unknown.why)
            members[str(key.raw)] = self._value(next(self.events), depth + 1)
        return members

    def _scalar(self, event: Any) -> Value:  # noqa: ANN401 - PyYAML has no types
        text: str = event.value
        if event.style == '"' and "\\/" in self.text:
            raise UnknownResultError("a YAML text with the escape \\/ is not evaluated")
        if event.tag or event.style in ("'", '"') or (text and text[0] not in _STARTS):
            return string(text)
        return _resolved(text)


def _reject_tag(event: Any) -> None:  # noqa: ANN401 - PyYAML has no types
    """Raise UnknownResultError for a tag that says more than that something is text."""
    if event.tag not in (None, _TEXT_TAG):
        raise UnknownResultError("a YAML text with tags is not evaluated")


def _resolved(text: str) -> Value:
    """Return the value of an unquoted scalar, by how it looks."""
    if text in _WORDS:
        word = _WORDS[text]
        return null() if word is None else boolean(word)
    if _INFINITIES.fullmatch(text):
        return number(-math.inf if text[0] == "-" else math.inf)
    if text in _NOT_NUMBERS:
        raise EvaluationError("floating point NaN is not supported")
    if _TIME.match(text):
        return unknown("a date in a YAML text is not evaluated", STRING, is_not_null=True)
    found = _decimal(text)
    if found is None and _OTHER_BASES.fullmatch(text):
        found = int(text, 0)
        if found.bit_length() > _WHOLE_BITS:
            raise EvaluationError("cannot parse a whole number: it is too large")
    return string(text) if found is None else number(found)


def _decimal(text: str) -> Number | None:
    match = _DECIMAL.fullmatch(text)
    if match is None or not (match[2] or match[3]):
        return None
    try:
        return number_from(f"{match[1]}{match[2] or 0}.{match[3] or 0}{match[4] or ''}")
    except NumberTooLargeError as error:
        raise UnknownResultError("a number in the YAML text is too large") from error


def yaml_text(value: Value) -> str:
    """Return a wholly known value as YAML: every string in quotes, or as a block where it has lines."""
    events = [
        yaml.StreamStartEvent(),
        yaml.DocumentStartEvent(explicit=False),
        *_events(value),
        yaml.DocumentEndEvent(explicit=False),
        yaml.StreamEndEvent(),
    ]
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    text: str = yaml.emit(events, Dumper=dumper, allow_unicode=True)
    check_text_size(len(text))
    is_plain = value.is_null or isinstance(value.raw, bool | Number)
    # Go's emitter ends a plain scalar with this mark, and nothing else; others differ.
    if text.endswith(f"\n{_END_MARK}"):
        text = text.removesuffix(_END_MARK)
    return f"{text.rstrip()}\n{_END_MARK}" if is_plain else text


def _events(value: Value) -> Iterator[Any]:
    charge(_STEPS_PER_EVENT)
    match value.raw:
        case str() as text:
            charge_text(len(text))
            yield _text_event(text)
        case tuple() as elements:
            yield yaml.SequenceStartEvent(None, None, implicit=True, flow_style=not elements)
            for element in elements:
                yield from _events(element)
            yield yaml.SequenceEndEvent()
        case Mapping() as members:
            yield yaml.MappingStartEvent(None, None, implicit=True, flow_style=not members)
            for name in sorted(members):
                yield _text_event(name)
                yield from _events(members[name])
            yield yaml.MappingEndEvent()
        case None:
            yield _plain_event("null")
        case bool() as truth:
            yield _plain_event("true" if truth else "false")
        case int() | Fraction() | float() as numeral:
            yield _plain_event(text_from(numeral))
        case unknown:
            raise UnknownResultError(unknown.why)


def _text_event(text: str) -> Any:  # noqa: ANN401 - PyYAML has no types
    style = "|" if "\n" in text else '"'
    return yaml.ScalarEvent(None, None, (True, True), text, style=style)


def _plain_event(text: str) -> Any:  # noqa: ANN401 - PyYAML has no types
    return yaml.ScalarEvent(None, None, (True, True), text, style=None)
