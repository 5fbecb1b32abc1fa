"""A configuration and the files that it includes → its settings, merged."""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress

from ecbackup_iac.hcl.expression import (
    Conditional,
    FunctionCall,
    Interpolation,
    Name,
    Node,
    Template,
    nodes_in,
)
from ecbackup_iac.hcl.source import SourceRange
from ecbackup_iac.hcl.structure import Attribute, Block
from ecbackup_iac.model.hidden import placeholder_of
from ecbackup_iac.model.record import record
from ecbackup_iac.terraform.functions.call_context import OutsideError, UnknownResultError
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.marks import shown_text
from ecbackup_iac.terraform.values.value import UnknownRaw, Value, null, string, unknown
from ecbackup_iac.terragrunt.functions import APPLY, PLAN
from ecbackup_iac.terragrunt.scope import ConfigScope
from ecbackup_iac.terragrunt.sources import partly_known_remote


@record(eq=False)
class GeneratedFile:
    """A file that a generate block writes into the module's folder."""

    path: str
    """Empty where it is unknown."""

    display_path: str
    """The path as it is printed."""

    contents: Value
    if_exists: str
    is_disabled: bool
    if_disabled: str
    has_signature: bool
    unknown_arguments: Mapping[str, str]
    """Why arguments are unknown, by name."""

    range: SourceRange
    """The block's header."""

    written: bytes
    """The text of the whole block, and of what unknown contents refer to."""


@record(eq=False)
class ExtraArguments:
    """What an extra_arguments block adds to a plan or an apply."""

    range: SourceRange
    commands: frozenset[str]
    """Those of plan and apply that it is certainly about."""

    why_uncertain: str
    """Why it may be about the others too; empty where it is not."""

    arguments: Value | None
    required_files: Value | None
    optional_files: Value | None
    environment: Value | None


@record(eq=False)
class TerraformSource:
    """The source of a terraform block."""

    possible: list[Value]
    """One where it is known; else what it may be, as far as that is known."""

    attribute: Attribute
    why_unknown: str = ""
    """Empty where it is known."""


@record(eq=False)
class Exclusion:
    """An exclude block, or `skip`."""

    condition: Value
    """Whether the unit is excluded."""

    excludes_dependencies: Value
    """Whether the units that it depends on directly are excluded, too."""

    why_uncertain: str = ""
    """Why it is not certain that the block is about the apply; empty where it is."""


def terraform_source(file: ConfigScope) -> TerraformSource | None:
    """Return the source of the unit's module; None where it is unset. Raises EvaluationError."""
    for owner in file.in_order():
        for block in owner.body.blocks("terraform"):
            attribute = block.body.attribute("source")
            if attribute is not None:
                value = owner.value(attribute)
                if value.is_null:
                    continue
                if value.is_known and not (isinstance(value.raw, str) and value.raw):
                    raise EvaluationError("source: a string is required", attribute.range)
                if value.is_known:
                    return TerraformSource([value], attribute)
                possible = [*_alternatives(owner, attribute.expression)]
                return TerraformSource(possible, attribute, value.unknown.why)
    return None


def _alternatives(owner: ConfigScope, node: Node) -> Iterator[Value]:
    """Yield the values that an unknown expression may have; one for each of its parts that is unknown."""
    match node:
        case Template(parts=(Interpolation(expression=inner),)):
            yield from _alternatives(owner, inner)
        case Conditional(condition=condition, then=then, otherwise=otherwise):
            is_then = owner.evaluator.value(condition).raw
            if is_then is not False:
                yield from _alternatives(owner, then)
            if is_then is not True:
                yield from _alternatives(owner, otherwise)
        case _:
            value = owner.evaluator.value(node)
            if value.is_known:
                yield value
            elif value.unknown.outcomes:
                yield from (one.value for one in value.unknown.outcomes)
            elif remote := partly_known_remote(value):
                yield remote
            elif "?" in value.unknown.prefix:  # a folder here is read as it is
                yield string(value.unknown.prefix.partition("?")[0]).with_marks_of(value)
            else:
                yield value


def exclusion(file: ConfigScope) -> Exclusion | None:
    """Return what may exclude a unit from the apply; None where nothing does. Raises EvaluationError."""
    blocks = [(owner, block) for owner in file.in_order() for block in owner.body.blocks("exclude")]
    if blocks:
        owner, block = blocks[0]
        condition, dependencies = map(block.body.attribute, ("if", "exclude_dependencies"))
        actions = next(filter(None, (_actions(*owner_and_block) for owner_and_block in blocks)), [])
        if condition is None or not (_is_of_apply(actions) or _why_uncertain(actions)):
            return None
        if owner.value(condition).is_null:
            raise EvaluationError("if: a bool is required", condition.range)
        why_uncertain = "" if _is_of_apply(actions) else _why_uncertain(actions)
        return Exclusion(owner.flag(condition), owner.flag(dependencies), why_uncertain)
    for owner in file.in_order():
        skip = owner.body.attribute("skip")
        if skip is not None:
            return Exclusion(owner.flag(skip), owner.flag(None))
    return None


