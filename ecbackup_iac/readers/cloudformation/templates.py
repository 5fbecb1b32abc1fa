"""CloudFormation templates → the caches that a deployment of each root template would make."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from ecbackup_iac.cloudformation.evaluation.scenarios import (
    Effort,
    TemplateRejectedError,
    TooMuchError,
)
from ecbackup_iac.cloudformation.syntax.nodes import Scalar, member, members, walk
from ecbackup_iac.cloudformation.templates.absence import Creation
from ecbackup_iac.cloudformation.templates.parameters import (
    GivenValues,
    ParameterFiles,
    given_values,
)
from ecbackup_iac.cloudformation.templates.resources import (
    Deployment,
    ResourceInstance,
    UnreadStack,
)
from ecbackup_iac.cloudformation.templates.roots import TemplateFile, Templates
from ecbackup_iac.cloudformation.templates.stacks import Stack
from ecbackup_iac.cloudformation.templates.template import Template
from ecbackup_iac.files.discovery import shown_path
from ecbackup_iac.model.cache import CacheResource, Source
from ecbackup_iac.model.inputs import EvaluationInputs
from ecbackup_iac.model.location import Location, input_location
from ecbackup_iac.model.policy import RootSettings
from ecbackup_iac.model.progress import UNWATCHED, Progress
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import Diagnostic, ReadResult, Severity
from ecbackup_iac.model.value import StepKind, TraceStep, Unknown
from ecbackup_iac.model.value import Value as Setting
from ecbackup_iac.readers.cloudformation.ledger import CacheLedger
from ecbackup_iac.readers.cloudformation.resource_types import RESOURCE_TYPES
from ecbackup_iac.readers.cloudformation.settings import Settings, either

MAX_EFFORT = 5_000
"""Worlds that are worked out for one root; beyond that its values are unknown."""

# What an unread nested stack's own words say about caches.
_LOOKS_LIKE_CACHE = re.compile(r"elasti-?cache|redis|valkey|snapshot-?retention", re.IGNORECASE)


class TemplateReader:
    """Collects the templates of a run, and reads them together, because they nest each other."""

    def __init__(
        self,
        given: EvaluationInputs,
        roots: Sequence[RootSettings],
        is_excluded: Callable[[str], bool],
        files: Callable[[str], Iterable[TemplateFile]],
        progress: Progress = UNWATCHED,
    ) -> None:
        """`files` gives every file inside a boundary that may hold a template."""
        self._given = given
        self._files = files
        self._progress = progress
        self._roots = roots
        self._parameter_files = ParameterFiles(given.contents)
        self._declared: set[str] = set()
        self._judged: set[str] = set()
        self._templates = Templates(is_excluded, given.contents, RESOURCE_TYPES.__contains__)
        self._ledger = CacheLedger()

    def add(self, file: TemplateFile) -> bool:
        """Take a file; say whether it is a template, or was meant to be one."""
        return self._templates.add(file)

    def readings(self) -> Iterator[ReadResult]:
        """Yield what each root template gives, and what is wrong with the files."""
        self._templates.add_parents(self._files)
        for number, root in enumerate(self._templates.roots(), 1):
            self._progress.judging(root.source.path, number)
            yield from self._root_readings(root)
        absent, blocks = self._ledger.accounts(self._templates.added, RESOURCE_TYPES.__contains__)
        yield ReadResult(
            diagnostics=tuple(self._closing_diagnostics()),
            absent=absent,
            blocks=blocks,
            marked=tuple(self._templates.marked),
        )

    def _root_readings(self, template: Template) -> Iterator[ReadResult]:
        """Yield a root's reading, or one for each set of parameters that the policy names."""
        self._judged.add(template.path)
        settings = [one for one in self._roots if one.path == template.path]
        if not settings:
            yield self._reading(template, self._given.parameters, "")
        for one in settings:
            files = [("file", path) for path in one.parameter_files]
            shown = ", ".join(map(shown_path, one.parameter_files))
            note = f"judged with {shown}" if shown else ""
            reading = self._reading(template, (*files, *self._given.parameters), note)
            yield reading.judged_with(one.label)

    def _reading(
        self, template: Template, given: Sequence[tuple[str, str]], note: str
    ) -> ReadResult:
        values = self._values(given)
        self._declared |= template.section("Parameters").keys() | {
            name for name in values if name.startswith("AWS::")
        }
        deployment = Deployment(
            Stack(template, values),
            self._templates,
            RESOURCE_TYPES.__contains__,
            effort := Effort(MAX_EFFORT),
        )
        reader = _RootReader(template.source.path, note, effort)
        creations = deployment.creations
        resources: list[CacheResource] = []
        spent_at: Location | None = None
        try:
            for found in deployment.resources():
                self._progress.going_on()
                if isinstance(found, UnreadStack):
                    told, root = _unread(found), template.source.path
                    is_cache = told.severity is Severity.ERROR
                    if self._ledger.note_unread(found, root, creations, is_cache=is_cache):
                        reader.diagnostics.append(told)
                elif self._templates.is_wanted(found.frame.stack):
                    creation = creations.creation_of(found.existence)
                    is_absent = creation in (Creation.ABSENT, Creation.NEVER)
                    caches = [] if is_absent else [*reader.resources(found)]
                    resources += caches
                    if caches:
                        self._ledger.note_created(found)
                    else:
                        self._ledger.note_absent(found, template.source.path, creations)
                    if effort.is_spent and spent_at is None:
                        spent_at = found.frame.stack.template.source.location_of(found.key)
        except RecursionError:
            text = "not all of this template was judged: it nests too deeply"
            reader.diagnostics.append(Diagnostic(text, input_location(template.source.path)))
        if effort.is_spent:
            text = "not all of this template was worked out: it asks for more work than is done for one"
            place = spent_at or input_location(template.source.path)
            reader.diagnostics.append(Diagnostic(text, place))
        diagnostics = tuple(dict.fromkeys((*deployment.diagnostics, *reader.diagnostics)))
        for stack in deployment.never:
            self._ledger.note_never(stack, template.source.path, creations)
        self._cover(deployment, diagnostics)
        return ReadResult(tuple(resources), diagnostics)

    def _cover(self, deployment: Deployment, diagnostics: Sequence[Diagnostic]) -> None:
        """Note the nested templates that need not be evaluated on their own.

        Those are the ones that this root creates, or would create with other values, unless
        CloudFormation refuses a template that leads to them.
        """
        refused = {
            one.location.path
            for one in diagnostics
            if one.message.startswith(TemplateRejectedError.prefix)
        }
        for stack in deployment.nested:
            above = {one.template.source.path for one in stack.ancestors[1:]}
            if refused.isdisjoint(above) and deployment.creations.creation_of(stack.existence) in (
                Creation.CREATED,
                Creation.ABSENT,
            ):
                self._templates.cover(stack.template)

    def _values(self, given: Sequence[tuple[str, str]]) -> GivenValues:
        shown = {path: shown_path(path) for kind, path in given if kind == "file"}
        return given_values(given, self._parameter_files, shown)

    def _closing_diagnostics(self) -> Iterator[Diagnostic]:
        """Yield what concerns no single root."""
        yield from self._templates.diagnostics
        yield from self._parameter_files.diagnostics
        if not self._judged:
            return
        for name, value in self._values(self._given.parameters).items():
            if name not in self._declared:
                text = f"no template that was judged declares the parameter {name}"
                yield Diagnostic(text, value.location, Severity.WARNING)


