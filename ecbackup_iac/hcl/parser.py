"""The text of a file, an expression or a template → its body or its nodes, and its problems."""

from functools import partial

from ecbackup_iac.hcl.body import NativeBody
from ecbackup_iac.hcl.expression import InvalidExpression, Node, TemplatePart, Text
from ecbackup_iac.hcl.expression_parser import parse_parts, parse_range
from ecbackup_iac.hcl.source import (
    HclSyntaxError,
    Problem,
    ProblemHandler,
    RangeMapper,
    SourceFile,
    SourceRange,
)
from ecbackup_iac.hcl.structure import NO_BLOCKS, Schema
from ecbackup_iac.hcl.tokens import Kind

MAX_PROBLEM_LINES = 100
"""Lines of one file whose problems are reported one by one."""


def parse_file(source: SourceFile, schema: Schema, report: ProblemHandler) -> NativeBody:
    """Return a file's body; `report` is called with each problem, in a block when the block is parsed."""
    return NativeBody(source, 0, len(source.text), report, schema=schema)


def parse_whole_file(
    source: SourceFile, schema: Schema = NO_BLOCKS
) -> tuple[NativeBody, list[Problem]]:
    """Return a file's body and all its problems: one per line, at most MAX_PROBLEM_LINES."""
    problems: list[Problem] = []
    body = parse_file(
        source, schema, lambda message, source_range: problems.append((message, source_range))
    )
    body.parse_all()
    return body, _one_a_line(problems)


def parse_expression(
    source: SourceFile, range_of: RangeMapper | None = None
) -> tuple[Node, list[Problem]]:
    """Return a bare expression, and what is wrong with it; line breaks do not matter.

    `range_of` maps the text's offsets to a file, where the text is part of another.
    """
    range_of = range_of or partial(SourceRange, source)
    end = len(source.text)
    try:
        node, following = parse_range(source.text, 0, end, range_of, is_loose=True)
        if following.kind != Kind.END:
            raise HclSyntaxError(  # noqa: TRY301 - reported like what the parser raises
                "Extra characters after expression", following.start, following.end
            )
    except HclSyntaxError as error:
        return InvalidExpression(range_of(0, end)), [
            (error.message, range_of(error.start, error.end))
        ]
    return node, []


def parse_template(
    source: SourceFile, range_of: RangeMapper | None = None
) -> tuple[tuple[TemplatePart, ...], list[Problem]]:
    """Return the parts of a bare template, text with `${...}` and `%{...}`, and what is wrong with it."""
    range_of = range_of or partial(SourceRange, source)
    try:
        return parse_parts(source.text, range_of), []
    except HclSyntaxError as error:
        text = source.text.decode(errors="replace")
        parts = (Text(range_of(0, len(source.text)), text),) if text else ()
        return parts, [(error.message, range_of(error.start, error.end))]


def _one_a_line(problems: list[Problem]) -> list[Problem]:
    """Return the first problem of each line, in order; of very many lines, how many more there are."""
    found: dict[int | None, Problem] = {}
    for problem in sorted(problems, key=lambda problem: problem[1].start):
        found.setdefault(problem[1].location.line, problem)
    reported = [*found.values()]
    if more := reported[MAX_PROBLEM_LINES:]:
        what = "line of this file has" if len(more) == 1 else "lines of this file have"
        reported[MAX_PROBLEM_LINES:] = [(f"{len(more)} more {what} problems", more[0][1])]
    return reported
