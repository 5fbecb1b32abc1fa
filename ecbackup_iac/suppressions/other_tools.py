"""Comments of Checkov, tfsec, Trivy and KICS → what they suppress here.

A tool's word has to be one of `model.annotated_text.SUPPRESSION_WORDS`, or its comments are never looked for.

Each counts for the rules that its check corresponds to. Sources: Checkov 3.3 (common/comment/enum.py),
Trivy (pkg/iac/ignore), tfsec's guide on ignores, KICS's guide on comments (docs/running-kics.md) and its
query of this name.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from ecbackup_iac.files.globs import matches
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.verdict import Rule
from ecbackup_iac.suppressions.inline import InlineSuppression, Scope, parse_date, shorten
from ecbackup_iac.syntax.comments import COMMENT_SIGNS

RULES_OF_BACKUP_CHECKS = (
    Rule.BACKUPS_DISABLED,
    Rule.BACKUPS_BEING_DISABLED,
    Rule.RETENTION_UNKNOWN,
)
"""What the checks of other tools are about: a retention that is unset or 0, or that they cannot know."""

OWN_CHECK = "CKV2_ECBACKUP_1"
"""This program as a check of Checkov's: it covers every rule."""

CHECKOV_RULES: dict[str, tuple[Rule, ...]] = {"CKV_AWS_134": RULES_OF_BACKUP_CHECKS, OWN_CHECK: ()}

TRIVY_IDS = ("AVD-AWS-0050", "AWS-0050", "aws-elasticache-enable-backup-retention", "AWS088")
"""The ids of one check: Trivy's, Trivy's older one, and tfsec's two."""

KICS_QUERY = "8fdb08a0-a868-4fdf-9c27-ccab0237f1ab"
"""ElastiCache Redis Cluster Without Backup, for Terraform. There is none for CloudFormation."""

_MAX_PATTERN_LENGTH = 80
"""Characters; a longer one cannot match a name."""

_CHECKOV = re.compile(
    r"(?:checkov|bridgecrew|cortex):skip= *+([A-Za-z0-9_-]++(?:,[A-Za-z0-9_-]++)*+)(:.*)?"
)
_PREFIXES = ("tfsec:", "trivy:")
_KICS = re.compile(r"kics-scan[ \t]++(.*)", re.IGNORECASE)


def other_suppressions(
    line: str, *, is_head: bool, is_terraform: bool
) -> Iterator[InlineSuppression]:
    """Yield the suppressions in a line of a comment without its signs.

    `is_head`: no code comes before it in its file.
    """
    text = line.strip()
    if ":skip=" in text:
        yield from _checkov(text)
    if any(prefix in text for prefix in _PREFIXES):
        yield from _trivy(text)
    if is_terraform and text[:9].lower() == "kics-scan":
        yield from _kics(text, is_head=is_head)


def checkov_suppression(ids: list[str], directive: str, reason: str) -> InlineSuppression | None:
    """Return the suppression that skips these checks of Checkov; None where none is about backups."""
    rules_of_checks = [CHECKOV_RULES[name] for name in ids if name in CHECKOV_RULES]
    if not rules_of_checks:
        return None
    rules = () if () in rules_of_checks else rules_of_checks[0]
    return _suppression(directive, reason, rules)


def is_match(pattern: str, name: str) -> bool:
    """Whether a name is the pattern, or matches it as Trivy does, where `*` is any text."""
    if "*" not in pattern or "?" in pattern or len(pattern) > _MAX_PATTERN_LENGTH:
        return pattern == name
    return matches(pattern, name)


def _suppression(
    directive: str, reason: str, rules: tuple[Rule, ...] = RULES_OF_BACKUP_CHECKS, **fields: object
) -> InlineSuppression:
    reason = shorten(reason.strip()) or f"{shorten(directive)} (no reason given)"
    base = InlineSuppression(shorten(directive), reason, rules, is_own=False, is_foreign_form=True)
    return replace(base, **fields)


def _checkov(text: str) -> Iterator[InlineSuppression]:
    match = _CHECKOV.search(text)  # Checkov, too, takes the first of a line
    if match is not None:
        ids = match[1].split(",")
        directive = match[0].partition(":skip=")[0] + ":skip=" + match[1]
        suppression = checkov_suppression(ids, directive, (match[2] or "")[1:])
        if suppression is not None:
            yield suppression


def _trivy(text: str) -> Iterator[InlineSuppression]:
    """Yield each `trivy:ignore:ID` of a line; the other words are the reason."""
    words = text.split()
    bare_words = [word.lstrip(COMMENT_SIGNS) for word in words]
    reason = " ".join(
        word for word, bare in zip(words, bare_words, strict=True) if not bare.startswith(_PREFIXES)
    ).strip(f" -:{COMMENT_SIGNS}")
    for word in bare_words:
        if word.startswith(_PREFIXES):
            suppression = _trivy_suppression(word, reason)
            if suppression is not None:
                yield suppression


def _trivy_suppression(word: str, reason: str) -> InlineSuppression | None:
    """Return the suppression of one `trivy:ignore:ID`; None where the check is another one."""
    sections = word.split(":")[1:]
    options = dict(zip(sections[::2], sections[1::2], strict=False))
    name, bracket, _ = options.get("ignore", "").partition("[")
    if not any(is_match(name, known) for known in TRIVY_IDS):
        return None
    is_blanket = "*" in name
    problem, expires = "", None
    if bracket:
        problem = "it applies only to some attribute values, which is not supported"
    if "exp" in options:
        expires = parse_date(options["exp"])
        if expires is None or expires == date.min:
            problem = f"exp needs a date such as 2027-03-31, not {shorten(options['exp'])}"
        else:
            expires -= timedelta(days=1)  # it ends as that day begins
    return _suppression(
        word,
        f"{word}: {reason}" if reason else "",
        scope=Scope.HEAD if is_blanket else Scope.BLOCK,
        expires=expires,
        workspace=options.get("ws", ""),
        is_blanket=is_blanket,
        problem=problem,
    )


def _kics(text: str, *, is_head: bool) -> Iterator[InlineSuppression]:
    """Yield what a command of KICS suppresses; it may name the file, the next block or the next line."""
    match = _KICS.match(text)
    if match is None:
        return
    first, *rest = match[1].split() or [""]
    command, equals, queries = first.lower().partition("=")
    directive = f"kics-scan {first}"
    reason = f"{directive}: {' '.join(rest)}" if rest else ""
    if command == "ignore-block":
        yield _suppression(directive, reason, scope=Scope.HEAD, is_blanket=True)
    elif command == "ignore-line":
        yield _suppression(directive, reason, scope=Scope.LINE, is_blanket=True)
    elif command == "ignore" and is_head:
        yield _suppression(directive, reason, scope=Scope.FILE, is_blanket=True)
    elif command == "disable" and equals and KICS_QUERY in queries.split(","):
        problem = "" if is_head else "KICS reads it only before the first code in a file"
        yield _suppression(
            f"kics-scan disable={KICS_QUERY}", reason, scope=Scope.FILE, problem=problem
        )