class _RootReader:
    """Resource instances of one root → caches; what CloudFormation would refuse → diagnostics."""

    def __init__(self, root: str, note: str, effort: Effort) -> None:
        self._root = root
        self._note = note
        self._effort = effort
        self.diagnostics: list[Diagnostic] = []

    def resources(self, found: ResourceInstance) -> Iterator[CacheResource]:
        """Yield the cache that an instance is; nothing where it does not exist."""
        names = RESOURCE_TYPES[found.kind]
        source = found.frame.stack.template.source
        properties = members(found.body).get("Properties")
        place = source.location_of(properties[0] if properties else found.key)
        text = f"{found.address}: {names.retention} not set"
        silent = TraceStep(text, place, StepKind.UNSET, names.retention)
        try:
            settings = Settings.of(found, names, self._effort)
        except (TemplateRejectedError, TooMuchError) as error:
            told = error.message
            self.diagnostics.append(Diagnostic(told, error.place or place))
            settings = Settings({name: [] for name in names.names}, is_aligned=False)
            is_refused = isinstance(error, TemplateRejectedError)
            retention: Setting[int] = Unknown(told, trace=(silent,), is_refused=is_refused)
        else:
            if settings.exists_nowhere:
                return
            retention = settings.retention(names.retention, silent)
        yield CacheResource(
            address=found.address,
            type=found.kind,
            form=names.form,
            source=Source.CLOUDFORMATION,
            root=self._root,
            location=settings.location(names.retention)
            or _written(found, names.retention)
            or place,
            retention=retention,
            retention_name=names.retention,
            engine=settings.text(names.engine, "memcached"),
            node_type=settings.text(names.node_type),
            cluster_mode=settings.cluster_mode(names.cluster_mode),
            backup_window=settings.text(names.backup_window),
            maintenance_window=settings.text(names.maintenance_window),
            assumptions=tuple(self._notes(found, settings)),
            block=source.location_of(found.key, found.body),
        )

    def _notes(self, found: ResourceInstance, settings: "Settings") -> Iterator[str]:
        if settings.existence:
            yield f"it exists only when {either(settings.existence)}"
        if any(item.value.text is None for item in found.frame.loops.values()):
            yield "it stands for all that a loop makes of a collection that is not known"
        macros = found.frame.stack.template.macros()
        for macro in (one for one in macros if not one.includes):
            yield f"the macro {macro.name} may change what is written here"
        if found.construct:
            yield f"CDK construct {found.construct}"
        if self._note:
            yield self._note


def _written(found: ResourceInstance, name: str) -> Location | None:
    """Give the place where a property is written, whatever it comes to."""
    entry = members(member(found.body, "Properties")).get(name)
    return found.frame.stack.template.source.location_of(*entry) if entry else None


def _unread(found: UnreadStack) -> Diagnostic:
    """Tell of a nested stack that was not read: no small matter where it speaks of caches."""
    properties = member(found.body, "Properties")
    names = [*members(member(properties, "Parameters"))]
    url = member(properties, "TemplateURL")
    places = [one.text for one in walk(url) if isinstance(one, Scalar)] if url else []
    words = " ".join([found.address, found.diagnostic.message, *names, *places])
    is_cache = _LOOKS_LIKE_CACHE.search(words) or _has_template_with_cache(found)
    if found.is_elsewhere and not is_cache:
        return replace(found.diagnostic, severity=Severity.WARNING)
    return found.diagnostic


def _has_template_with_cache(found: UnreadStack) -> bool:
    """Whether the template that a resource deploys stands in it, as a text that names a cache."""
    body = member(member(found.body, "Properties"), "TemplateBody")
    if body is None:
        return False
    texts = [one.text for one in walk(body) if isinstance(one, Scalar)]
    return any(kind in text for text in texts for kind in RESOURCE_TYPES)