def _actions(owner: ConfigScope, block: Block) -> list[Value]:
    """Return the actions that an exclude block lists. Raises EvaluationError."""
    attribute = block.body.attribute("actions")
    value = owner.value(attribute) if attribute is not None else null()
    if value.is_null or not value.is_known:
        return [] if value.is_null else [value]
    elements = list(value.elements) if isinstance(value.raw, tuple) else [value]
    is_list = isinstance(value.raw, tuple) and all(
        isinstance(one.raw, str | UnknownRaw) for one in elements
    )
    if attribute is not None and not is_list:
        raise EvaluationError("actions: a list of strings is required", attribute.range)
    return elements


def _is_of_apply(actions: list[Value]) -> bool:
    """Whether one of the actions is certainly the apply."""
    names = [action.raw for action in actions if isinstance(action.raw, str)]
    return any(name in ("all", "all_except_output") or name.lower() == "apply" for name in names)


def _why_uncertain(actions: list[Value]) -> str:
    """Return why one of the actions may be the apply; empty where all are known."""
    whys = (action.unknown.why for action in actions if not action.is_known)
    return next((f"the actions are unknown: {why}" for why in whys), "")


@record(eq=False)
class _Generate:
    """A generate block, an entry of the attribute `generate`, or that of a remote_state block."""

    label: str
    members: Mapping[str, Value]
    """The arguments; none where the entry is not known."""

    written: Block | Attribute
    value: Value | None = None
    """The entry itself, where it is not a block."""


_BACKEND_LABEL = "\0"
"""No generate block has this label."""


def generated_files(file: ConfigScope) -> dict[str, GeneratedFile]:
    """Return what is generated, by label, the backend last. Raises EvaluationError."""
    found: dict[str, GeneratedFile] = {}
    for owner in file.in_order():
        for label, generated in _generated_by(owner):
            found.setdefault(label, generated)
    for owner in file.in_order():
        for block in owner.body.blocks("remote_state"):
            attribute = block.body.attribute("generate")
            value = owner.value(attribute) if attribute is not None else None
            if value is None or value.is_null:
                return found
            backend = {"contents": string("terraform {\n}\n"), **members_of(value)}
            found[_BACKEND_LABEL] = _generated(_Generate("remote_state", backend, block, value))
            return found
    return found


def _generated_by(file: ConfigScope) -> list[tuple[str, GeneratedFile]]:
    """Return what the generate blocks of one file write, with their labels. Raises EvaluationError."""
    found: list[_Generate] = []
    for block in file.body.blocks("generate", 1):
        members = {one.name: file.value(one) for one in block.body.attributes()}
        found.append(_Generate(block.labels[0], members, block))
    attribute = file.body.attribute("generate")
    if attribute is not None and not found:  # in JSON, blocks are found as an attribute too
        value = file.value(attribute)
        if not value.is_known:
            return [("", _generated(_Generate("", {}, attribute, value)))]
        for label, one in value.members.items() if isinstance(value.raw, Mapping) else ():
            name = placeholder_of(label) if value.is_hidden else label
            found.append(_Generate(name, members_of(one), attribute, one))
    return [(entry.label, _generated(entry, _referred(file, entry))) for entry in found]


def _referred(file: ConfigScope, entry: _Generate) -> bytes:
    """Return the texts that unknown contents depend on: the files that they read, and their own file."""
    contents, written = entry.members.get("contents"), entry.written
    attribute = written.body.attribute("contents") if isinstance(written, Block) else written
    if attribute is None or (contents is not None and contents.is_known):
        return b""
    found = []
    for node in nodes_in(attribute.expression):
        if (
            isinstance(node, FunctionCall)
            and node.name in ("file", "templatefile")
            and node.arguments
        ):
            with suppress(EvaluationError, UnknownResultError, OutsideError):
                path = file.evaluator.value(node.arguments[0]).raw
                found.append(file.files.read(path) if isinstance(path, str) else b"")
        elif isinstance(node, Name) and not isinstance(attribute.expression, Template):
            found.append(file.body.range.file.text)
    return b"\n".join(found)


