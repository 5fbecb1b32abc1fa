"""A unit's folder → what Terragrunt deploys there: the module and its inputs."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from ecbackup_iac.hcl.source import SourceRange
from ecbackup_iac.model.record import changing_record, field
from ecbackup_iac.terraform.functions.call_context import UnknownResultError
from ecbackup_iac.terraform.values.budget import TooMuchError
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.marks import shown_text
from ecbackup_iac.terraform.values.steps import Located
from ecbackup_iac.terraform.values.value import Value, tuple_value
from ecbackup_iac.terragrunt.config_value import merged_inputs
from ecbackup_iac.terragrunt.configuration import ConfigFile
from ecbackup_iac.terragrunt.merging import (
    ExtraArguments,
    GeneratedFile,
    copy_patterns,
    exclusion,
    extra_arguments,
    generated_files,
    terraform_source,
)
from ecbackup_iac.terragrunt.schemas import UNIT, check_file
from ecbackup_iac.terragrunt.sources import copied_folder, is_remote, local_folder
from ecbackup_iac.terragrunt.tree import (
    NotEvaluatedError,
    Tree,
    View,
    is_at_placeholder,
    is_placeholder,
)


@changing_record
class Unit:
    """A unit, evaluated as far as that is possible."""

    folder: str
    """Where it is, or where a stack generates it: absolute."""

    file: str
    """Its configuration: the real path."""

    view: View
    source: str = ""
    """The source of a module that is fetched from elsewhere, as it may be printed."""

    source_at: Located | None = None
    places: tuple[Located, ...] = ()
    """Its terraform block and its inputs: a suppression comment there is about the whole unit."""

    inputs_at: SourceRange | None = None
    """The range of its own inputs, or of the file where it has none; None where the file is not read."""

    inherited: tuple[SourceRange, ...] = ()
    """The inputs of the included files: a suppression comment there is about caches that they configure."""

    modules: list[str] = field(factory=list)
    """The real folders of its module; several where the source depends on what is unknown."""

    copied_folders: dict[str, str] = field(factory=dict)
    """What Terragrunt copies for a module in `modules`: the folder before the // of its source."""

    remote: str = ""
    """The same source, perhaps with credentials in it."""

    why_uncertain: str = ""
    """Why it is not certain that its module is one of `modules`."""

    inputs: Mapping[str, Value] = field(factory=dict)
    unknown_inputs: str = ""
    """Why there may be any other inputs; empty where these are all."""

    generated: list[GeneratedFile] = field(factory=list)
    extra: list[ExtraArguments] = field(factory=list)
    copy_patterns: Mapping[str, list[str]] = field(factory=dict)
    """The patterns of include_in_copy and exclude_from_copy."""

    may_be_excluded: str = ""
    """Why it may never be applied; empty where that is known."""

    excluded: str = ""
    """Why it is never applied; empty for a unit that is."""

    excludes_dependencies: Value | None = None
    """Whether the units that it depends on directly are excluded where it is; None where it is not."""

    problem: EvaluationError | None = None
    """What Terragrunt rejects."""

    is_parent: bool = False
    """A unit in a folder below includes its configuration."""

    included: set[str] = field(factory=set)
    """The real paths of the files that it includes."""

    read: set[str] = field(factory=set)
    """The real paths of all configuration that it reads."""

    data: set[str] = field(factory=set)
    """The real paths of the other files that its configuration reads."""

    dependencies: dict[str, Located] = field(factory=dict)
    """The folders of the units that have to be applied before, as far as they are known."""

    needs_values: bool = False
    """It is a template for units: it refers to values that are not given, or contains placeholders."""

    is_unread_unit: bool = False
    """Its own configuration is fetched from elsewhere."""

    calls: tuple[Located, ...] = ()
    """The blocks of stacks that lead to it, outermost first."""


def evaluated_unit(tree: Tree, file: ConfigFile) -> Unit:
    """Return a unit with all that is known of it; `file` is its configuration where Terragrunt finds it."""
    unit = Unit(file.folder, file.path, file.view)
    # The tree records what this unit reads; what a unit around it reads is recorded again afterwards.
    outer = tree.read, tree.data
    tree.read, tree.data = set(), unit.data
    with _problems_of(unit), tree.bounded():
        unit.file = file.view.real(file.path)
        _evaluate(unit, file)
    unit.read = {*tree.read, unit.file}
    tree.read, tree.data = outer
    return unit


@contextmanager
def _problems_of(unit: Unit) -> Iterator[None]:
    """Catch what rejects a unit, or stops its evaluation; the first of these becomes its problem."""
    try:
        yield
    except EvaluationError as error:
        error.__context__ = None
        unit.problem = unit.problem or error
    except (UnknownResultError, TooMuchError) as error:
        unit.problem = unit.problem or NotEvaluatedError(str(error))
    except RecursionError:
        unit.problem = unit.problem or NotEvaluatedError("it is nested too deeply")


