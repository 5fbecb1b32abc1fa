"""CloudFormation templates → the caches that a deployment of each root template creates."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence

from ecbackup_iac.cloudformation.evaluation.declarations import GivenValues
from ecbackup_iac.cloudformation.evaluation.enumeration import ScenarioBudget
from ecbackup_iac.cloudformation.evaluation.errors import NoResultError, TemplateRejectedError
from ecbackup_iac.cloudformation.evaluation.stacks import Stack
from ecbackup_iac.cloudformation.evaluation.template import Template
from ecbackup_iac.cloudformation.syntax.files import file_bytes
from ecbackup_iac.cloudformation.syntax.nodes import member, members
from ecbackup_iac.cloudformation.templates.absence import Creation, Creations
from ecbackup_iac.cloudformation.templates.inline_templates import EmbeddedText
from ecbackup_iac.cloudformation.templates.nested_stacks import NotReadError
from ecbackup_iac.cloudformation.templates.parameter_files import (
    ParameterFiles,
    given_values,
    unknown_parameters,
)
from ecbackup_iac.cloudformation.templates.relevance import TemplateFile
from ecbackup_iac.cloudformation.templates.resources import (
    ResourceInstance,
    StackTree,
    UnreadStack,
)
from ecbackup_iac.cloudformation.templates.roots import Templates
from ecbackup_iac.files.generated import CDK, generator_of
from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.deployment import TemplateDeployment
from ecbackup_iac.model.evaluation_inputs import EvaluationInputs
from ecbackup_iac.model.location import Location, input_location
from ecbackup_iac.model.near_miss import NearMiss, nearest
from ecbackup_iac.model.policy import ReadingScope
from ecbackup_iac.model.progress import NO_PROGRESS, Progress
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import Diagnostic, ReadResult, Severity
from ecbackup_iac.model.source import Source
from ecbackup_iac.model.value import Known, StepKind, TraceStep, Unknown
from ecbackup_iac.model.value import Value as ModelValue
from ecbackup_iac.model.written_path import relative_path
from ecbackup_iac.readers.cloudformation.deployment_files import FileDeployment
from ecbackup_iac.readers.cloudformation.deployments import (
    cache_of_deployment,
    deployed_cache,
    stack_of,
)
from ecbackup_iac.readers.cloudformation.ledger import CacheLedger
from ecbackup_iac.readers.cloudformation.resource_types import (
    RESOURCE_TYPES,
    cache_type,
    is_cache,
    names_in_messages,
)
from ecbackup_iac.readers.cloudformation.sam_configuration import (
    SamConfiguration,
    sam_configuration,
)
from ecbackup_iac.readers.cloudformation.settings import ResourceSettings, join_conditions
from ecbackup_iac.readers.cloudformation.unread_stacks import UnreadStacks, cache_of_stack
from ecbackup_iac.readers.hidden_words import without_words, words_of


class TemplateReader:
    """Reads the templates of a run together, because they nest each other."""

    def __init__(
        self,
        inputs: EvaluationInputs,
        scope: ReadingScope,
        is_excluded: Callable[[str], bool],
        files_in: Callable[[str], Iterable[TemplateFile]],
        progress: Progress = NO_PROGRESS,
    ) -> None:
        """`files_in` returns every file inside a boundary that may contain a template."""
        self._inputs = inputs
        self._files_in = files_in
        self._progress = progress
        self._roots = scope.roots
        self._parameter_files = ParameterFiles(inputs.contents)
        self._declared: set[str] = set()
        """The names of the parameters that the evaluated templates declare."""
        self._evaluated: set[str] = set()
        """The paths of the evaluated root templates."""
        self._templates = Templates(is_excluded, inputs.contents, is_cache, scope.templates)
        self._unread = UnreadStacks(self._templates)
        self._ledger = CacheLedger()
        self._deployments: list[tuple[TemplateDeployment, str]] = []
        self._file_deployments: dict[str, dict[FileDeployment, None]] = {}
        """By the template's real path; each inner dictionary is an ordered set."""

        self._sam_configurations: dict[str, SamConfiguration | Diagnostic] = {}

    def add(self, file: TemplateFile) -> bool:
        """Add a file; return whether it is a template, or is meant to be one."""
        return self._templates.add(file)

    def add_deployment(self, deployment: TemplateDeployment, boundary: str) -> None:
        """Add a template that a resource of another source deploys."""
        self._deployments.append((deployment, boundary))

    def add_file_deployment(self, deployment: FileDeployment) -> None:
        """Add a template that a file deploys; one that was added before has no effect."""
        self._file_deployments.setdefault(deployment.template, {})[deployment] = None

    def without_deployment(self) -> dict[str, set[str]]:
        """Return the files that were named themselves, have parameters and no deployment, by boundary.

        Without the templates to which an option gives a parameter: they are checked with that.
        """
        deployed = {deployment.file for deployment, _ in self._deployments}
        given = given_values(self._inputs.parameters, self._parameter_files)
        named = self._templates.named_with_parameters(given)
        return {boundary: paths - deployed for boundary, paths in named.items() if paths - deployed}

    def results(self) -> Iterator[ReadResult]:
        """Yield the result of each root template, and the problems of the files."""
        self._templates.add_parents(self._files_in)
        for deployment, boundary in self._deployments:
            yield self._deployed(deployment, boundary)
        deployed = self._file_deployments.keys() | {root.path for root in self._roots}
        for number, root in enumerate(self._templates.roots(deployed), 1):
            self._progress.evaluating(root.source.path, number)
            yield from self._root_results(root)
        absent, blocks = self._ledger.absent_and_blocks(self._templates.added)
        yield ReadResult(
            diagnostics=tuple(self._closing_diagnostics()),
            absent=absent,
            blocks=blocks,
            annotated_texts=tuple(self._templates.annotated),
        )

    def _root_results(self, template: Template) -> Iterator[ReadResult]:
        """Yield a root's result, or one for each set of parameters: in the policy, else in other files."""
        self._evaluated.add(template.path)
        passed = [*self._passed_by_policy(template)] or [*self._passed_by_files(template)]
        if not passed:
            yield self._result(template, {})
        for label, values in passed:
            yield self._result(template, values).with_settings_label(label)

    def _passed_by_policy(self, template: Template) -> Iterator[tuple[str, GivenValues]]:
        """Yield the label of each set of parameters for a template, and the parameters."""
        for root in self._roots:
            if root.path == template.path:
                files = [("file", path) for path in root.parameter_files]
                yield root.label, given_values(files, self._parameter_files)

    def _passed_by_files(self, template: Template) -> Iterator[tuple[str, GivenValues]]:
        """Yield a label and parameters for each file, or environment of one, that deploys a template."""
        declared = template.section("Parameters")
        for deployment in self._file_deployments.get(template.path, ()):
            label = relative_path(deployment.path, os.path.dirname(template.path))
            environment = deployment.environment
            if environment is None:
                options = [("file", deployment.path)]
                yield label, given_values(options, self._parameter_files, declared)
            else:
                where = f", environment {environment}" if environment else ""
                yield label + where, self._passed_by_sam(deployment.path, environment, template)

    def _passed_by_sam(self, path: str, environment: str, template: Template) -> GivenValues:
        """Return what an environment in a configuration file of the SAM CLI passes to a template."""
        declared = template.section("Parameters")
        configuration = self._sam_configurations.get(path)
        if configuration is None:
            try:
                content = file_bytes(os.path.realpath(path), self._inputs.contents)
                configuration = sam_configuration(content, path)
            except OSError as error:
                text = f"cannot be read: {error.strerror or error}"
                configuration = Diagnostic(text, Location(path))
            self._sam_configurations[path] = configuration
        if isinstance(configuration, SamConfiguration):
            return configuration.parameters(environment, declared)
        return unknown_parameters(declared, path, configuration.location)

    def _result(self, template: Template, passed: GivenValues) -> ReadResult:
        values = passed | given_values(self._inputs.parameters, self._parameter_files)
        self._declared |= template.section("Parameters").keys() | {
            name for name in values if name.startswith("AWS::")
        }
        return self._evaluated_stack(Stack(template, values), template.source.path)

    def _deployed(self, deployment: TemplateDeployment, boundary: str) -> ReadResult:
        """Return the result of a template that a resource of another source deploys."""
        if deployment.file:
            self._templates.claim(deployment.file)
        if not (deployment.text or deployment.url):
            return ReadResult()
        literal = (*names_in_messages(), deployment.root.encode(errors="replace"))
        hidden = deployment.hidden_words.difference(*map(words_of, literal))
        try:
            stack = stack_of(deployment, self._templates, boundary)
        except NotReadError as error:
            why = without_words(error.message, hidden)
            if deployment.looks_like_cache or not error.is_elsewhere:
                return ReadResult((cache_of_deployment(deployment, why),))
            text = f"{deployment.address} was not inspected: {why}"
            warning = Diagnostic(text, deployment.location, Severity.WARNING, is_detail=True)
            return ReadResult(diagnostics=(warning,))
        self._templates.cover(stack.template)
        result = self._evaluated_stack(stack, deployment.root)
        result = without_words(result, hidden)
        caches = [deployed_cache(cache, deployment) for cache in result.resources]
        return replace(result, resources=tuple(caches))

    def _evaluated_stack(self, root: Stack, shown_root: str) -> ReadResult:
        budget = ScenarioBudget()
        budget.add_template(root.template)
        tree = StackTree(root, self._templates, is_cache, budget)
        reader = _RootReader(shown_root, budget)
        path = root.template.source.path
        resources: list[CacheResource] = []
        try:
            for resource in tree.resources():
                self._progress.update()
                resources += self._caches(resource, reader, tree.creations)
        except RecursionError:
            text = "only part of this template was evaluated: it is nested too deeply"
            reader.diagnostics.append(Diagnostic(text, input_location(path)))
        if budget.is_exceeded:
            text = "only part of this template was evaluated: it exceeds the evaluation limit"
            reader.diagnostics.append(Diagnostic(text, input_location(path)))
        diagnostics = tuple(dict.fromkeys((*tree.diagnostics, *reader.diagnostics)))
        for stack in tree.never_created:
            self._ledger.note_never_created(stack, shown_root, tree.creations)
        self._cover(tree, diagnostics)
        return ReadResult(tuple(resources), diagnostics)

    def _caches(
        self, resource: ResourceInstance | UnreadStack, reader: "_RootReader", creations: Creations
    ) -> list[CacheResource]:
        """Return the caches that a resource of a root is, and note what it creates or does not."""
        if isinstance(resource, UnreadStack):
            return self._unread_caches(resource, reader, creations)
        if not self._templates.is_reported(resource.frame.stack):
            return []
        is_absent = creations.creation_of(resource.existence) in (Creation.ABSENT, Creation.NEVER)
        cache = None if is_absent else reader.cache(resource)
        if cache is None:
            self._ledger.note_absent(resource, reader.root, creations)
            return []
        self._ledger.note_created(resource)
        return [cache]

    def _unread_caches(
        self, resource: UnreadStack, reader: "_RootReader", creations: Creations
    ) -> list[CacheResource]:
        """Return the cache that a stack which was not read may contain, or report the stack."""
        if resource.stack is not None and not self._templates.is_reported(resource.stack):
            return []
        may_contain_cache = self._unread.may_contain_cache(resource)
        if not self._ledger.note_unread(
            resource, reader.root, creations, may_contain_cache=may_contain_cache
        ):
            return []
        if not resource.cause.is_elsewhere or (may_contain_cache and resource.location is None):
            reader.diagnostics.append(resource.diagnostic)
        elif may_contain_cache:
            return [cache_of_stack(resource, reader.root)]
        else:
            self._unread.add(resource)
        return []

    def _cover(self, tree: StackTree, diagnostics: Sequence[Diagnostic]) -> None:
        """Note the nested templates that need not be evaluated on their own.

        Those are the ones that this root creates, or creates with other values, unless CloudFormation
        rejects a template above them.
        """
        rejected = {
            diagnostic.location.path for diagnostic in diagnostics if diagnostic.is_rejection
        }
        for stack in tree.nested:
            above = {parent.template.source.path for parent in stack.ancestors[1:]}
            if rejected.isdisjoint(above) and tree.creations.creation_of(stack.existence) in (
                Creation.CREATED,
                Creation.ABSENT,
            ):
                self._templates.cover(stack.template)

    def _closing_diagnostics(self) -> Iterator[Diagnostic]:
        """Yield the problems that belong to no single root."""
        yield from self._templates.diagnostics
        yield from self._unread.warnings()
        yield from self._parameter_files.diagnostics
        for configuration in self._sam_configurations.values():
            if isinstance(configuration, Diagnostic):
                yield configuration
        if not self._evaluated:
            return
        values = given_values(self._inputs.parameters, self._parameter_files)
        for name, value in values.items():
            if name not in self._declared:
                text = f"no evaluated template declares the parameter {name}"
                yield Diagnostic(text, value.location, Severity.WARNING)


