"""Functions of strings: case, cutting, joining, replacing, formats, regular expressions."""

from collections.abc import Callable, Sequence

from ecbackup_iac.hcl.source import SourceFile
from ecbackup_iac.hcl.tokens import SPACES
from ecbackup_iac.terraform.functions.arguments import (
    check_text_size,
    checked_string,
    record_possible_null,
    string_list,
    text_of,
    whole_number,
)
from ecbackup_iac.terraform.functions.call_context import (
    CallContext,
    EmptyScope,
    UnknownResultError,
)
from ecbackup_iac.terraform.functions.go.graphemes import grapheme_clusters
from ecbackup_iac.terraform.functions.go.regular_expressions import Pattern, result, result_type
from ecbackup_iac.terraform.functions.signature import Function, function
from ecbackup_iac.terraform.values.budget import charge_characters
from ecbackup_iac.terraform.values.conversion import expand_outcomes
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.outcomes import map_outcomes
from ecbackup_iac.terraform.values.type_system import (
    BOOL,
    DYNAMIC,
    STRING,
    ListOf,
    is_sequence,
)
from ecbackup_iac.terraform.values.value import Value, boolean, string

_LIST_OF_TEXT = ListOf(STRING)


def _upper(character: str) -> str:
    """Return Unicode's simple upper case: one character for one."""
    changed = character.upper()
    if len(changed) > 1:
        changed = character.title()
    return changed if len(changed) == 1 else character


def _lower(character: str) -> str:
    return "i" if character == "\u0130" else character.lower()


def _changed(change: Callable[[str], str], text: str) -> str:
    charge_characters(len(text))
    return "".join(map(change, text))


def _title(character: str) -> str:
    changed = character.title()
    return changed if len(changed) == 1 else character


def _ends_word(character: str) -> bool:
    """Whether a letter after this one begins a word."""
    if character.isascii():
        return not (character.isalnum() or character == "_")
    return not (character.isalpha() or character.isdecimal()) and character in SPACES


def _titled(text: str) -> str:
    charge_characters(2 * len(text))
    before = " "
    characters = []
    for character in text:
        characters.append(_title(character) if _ends_word(before) else character)
        before = character
    return "".join(characters)


def _substr(text: Value, offset: Value, length: Value) -> Value:
    start, count = whole_number(offset), whole_number(length)
    if start >= 0 and count == 0:
        return string("")
    characters = grapheme_clusters(text_of(text))
    if start < 0:
        start = max(0, start + len(characters))
    # A length of 0 after an offset from the end gives all, as -1 does.
    end = start + count if count > 0 else len(characters)
    return string("".join(characters[start:end]))


def _join(separator: Value, *lists: Value) -> Value:
    if not lists:
        raise EvaluationError("at least one list is required")
    items: list[str] = []
    for number, sequence in enumerate(lists, 1):
        for index, element in enumerate(sequence.elements):
            if element.is_null:
                where = f" of list {number}" if len(lists) > 1 else ""
                raise EvaluationError(
                    f"element {index}{where} is null; cannot concatenate null values"
                )
            items.append(str(element.raw))  # what is joined is charged
    between = text_of(separator)
    check_text_size(sum(map(len, items)) + len(between) * len(items))
    return string(between.join(items))


def _split(separator: Value, text: Value) -> Value:
    between, written = text_of(separator), text_of(text)
    return string_list(written.split(between) if between else list(written))


def _indent(spaces: Value, text: Value) -> Value:
    count, written = whole_number(spaces), text_of(text)
    if count < 0:
        raise EvaluationError("indent: the number of spaces must not be negative")
    check_text_size(len(written) + count * (written.count("\n") + 1))
    return string(written.replace("\n", "\n" + " " * count))


def _replace(text: Value, old: Value, new: Value) -> Value:
    written, wanted, replacement = text_of(text), text_of(old), text_of(new)
    if len(wanted) > 1 and wanted[0] == wanted[-1] == "/":
        return checked_string(Pattern(wanted[1:-1]).replaced(written, replacement))
    check_text_size(len(written) + written.count(wanted) * len(replacement))
    return string(written.replace(wanted, replacement))


def _regex(pattern: Value, text: Value) -> Value:
    compiled = Pattern(text_of(pattern))
    result_type(compiled)
    found = compiled.search(text_of(text))
    if found is None:
        raise EvaluationError("pattern did not match any part of the given string")
    return result(compiled, text_of(text), found)


def _regexall(pattern: Value, text: Value) -> Value:
    compiled, written = Pattern(text_of(pattern)), text_of(text)
    kind = result_type(compiled)
    found = tuple(result(compiled, written, spans) for spans in compiled.spans(written))
    return Value(ListOf(kind), found)