def _evaluate(unit: Unit, file: ConfigFile) -> None:
    blocks = (block.range for block in file.body.blocks("terraform"))
    inputs = file.body.attribute("inputs")
    unit.places = (*blocks, *((inputs.range,) if inputs is not None else ()))
    unit.inputs_at = inputs.range if inputs else SourceRange(file.body.range.file, 0, 0)
    # What one step rejects says nothing about the others: the module is found whatever else is rejected.
    with _problems_of(unit):
        check_file(file.body, UNIT)
    for step in (_set_source, _check, _set_inputs, _set_rest):
        with _problems_of(unit):
            step(unit, file)
    unit.needs_values = is_placeholder(unit.folder)
    if unit.problem is not None and not unit.needs_values:
        unit.needs_values = file.lacks_values or is_at_placeholder(unit.problem)


def _check(unit: Unit, file: ConfigFile) -> None:
    includes = (include for one in (file, *file.injected) for include in one.includes)
    unit.included = {unit.view.real(include.path) for include in includes}
    attributes = (one.body.attribute("inputs") for one in file.in_order() if one is not file)
    unit.inherited = tuple(one.range for one in attributes if one is not None)
    file.check()
    found = exclusion(file)
    if found is None or found.condition.raw is False:
        return
    unit.excludes_dependencies = found.excludes_dependencies
    why = found.why_uncertain if found.condition.is_known else found.condition.unknown.why
    if why:
        unit.may_be_excluded = f"it may be excluded: {why}"
    else:
        unit.excluded = "the unit is excluded from apply"


def _set_inputs(unit: Unit, file: ConfigFile) -> None:
    found = merged_inputs(file)
    if found is not None:
        unit.inputs, unit.unknown_inputs = found.members, found.why_incomplete


def _set_rest(unit: Unit, file: ConfigFile) -> None:
    unit.generated = [*generated_files(file).values()]
    unit.extra = extra_arguments(file)
    patterns = copy_patterns(file)
    unit.copy_patterns = {name: _known_texts(unit, values) for name, values in patterns.items()}
    unit.dependencies = _dependencies(file)


def _known_texts(unit: Unit, values: list[Value]) -> list[str]:
    """Return the strings in some lists; where one is unknown, so is what the unit is planned with."""
    found = []
    for value in values:
        for one in value.elements if isinstance(value.raw, tuple) else (value,):
            if not one.is_known:
                unit.why_uncertain = (
                    unit.why_uncertain or f"what is copied is unknown: {one.unknown.why}"
                )
            elif isinstance(one.raw, str):
                found.append(one.raw)
    return found


def _set_source(unit: Unit, file: ConfigFile) -> None:
    """Set the module: one, or each that it may be. Raises EvaluationError."""
    found = terraform_source(file)
    if found is None:
        return
    origin = unit.source_at = found.attribute.range
    if found.why_unknown:
        unit.why_uncertain = f"the source of its module is unknown: {found.why_unknown}"
    is_only = len(found.possible) == 1
    found_here = [_here(unit, source, origin, is_only=is_only) for source in found.possible]
    unit.modules = [*dict.fromkeys(filter(None, found_here))]
    if len({*found_here}) == 1 and unit.modules:
        unit.why_uncertain = ""
    if unit.why_uncertain and not unit.modules and not unit.remote:
        raise NotEvaluatedError(unit.why_uncertain, origin)


def _here(unit: Unit, source: Value, origin: Located, *, is_only: bool) -> str:
    """Return the folder of a module in the repository, if it is there. Raises EvaluationError."""
    text = str(source.raw) if source.is_known else ""
    if not text:
        return ""
    if is_remote(text):
        unit.remote, unit.source = text, shown_text(source)
        return ""
    try:
        folder = local_folder(unit.view, source, unit.folder, origin)
    except EvaluationError:
        if is_only:
            raise
        return ""
    unit.copied_folders[folder] = copied_folder(unit.view, text, unit.folder)
    return folder


def _dependencies(file: ConfigFile) -> dict[str, Located]:
    found: list[tuple[Value, Located]] = []
    for owner, block in file.visible("dependency").values():
        path, enabled = map(block.body.attribute, ("config_path", "enabled"))
        if block.body.blocks("expansion"):
            continue  # its paths may depend on each of the elements
        if path is not None and (enabled is None or owner.flag(enabled).raw is not False):
            found.append((owner.value(path), path.range))
    blocks = ((one, block) for one in file.in_order() for block in one.body.blocks("dependencies"))
    for owner, block in blocks:
        paths = block.body.attribute("paths")
        listed = owner.value(paths) if paths is not None else tuple_value(())
        if paths is not None and listed.is_known and not isinstance(listed.raw, tuple):
            raise EvaluationError("paths: a list of strings is required", paths.range)
        elements = listed.elements if listed.is_known else ()
        found += [(one, block.header) for one in elements]
    return {
        file.view.path(file.folder, path): origin
        for path, origin in found
        if isinstance(path.raw, str)
    }