class _RootReader:
    """Resource instances of one root → caches; what CloudFormation rejects → diagnostics."""

    def __init__(self, root: str, budget: ScenarioBudget) -> None:
        self.root = root
        self._budget = budget
        self.diagnostics: list[Diagnostic] = []

    def cache(self, resource: ResourceInstance) -> CacheResource | None:
        """Return the cache that an instance is; None where it exists in no scenario."""
        names = RESOURCE_TYPES[cache_type(resource.kind)]
        source = resource.frame.stack.template.source
        properties = members(resource.body).get("Properties")
        location = source.location_of(properties[0] if properties else resource.key)
        near_miss = _near_miss(resource, names.retention)
        not_set = TraceStep(
            near_miss.text if near_miss else f"{resource.address}: {names.retention} not set",
            near_miss.location if near_miss else location,
            StepKind.UNSET,
            names.retention,
            is_quote=near_miss is not None,
        )
        try:
            _check_type(resource)
            settings = ResourceSettings.evaluate(resource, names, self._budget)
        except NoResultError as error:
            settings = ResourceSettings.rejected(resource, names, self._budget)
            engine = settings.string(names.engine, "memcached")
            if not (isinstance(engine, Known) and engine.value.lower() == "memcached"):
                self.diagnostics.append(error.diagnostic(location))
            is_rejected = isinstance(error, TemplateRejectedError)
            retention: ModelValue[int] = Unknown(
                error.message, trace=(not_set,), is_rejected=is_rejected
            )
        else:
            if settings.exists_nowhere:
                return None
            retention = settings.retention(names.retention, not_set)
        return CacheResource(
            address=resource.address,
            type=resource.kind,
            form=names.form,
            source=Source.CLOUDFORMATION,
            root=self.root,
            location=settings.location(names.retention)
            or _property_location(resource, names.retention)
            or not_set.location,
            retention=retention,
            retention_name=names.retention,
            near_miss=near_miss,
            engine=settings.string(names.engine, "memcached"),
            node_type=settings.string(names.node_type),
            cluster_mode=settings.cluster_mode(names.cluster_mode),
            backup_window=settings.string(names.backup_window),
            maintenance_window=settings.string(names.maintenance_window),
            assumptions=tuple(self._notes(resource, settings)),
            generator=CDK if resource.construct else generator_of(source.path),
            construct=resource.construct or "",
            block=_block(resource),
            calls=resource.frame.stack.calls,
        )

    def _notes(self, resource: ResourceInstance, settings: ResourceSettings) -> Iterator[str]:
        if settings.existence:
            yield f"it exists only when {join_conditions(settings.existence)}"
        if any(item.value.text is None for item in resource.frame.loops.values()):
            yield "it represents every resource of a loop whose collection is unknown"
        for macro in resource.frame.stack.template.rewriting_macros:
            yield f"the macro {macro.name} may change this resource"
        for stack in resource.frame.stack.ancestors:
            if stack.note:
                yield f"{stack.address}: {stack.note}"
        if resource.construct:
            yield f"CDK construct {resource.construct}"