def _format(template: Value, *arguments: Value) -> Value:
    from ecbackup_iac.terraform.functions.go.formats import formatted

    _check_nulls(arguments)
    return checked_string(formatted(text_of(template), arguments))


def _check_nulls(arguments: Sequence[Value]) -> None:
    if any(argument.is_null and argument.type == DYNAMIC for argument in arguments):
        raise UnknownResultError("the format of a null without a type is unknown")


def _formatlist(template: Value, *arguments: Value) -> Value:
    from ecbackup_iac.terraform.functions.go.formats import formatted

    sequences = [
        (number, argument)
        for number, argument in enumerate(arguments, 1)
        if is_sequence(argument.type) and not argument.is_null
    ]
    _check_nulls(arguments)
    written = text_of(template)

    def line(*ready: Value) -> Value:
        return checked_string(formatted(written, ready))

    count = len(sequences[0][1].elements) if sequences else 1
    for number, sequence in sequences:
        length = len(sequence.elements)
        if length != count:
            raise EvaluationError(
                f"argument {number} has length {length}, which is inconsistent with "
                f"argument {sequences[0][0]} of length {count}"
            )
    sequence_numbers = {number for number, _ in sequences}
    lines = []
    for index in range(count):
        chosen = [
            argument.elements[index] if number in sequence_numbers else argument
            for number, argument in enumerate(arguments, 1)
        ]
        expanded = map(expand_outcomes, chosen)
        lines.append(map_outcomes(line, *expanded, kind=STRING))
    return Value(_LIST_OF_TEXT, tuple(lines))


def _templatestring(context: CallContext, template: Value, variables: Value) -> Value:
    # Imported here, because most runs do without.
    from ecbackup_iac.terraform.functions.template_rendering import rendered

    source = SourceFile("", text_of(template).encode(errors="replace"))
    scope, is_hidden = EmptyScope(), template.is_hidden
    try:
        return rendered(context, source, variables.members, scope, is_hidden=is_hidden)
    except EvaluationError as error:
        raise error.prefixed("templatestring: ") from error


def _plain(name: str, change: Callable[..., str], *parameters: str) -> Function:
    """Return a function from strings to a string that is not longer than they are."""

    def apply(*texts: Value) -> Value:
        return string(change(*map(text_of, texts)))

    listed = ", ".join(f"{parameter}: string" for parameter in ("str", *parameters))
    return function(f"{name}({listed}): string", apply)


def _predicate(name: str, answer: Callable[[str, str], bool], parameter: str) -> Function:
    def apply(text: Value, argument: Value) -> Value:
        return boolean(answer(text_of(text), text_of(argument)))

    return function(f"{name}(str: string, {parameter}: string): bool", apply)


def _starts_with(text: Value, prefix: Value) -> Value:
    wanted = text_of(prefix)
    if text.is_known:
        return boolean(text_of(text).startswith(wanted))
    beginning = text.unknown.prefix
    if beginning.startswith(wanted) or not wanted.startswith(beginning):
        record_possible_null(text)
        return boolean(beginning.startswith(wanted))
    return map_outcomes(lambda known: _starts_with(known, prefix), text, kind=BOOL)


FUNCTIONS: tuple[Function, ...] = (
    _plain("chomp", lambda text: text.rstrip("\r\n")),
    _plain("lower", lambda text: _changed(_lower, text)),
    _plain("upper", lambda text: _changed(_upper, text)),
    _plain("title", _titled),
    _plain("strrev", lambda text: "".join(reversed(grapheme_clusters(text)))),
    _plain("trim", lambda text, cutset: text.strip(cutset) if cutset else text, "cutset"),
    _plain("trimprefix", str.removeprefix, "prefix"),
    _plain("trimsuffix", str.removesuffix, "suffix"),
    _plain("trimspace", lambda text: text.strip(SPACES)),
    function("startswith(str: string | unknown, prefix: string): bool", _starts_with),
    _predicate("endswith", str.endswith, "suffix"),
    _predicate("strcontains", lambda text, part: part in text, "substr"),
    function("substr(str: string, offset: number, length: number): string", _substr),
    function("join(separator: string, ...lists: list of string): string", _join),
    function("split(separator: string, str: string): list of string", _split),
    function("indent(spaces: number, str: string): string", _indent),
    function("replace(str: string, substr: string, replace: string): string", _replace),
    function("regex(pattern: string, string: string)", _regex),
    function("regexall(pattern: string, string: string): list of any", _regexall),
    function("format(format: string, ...args: any | null): string", _format),
    function(
        "formatlist(format: string, ...args: any | null | elements): list of string", _formatlist
    ),
    function(
        "templatestring(template: string, vars: map or object | elements | late): string",
        _templatestring,
        renders_templates=True,
    ),
)
