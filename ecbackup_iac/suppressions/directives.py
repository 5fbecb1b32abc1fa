"""A line of a comment → what `ecbackup:ignore`, this program's own directive, suppresses; or its problem."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from ecbackup_iac.model.record import replace
from ecbackup_iac.model.verdict import Rule
from ecbackup_iac.suppressions.inline import (
    InlineSuppression,
    invalid,
    parse_date,
    shorten,
    with_reason,
)

KEYWORD = "ecbackup:ignore"
EXAMPLE = f"{KEYWORD}[ECB001] reason until 2027-03-31"

# What may be meant as the directive: `ecbackup: ignore`, `ecbackup-iac:ignore`, `ecbackup:ignor`.
_NEARLY = re.compile(
    r"ecbackup(?:[-_]?iac)?[ \t]{0,8}[:=][ \t]{0,8}([A-Za-z]{1,20}+)", re.IGNORECASE
)
_SYNONYMS = ("ignore", "ignores", "disable", "skip", "suppress", "allow", "nosec", "noqa")
_ALIKE = 0.7

_RULE_AS_REASON = re.compile(r"\[|ECB\d", re.IGNORECASE)
# `expires` is a word of many reasons: it is meant like `until` only where a date follows.
_UNTIL = re.compile(
    r"(?:^|[\s(,;])(?:until(?:[\s:=]|$)|exp(?:ires|iry)?(?:\s{1,8}on)?[\s:=]{1,8}(?=\d{4}-))",
    re.IGNORECASE,
)
_BEFORE_REASON = " \t:-\u2013\u2014"


def own_suppression(line: str) -> InlineSuppression | None:
    """Return the suppression in a line of a comment without its signs; None where there is none."""
    text = line.strip()
    if not text.startswith(KEYWORD):
        return _similar_directive(text)
    rest = text[len(KEYWORD) :]
    rules: tuple[Rule, ...] = ()
    directive = KEYWORD
    if rest.startswith("["):
        rule_ids, bracket, rest = rest[1:].partition("]")
        if not bracket:
            return invalid(KEYWORD, f"its bracket is not closed; expected {EXAMPLE}")
        directive = f"{KEYWORD}[{shorten(rule_ids)}]"
        rules, problem = rules_in(rule_ids.split(","))
        if problem:
            return invalid(directive, problem)
    elif rest and not rest[0].isspace() and rest[0] != ":":
        return _misspelt(text)
    reason = rest.lstrip(_BEFORE_REASON)
    if not rules and _RULE_AS_REASON.match(reason):
        return invalid(directive, f"rules go in brackets directly after the keyword: {EXAMPLE}")
    return _with_reason_and_date(InlineSuppression(directive, rules=rules), reason)


def rules_in(names: Sequence[str]) -> tuple[tuple[Rule, ...], str]:
    """Return the rules with these ids or names, or what is wrong with one of them."""
    rules: list[Rule] = []
    for name in map(str.strip, names):
        if not name:
            return (), "a rule is missing between its brackets"
        try:
            rules.append(Rule(name))
        except ValueError:
            first, *_, last = Rule
            return (), f"unknown rule {shorten(name)}; expected {first} to {last}"
    return tuple(dict.fromkeys(rules)), ""


def _with_reason_and_date(suppression: InlineSuppression, text: str) -> InlineSuppression:
    """Return the suppression with its reason, and with the date at the end of it."""
    reason, expires = text.strip(), None
    dates = [*_UNTIL.finditer(reason)]
    if dates:
        until = reason[dates[-1].end() :].strip().rstrip(".)")
        expires = parse_date(until)
        if expires is not None:
            reason = reason[: dates[-1].start()].rstrip(" ,;(-")
        elif not until or any(character.isdigit() for character in until):
            return replace(suppression, problem=_date_problem(until))
    return with_reason(replace(suppression, expires=expires), reason, f"; expected {EXAMPLE}")


def _date_problem(text: str) -> str:
    """Return what is wrong with the text after `until`."""
    first, _, rest = text.partition(" ")
    if rest and parse_date(first):
        return f"the date comes last, after the reason: {EXAMPLE}"
    return f"until needs a date such as 2027-03-31, not {shorten(text) or 'nothing'}"


def _similar_directive(text: str) -> InlineSuppression | None:
    """Return a suppression without effect where a line looks like a misspelt directive; else None."""
    match = _NEARLY.match(text)
    if match is not None:
        word = match[1].lower()
        is_misspelt = word in _SYNONYMS or SequenceMatcher(None, word, "ignore").ratio() >= _ALIKE
        return _misspelt(text) if is_misspelt else None
    if KEYWORD in text:
        return invalid(KEYWORD, "the comment must begin with it")
    return None


def _misspelt(text: str) -> InlineSuppression:
    word = shorten(text.split(maxsplit=1)[0])
    return invalid(word, f"expected {EXAMPLE}")