def _check_type(resource: ResourceInstance) -> None:
    """Raise TemplateRejectedError for a type that is only nearly a cache's."""
    if resource.kind not in RESOURCE_TYPES:
        text = (
            f"there is no resource type {resource.kind}; did you mean {cache_type(resource.kind)}?"
        )
        source = resource.frame.stack.template.source
        raise TemplateRejectedError(text, source.location_of(*members(resource.body)["Type"]))


def _block(resource: ResourceInstance) -> Location:
    """Return the location of a resource, or of the stack with it where its text is one location."""
    stack = resource.frame.stack
    above = (ancestor.location for ancestor in stack.ancestors if ancestor.location is not None)
    location = stack.template.source.location_of(resource.key, resource.body)
    return next(above, location) if isinstance(stack.template.source, EmbeddedText) else location


def _near_miss(resource: ResourceInstance, name: str) -> NearMiss | None:
    """Return the property that looks like a misspelling of another, which is not set."""
    entries = members(member(resource.body, "Properties"))
    misspelling = nearest(name, entries) if name not in entries else ""
    source = resource.frame.stack.template.source
    if not misspelling:
        return None
    step = source.step(*entries[misspelling])
    return NearMiss(misspelling, step.location, step.text)


def _property_location(resource: ResourceInstance, name: str) -> Location | None:
    """Return the location of a property, whatever its value is."""
    entry = members(member(resource.body, "Properties")).get(name)
    return resource.frame.stack.template.source.location_of(*entry) if entry else None