def members_of(value: Value) -> Mapping[str, Value]:
    """Return the members of an object; none for anything else."""
    return value.members if isinstance(value.raw, Mapping) else {}


def _generated(entry: _Generate, referred: bytes = b"") -> GeneratedFile:
    """Return the file that an entry writes; `referred` is what its unknown contents depend on."""
    label, members, written, whole = entry.label, entry.members, entry.written, entry.value
    source_range = written.range
    at = written.header if isinstance(written, Block) else source_range
    is_unknown = whole is not None and not whole.is_known
    unknown_arguments = {"path": whole.unknown.why} if whole is not None and is_unknown else {}
    if not unknown_arguments and not {"path", "if_exists", "contents"} <= members.keys():
        text = f'Missing required argument: generate "{label}" needs path, if_exists and contents'
        raise EvaluationError(text, at)
    known = {"if_exists": "overwrite", "if_disabled": "skip", "comment_prefix": "# "}
    for name in ("path", "if_exists", "disable", "if_disabled", "disable_signature"):
        value = members.get(name)
        if value is None or value.is_null:
            continue
        if not value.is_known:
            unknown_arguments[name] = value.unknown.why
        else:
            known[name] = str(value.raw).lower() if isinstance(value.raw, bool) else str(value.raw)
    for name, allowed in _ALLOWED.items():
        if known[name] not in allowed:
            text = f'generate "{label}": {name} is "{shown_text(members[name])}"'
            raise EvaluationError(text, at)
    return GeneratedFile(
        path=known.get("path", ""),
        display_path=os.path.normpath(shown_text(members["path"])) if "path" in known else "",
        contents=members.get("contents", unknown("")),
        if_exists=known["if_exists"],
        is_disabled=known.get("disable") == "true",
        if_disabled=known["if_disabled"],
        has_signature=known.get("disable_signature") != "true",
        unknown_arguments=unknown_arguments,
        range=at,
        written=source_range.file.text[source_range.start : source_range.end] + referred,
    )


_ALLOWED = {
    "if_exists": ("overwrite", "overwrite_terragrunt", "skip", "error"),
    "if_disabled": ("skip", "remove", "remove_terragrunt"),
}


def copy_patterns(file: ConfigScope) -> dict[str, list[Value]]:
    """Return the patterns of include_in_copy and exclude_from_copy. Raises EvaluationError."""
    found: dict[str, list[Value]] | None = None
    for owner, strategy in ((file, ""), *file.merged_files()):
        for block in owner.body.blocks("terraform"):
            own = {
                name: [owner.value(attribute)] if (attribute := block.body.attribute(name)) else []
                for name in ("include_in_copy", "exclude_from_copy")
            }
            if strategy == "deep" and found is not None:
                own = {name: found[name] + values for name, values in own.items()}
            found = own  # a shallow merge keeps those of the included file
    return found or {}


def extra_arguments(file: ConfigScope) -> list[ExtraArguments]:
    """Return what is added to a plan or an apply, in order. Raises EvaluationError."""
    merged: dict[str, tuple[ConfigScope, Block]] = {}
    for owner in reversed([*file.in_order()]):
        for terraform in owner.body.blocks("terraform"):
            for block in terraform.body.blocks("extra_arguments", 1):
                merged[block.labels[0]] = (owner, block)
    found = []
    for owner, block in merged.values():
        commands = block.body.attribute("commands")
        if commands is None:
            text = "Missing required argument: extra_arguments needs commands"
            raise EvaluationError(text, block.header)
        listed = owner.value(commands)
        if listed.is_known and not isinstance(listed.raw, tuple):
            raise EvaluationError("commands: a list of strings is required", commands.range)
        elements = listed.elements if isinstance(listed.raw, tuple) else (listed,)
        why_uncertain = next((one.unknown.why for one in elements if not one.is_known), "")
        planning = frozenset((PLAN, APPLY)).intersection(
            one.raw for one in elements if isinstance(one.raw, str)
        )
        if not (planning or why_uncertain):
            continue
        extra = ExtraArguments(
            block.header,
            planning,
            why_uncertain,
            arguments=_value_of(owner, block, "arguments"),
            required_files=_value_of(owner, block, "required_var_files"),
            optional_files=_value_of(owner, block, "optional_var_files"),
            environment=_value_of(owner, block, "env_vars"),
        )
        found.append(extra)
    return found


def _value_of(owner: ConfigScope, block: Block, name: str) -> Value | None:
    """Return the value of an argument; None where it is not set. Raises EvaluationError."""
    attribute = block.body.attribute(name)
    return None if attribute is None else owner.value(attribute)
