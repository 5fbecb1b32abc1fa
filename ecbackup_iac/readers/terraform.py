"""Terraform configuration → the caches that a `terraform plan` of each root would show."""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, Protocol

from ecbackup_iac.discovery import Listing, is_inside, shown_path
from ecbackup_iac.model.cache import CacheResource, Form, Source, may_be_without_backups
from ecbackup_iac.model.given import Given
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.marked_text import MarkedText
from ecbackup_iac.model.policy import MAXIMUM_DAYS, PublishedModule, RootSettings
from ecbackup_iac.model.progress import UNWATCHED, Progress
from ecbackup_iac.model.record import field, record, replace
from ecbackup_iac.model.report import Diagnostic, Reading, Severity
from ecbackup_iac.model.value import (
    Bounds,
    Invalid,
    Known,
    Outcome,
    Settled,
    Step,
    Unknown,
    Unset,
)
from ecbackup_iac.model.value import Value as Setting
from ecbackup_iac.readers.aws_provider import (
    LARGEST_SHOWN,
    RESOURCE_TYPES,
    RETENTION,
    Attributes,
    days_of,
    shown_value,
)
from ecbackup_iac.readers.marked_files import marked_files
from ecbackup_iac.readers.published_modules import looks_like_elasticache, published_module
from ecbackup_iac.terraform.arithmetic import NumberTooLargeError, number_from, text_from
from ecbackup_iac.terraform.configuration import Configuration, Modules
from ecbackup_iac.terraform.effort import MOST_STEPS, TooMuchError, effort
from ecbackup_iac.terraform.evaluation import Evaluator
from ecbackup_iac.terraform.folders import Folders, RootFiles
from ecbackup_iac.terraform.inputs import RootInputs, VariableFiles, workspace_of
from ecbackup_iac.terraform.instances import (
    ModuleInstance,
    ResourceInstance,
    UnreadCall,
)
from ecbackup_iac.terraform.modules import Module
from ecbackup_iac.terraform.nodes import AttributeNode, Block, Literal, Name, TupleNode, Unreadable
from ecbackup_iac.terraform.operators import attribute as attribute_of
from ecbackup_iac.terraform.roots import Index
from ecbackup_iac.terraform.type_system import DYNAMIC, NUMBER, STRING, type_name
from ecbackup_iac.terraform.values import (
    READ,
    EvaluationError,
    Placed,
    Undecided,
    Value,
    unknown,
)

# What a file has to name for its module to matter: a cache, or a module that looks as if it made one.
_SOUGHT = ("elasticache", "snapshot_retention")

# The provider refuses these together with replication_group_id (provider source, cluster.go, ConflictsWith).
_NOT_FOR_MEMBERS = (
    "az_mode", "engine_version", "maintenance_window", "node_type", "notification_topic_arn",
    "num_cache_nodes", "parameter_group_name", "port", "security_group_ids", "snapshot_arns",
    "snapshot_name", "snapshot_retention_limit", "snapshot_window", "subnet_group_name",
)  # fmt: skip

# The engines that the provider takes (provider source); a group's are compared without regard to case.
_ENGINES = {
    "aws_elasticache_cluster": ("memcached", "redis", "valkey"),
    "aws_elasticache_replication_group": ("redis", "valkey"),
}

MOST_VARIABLE_FILES = 100
"""Of the variable files beside a root that Terraform does not load, so many are tried."""

MOST_STEPS_OF_A_TREE = 2 * MOST_STEPS
"""For all roots together, and as much again for every million bytes of configuration."""

SENSITIVE = "(sensitive value)"
"""As Terraform shows what it must not show."""

LONGEST_READ = 3
"""Characters of a number that a file holds and that may be shown: 60 days, but no account's number."""

# A text that a file holds is shown where it is one of these: an engine, a node type or a window.
_PLAIN_TEXT = re.compile(
    r"redis|valkey|memcached|cache\.[a-z0-9.]{1,40}"
    r"|(?:[a-z]{3}:)?\d\d:\d\d-(?:[a-z]{3}:)?\d\d:\d\d",
    re.IGNORECASE | re.ASCII,
)

LONGEST_STEP = 120
"""Characters of a step's text; a trace is to be followed with a finger."""


@record
class Request:
    """What is to be judged of a tree of configuration."""

    boundary: str
    """The folder outside which nothing is read: absolute, links resolved."""

    targets: tuple[str, ...]
    """The folders whose caches are asked for: absolute, links resolved."""

    given: Given = field(factory=Given)
    roots: tuple[RootSettings, ...] = ()
    modules: tuple[PublishedModule, ...] = ()
    is_excluded: Callable[[str], bool] = lambda _: False
    progress: Progress = UNWATCHED
    listings: dict[str, Listing] = field(factory=dict)
    """What is known of folders already, and what may be taken from."""


def read(request: Request) -> Iterator[Reading]:
    """Yield what each root module in the tree gives that has to do with the targets."""
    folders = Folders(request.boundary, request.given.contents, request.listings)
    named = (*_SOUGHT, *(module.source for module in request.modules))
    progress = request.progress
    sought = [name.encode() for name in named]
    index = Index(folders, sought, request.is_excluded, progress.reading)
    tree = _Tree(request, folders, index)
    roots = [root for root in index.roots() if index.reaches(root, request.targets)]
    for number, root in enumerate(roots, 1):
        progress.judging(shown_path(root), number, len(roots))
        yield from tree.root_readings(root)
    yield Reading(diagnostics=tuple(tree.closing_diagnostics()), marked=tuple(tree.marked_texts()))


class _Tree:
    """What the roots of one tree share: modules and variable files, each read once."""

    def __init__(self, request: Request, folders: Folders, index: Index) -> None:
        self._request = request
        self._folders = folders
        self._index = index
        self._modules = Modules(folders)
        self._variable_files = VariableFiles(folders)
        self._declared: set[str] = set()
        self._used_variables: set[str] = set()
        self._judged: set[str] = set()
        self._steps_left = MOST_STEPS_OF_A_TREE + 2 * index.size

    def root_readings(self, folder: str) -> Iterator[Reading]:
        """Yield a root's reading, or one for each set of variables that the policy names."""
        self._judged.add(folder)
        settings = [one for one in self._request.roots if os.path.realpath(one.path) == folder]
        if not settings:
            yield self._reading(folder, self._request.given, "")
        for one in settings:
            variables = [("file", path) for path in one.var_files]
            given = replace(
                self._request.given,
                variables=(*variables, *self._request.given.variables),
                workspace=self._request.given.workspace or one.workspace,
            )
            names = [*map(shown_path, one.var_files)]
            if one.workspace:
                names.append(f"workspace {one.workspace}")
            note = f"judged with {', '.join(names)}" if names else ""
            yield self._reading(folder, given, note).judged_with(one.label)
        yield self._release(folder)

    def _reading(self, folder: str, given: Given, note: str) -> Reading:
        diagnostics: list[Diagnostic] = []
        resources = self._resources(folder, given, note, diagnostics)
        if not any(kind == "file" for kind, _ in given.variables):
            resources = self._with_unloaded_files(folder, given, resources, diagnostics)
        diagnostics += self._modules.news()
        return Reading(tuple(resources.values()), tuple(dict.fromkeys(diagnostics)))

    def _resources(
        self, folder: str, given: Given, note: str, diagnostics: list[Diagnostic]
    ) -> dict[str, CacheResource]:
        """Give a root's caches by address, evaluated with what is given."""
        most = min(MOST_STEPS, self._steps_left)
        with effort(most) as account:
            found = self._evaluated(folder, given, note, diagnostics)
            self._steps_left -= most - max(0, account.left)
        return found

    def _evaluated(
        self, folder: str, given: Given, note: str, diagnostics: list[Diagnostic]
    ) -> dict[str, CacheResource]:
        instance = self._instance(folder, given)
        reader = _RootReader(shown_path(folder), diagnostics, note, self._request.modules)
        found: dict[str, CacheResource] = {}
        try:
            for one in instance.resources(RESOURCE_TYPES.__contains__, self._leads):
                self._request.progress.going_on()
                if isinstance(one, EvaluationError):
                    diagnostics.append(_refused(one, Location(shown_path(folder))))
                elif self._is_wanted(one.scope.instance):
                    found |= {resource.address: resource for resource in reader.resources(one)}
        except (RecursionError, TooMuchError) as error:
            text = f"not all of this root was judged: {given_up(error)}"
            diagnostics.append(Diagnostic(text, Location(shown_path(folder))))
        self._used_variables = instance.used_variables()
        return found

    def _instance(self, folder: str, given: Given) -> ModuleInstance:
        module = self._modules.at(folder)
        configuration = Configuration(self._modules, folder, RootFiles(self._folders, folder))
        workspace = workspace_of(folder, given, self._folders)
        names = self._folders.names(folder)
        inputs = RootInputs(folder, names, given, self._variable_files, workspace)
        self._declared |= module.variables.keys()
        return ModuleInstance(module, configuration, inputs)

    def _with_unloaded_files(
        self,
        folder: str,
        given: Given,
        resources: dict[str, CacheResource],
        diagnostics: list[Diagnostic],
    ) -> dict[str, CacheResource]:
        """Hold the caches against every variable file that Terraform does not load by itself.

        Such a file is how many teams choose an environment: a verdict by the defaults alone would
        mislead where it sets a variable that decides.
        """
        used = self._used_variables
        variants: list[tuple[str, dict[str, CacheResource]]] = []
        for path in self._index.unloaded_variable_files(folder):
            names = set(self._variable_files.at(path).attributes) & used
            if names and len(variants) == MOST_VARIABLE_FILES:
                text = f"not tried: over {MOST_VARIABLE_FILES} variable files set what is used here"
                diagnostics.append(Diagnostic(text, Location(shown_path(path))))
                break
            if names:
                chosen = replace(given, variables=(("file", path), *given.variables))
                variants.append((shown_path(path), self._resources(folder, chosen, "", [])))
        if not variants:
            return resources
        addresses = dict.fromkeys((*resources, *(a for _, found in variants for a in found)))
        return {
            address: with_variants(
                resources.get(address),
                [(path, found.get(address)) for path, found in variants],
            )
            for address in addresses
        }

    def _leads(self, module: Module) -> bool:
        """Say whether a module may lead to a cache; one that the index has not seen may."""
        return module.folder not in self._index.found or module.folder in self._index.leading

    def _unused_settings(self) -> Iterator[Diagnostic]:
        """Yield what was given for roots, and concerns none that was judged."""
        for one in self._request.roots:
            is_here = os.path.isdir(one.path) and self._is_target(one.path)
            if is_here and one.path not in self._judged:
                text = "the policy's [[roots]] names this folder, and it is no root with caches"
                yield Diagnostic(text, Location(shown_path(one.path)), Severity.WARNING)
        for kind, path in self._request.given.variables:
            if kind == "file" and self._declared:
                names = self._variable_files.at(path).attributes.keys() - self._declared
                for name in sorted(names):
                    text = f"no root that was judged declares the variable {name}"
                    yield Diagnostic(text, Location(shown_path(path)), Severity.WARNING)

    def _is_target(self, path: str) -> bool:
        return any(is_inside(path, target) for target in self._request.targets)

    def _is_wanted(self, instance: ModuleInstance | None) -> bool:
        """Say whether a module instance, or one that calls it, lies in what was named."""
        while instance is not None:
            if self._is_target(instance.module.folder):
                return True
            instance = instance.parent
        return False

    def _release(self, folder: str) -> Reading:
        """Let go of a root that nobody calls: a tree of many would fill the memory.

        What it gives are the root's files that may hold suppressions.
        """
        if folder in self._index.called:
            return Reading()
        marked = marked_files(self._folders, folder, is_whole=self._is_target(folder))
        reading = Reading(marked=tuple(marked))
        self._modules.forget(folder)
        return reading

    def marked_texts(self) -> Iterator[MarkedText]:
        """Yield the files of the modules that were read, where they may hold suppressions."""
        for module in self._modules.loaded():
            is_whole = self._is_target(module.folder)
            yield from marked_files(self._folders, module.folder, is_whole=is_whole)

    def closing_diagnostics(self) -> Iterator[Diagnostic]:
        """Yield what concerns no single root."""
        yield from self._variable_files.diagnostics
        yield from self._unused_settings()
        files = [path for path in self._index.terragrunt if self._is_target(path)]
        if files:
            more = f" (and {len(files) - 1} more)" if len(files) > 1 else ""
            text = f"a Terragrunt file{more}: not evaluated; judge the plan that terragrunt makes"
            yield Diagnostic(text, Location(shown_path(files[0])), Severity.WARNING)
        for kind, text in self._request.given.variables:
            name = text.partition("=")[0].strip()
            if kind == "var" and name not in self._declared and self._declared:
                message = f"--var {name}: no root that was judged declares such a variable"
                yield Diagnostic(message, Location("command line"), Severity.WARNING)


class _RootReader:
    """Resource instances of one root → caches; what Terraform would refuse → diagnostics."""

    def __init__(
        self,
        root: str,
        diagnostics: list[Diagnostic],
        note: str,
        modules: Sequence[PublishedModule],
    ) -> None:
        self._root = root
        self._diagnostics = diagnostics
        self._note = note
        self._modules = modules
        self._is_exhausted = False

    def _give_up(self, why: str, place: Location, *, is_final: bool) -> None:
        """Tell what was not worked out; where nothing more will be, the first thing stands for all."""
        if not self._is_exhausted:
            self._diagnostics.append(Diagnostic(f"not worked out: {why}", place))
        self._is_exhausted = self._is_exhausted or is_final

    def resources(self, found: ResourceInstance | UnreadCall) -> Iterator[CacheResource]:
        """Yield the cache that an instance is, or that an unread module would make."""
        if isinstance(found, UnreadCall):
            yield from self._called(found)
        else:
            yield self._resource(found)

    def _resource(self, found: ResourceInstance) -> CacheResource:
        attributes = RESOURCE_TYPES[found.kind]
        block = _Arguments(found.block, Evaluator(found.scope), self._give_up)
        retention, place = self._retention(found, attributes, block)
        refusal = found.refusal or self._refusal(found, block)
        if refusal:
            retention = Unknown(
                f"Terraform refuses the configuration: {refusal}",
                trace=retention.trace,
                is_refused=True,
            )
        is_refused = isinstance(retention, Unknown) and retention.is_refused
        node_type = self._text(block, attributes.node_type)
        engine = self._text(block, attributes.engine)
        group = self._group(block, attributes)
        if is_refused:  # what is refused is neither Memcached nor a member: it is undecided
            group = Unset()
            is_known = isinstance(engine, Known) and engine.value.lower() != "memcached"
            engine = engine if is_known else Unset()
        return CacheResource(
            address=found.address,
            type=found.kind,
            form=attributes.form,
            source=Source.TERRAFORM,
            root=self._root,
            location=place,
            retention=retention,
            retention_name=attributes.retention,
            engine=engine,
            node_type=node_type,
            replication_group=group,
            cluster_mode=self._cluster_mode(block, attributes, node_type),
            backup_window=self._text(block, attributes.backup_window),
            maintenance_window=self._text(block, attributes.maintenance_window),
            retention_ignored=is_ignored(found.block, attributes.retention),
            assumptions=tuple(filter(None, (*found.doubts, self._note))),
            block=found.block.place.location,
            calls=calls_of(found.scope.instance),
            called=called_by(found.scope.instance),
        )

    def _retention(
        self, found: ResourceInstance, attributes: Attributes, block: "_Arguments"
    ) -> tuple[Setting[int], Location]:
        written = block.attribute(attributes.retention)
        if written is None:
            header = found.block.header
            step = step_of(header)
            return Unset((step,)), header.location
        step = step_of(written.place)
        try:
            value = block.value(written)
        except EvaluationError as error:
            self._diagnostics.append(_refused(error, written.place.location))
            why = f"Terraform refuses it: {error.message}"
            return Unknown(why, trace=(step,), is_refused=True), written.place.location
        setting = days_setting(value, (step,))
        if isinstance(setting, Unknown) and isinstance(written.expression, Unreadable):
            setting = replace(setting, is_refused=True)
        return setting, written.place.location

    def _text(self, block: "_Arguments", name: str | None) -> Setting[str]:
        written = block.attribute(name) if name else None
        if written is None:
            return Unset()
        try:
            return text_setting(block.value(written))
        except EvaluationError as error:
            self._diagnostics.append(_refused(error, written.place.location))
            return Unknown(f"Terraform refuses {name}: {error.message}")

    def _group(self, block: "_Arguments", attributes: Attributes) -> Setting[str]:
        """Give the group that a cluster belongs to; without an engine it belongs to one.

        Of engine and replication_group_id a configuration sets exactly one (provider source, cluster.go).
        """
        group = self._text(block, attributes.replication_group)
        written = block.attribute(attributes.replication_group or "")
        if isinstance(group, Unknown) and written and block.attribute(attributes.engine) is None:
            return Known(
                written.place.text.partition("=")[2].strip()[:LONGEST_STEP] or "of its own"
            )
        return group

    def _cluster_mode(
        self, block: "_Arguments", attributes: Attributes, node_type: Setting[str]
    ) -> Setting[bool]:
        """Give whether the cache is in cluster mode, where anything depends on that."""
        group = attributes.parameter_group
        if group is None or not may_be_without_backups(node_type):
            return Known(value=False)
        if block.has_block("cluster_mode"):
            return Known(value=True)
        answers = set()
        for name in ("cluster_mode", "num_node_groups", group):
            written = block.attribute(name)
            if written is None:
                continue
            try:
                value = block.value(written)
            except EvaluationError:
                continue
            if not value.is_known:
                answers.add("unknown")
            elif _is_cluster_mode(name, value):
                return Known(value=True)
        return Unknown("cluster mode is undecided") if answers else Known(value=False)

    def _refusal(self, found: ResourceInstance, block: "_Arguments") -> str:
        """Say what Terraform or the provider would refuse of the resource itself; empty for nothing.

        Of the provider's rules only those on engine, replication_group_id and retention are held.
        """
        for place, message in (
            *self._conditions(found, block),
            *_provider_rules(found.kind, block),
        ):
            self._diagnostics.append(Diagnostic(message, place))
            return message
        return ""

    def _conditions(
        self, found: ResourceInstance, block: "_Arguments"
    ) -> Iterator[tuple[Location, str]]:
        for lifecycle in found.block.body.blocks("lifecycle"):
            rules = [(one, "pre") for one in lifecycle.body.blocks("precondition")]
            rules += [(one, "post") for one in lifecycle.body.blocks("postcondition")]
            for rule, when in rules:
                condition = rule.body.attribute("condition")
                if condition is None:
                    continue
                try:
                    holds = block.value(condition)
                except EvaluationError as error:
                    if when == "pre":
                        yield (error.place or condition.place).location, error.message
                    continue
                if holds.is_known and holds.raw in (False, "false"):
                    yield condition.place.location, f"Resource {when}condition failed"

    def _called(self, call: UnreadCall) -> Iterator[CacheResource]:
        """Give the cache that a module which was not read makes, as far as its interface is known."""
        source = call.unreadable.source
        header = call.block.header
        names = [attribute.name for attribute in call.block.body.attributes()]
        known = published_module(source, self._modules)
        if call.unreadable.is_missing:
            self._diagnostics.append(Diagnostic(call.unreadable.why, header.location))
            if known is None and not looks_like_elasticache(source, names):
                return
        if known is not None:
            yield from self._published(call, known)
        elif looks_like_elasticache(source, names):
            yield self._unread(
                call, Unknown(f"module {call.unreadable.why}"), Form.REPLICATION_GROUP
            )
        else:
            message = f"the module was not read: {call.unreadable.why}"
            self._diagnostics.append(
                Diagnostic(message, header.location, Severity.WARNING, is_detail=True)
            )

    def _published(self, call: UnreadCall, module: PublishedModule) -> Iterator[CacheResource]:
        block = _Arguments(call.block, Evaluator(call.scope), self._give_up)
        doubts = []
        for switch in module.switches:
            written = block.attribute(switch)
            if written is not None:
                try:
                    value = block.value(written)
                except EvaluationError:
                    continue
                if value.is_known and value.raw in (False, "false"):
                    return
                if not value.is_known:
                    doubts.append(f"it exists only when {switch} is true: {value.undecided.why}")
        retention, place = self._published_retention(call, module, block)
        note = f"by the published interface of {module.source}: the module itself was not read"
        note = "; ".join((note, *doubts))
        engine: Setting[str] = self._text(block, module.engine) if module.engine else Unset()
        if isinstance(engine, Unset) and module.default_engine:
            engine = Known(module.default_engine)
        yield replace(
            self._unread(call, retention, module.form, engine, place, note),
            retention_name=module.input or RETENTION,
        )

    def _published_retention(
        self, call: UnreadCall, module: PublishedModule, block: "_Arguments"
    ) -> tuple[Setting[int], Location]:
        header = call.block.header
        kept = (
            f"backups for {_brief_days(Known(module.default))}" if module.default else "no backups"
        )
        step = Step(f"{module.source} keeps {kept} unless told", header.location)
        silent: Setting[int] = Unset((step,))
        if module.default is not None:
            silent = Known(module.default, (step,))
        name, *path = (module.input or "").split(".")
        written = block.attribute(name) if name else None
        if written is None:
            return silent, header.location
        try:
            value = block.value(written)
            for part in path:
                if value.is_null or (isinstance(value.raw, Mapping) and part not in value.raw):
                    return silent, written.place.location
                value = attribute_of(value, part)
        except EvaluationError as error:
            self._diagnostics.append(_refused(error, written.place.location))
            why = f"Terraform refuses it: {error.message}"
            step = step_of(written.place)
            return Unknown(why, trace=(step,), is_refused=True), written.place.location
        if value.is_null and path:
            return silent, written.place.location
        return days_setting(value, (step_of(written.place),)), written.place.location

    def _unread(  # noqa: PLR0913, PLR0917 - what differs between the three callers
        self,
        call: UnreadCall,
        retention: Setting[int],
        form: Form,
        engine: Setting[str] = Unset(),
        place: Location | None = None,
        note: str = "",
    ) -> CacheResource:
        return CacheResource(
            address=call.address,
            type=call.unreadable.source,
            form=form,
            source=Source.TERRAFORM,
            root=self._root,
            location=place or call.block.header.location,
            retention=retention,
            engine=engine,
            assumptions=tuple(filter(None, (*call.doubts, note, self._note))),
            block=call.block.place.location,
            calls=calls_of(call.scope.instance),
            called=called_by(call.scope.instance),
        )


class _Arguments:
    """A block's arguments, evaluated on demand."""

    def __init__(self, block: Block, evaluator: Evaluator, give_up: "_GiveUp") -> None:
        self._block = block
        self._evaluator = evaluator
        self._give_up = give_up

    def attribute(self, name: str) -> AttributeNode | None:
        """Give an argument as it is written."""
        return self._block.body.attribute(name)

    def has_block(self, kind: str) -> bool:
        """Whether there is a nested block of a type, written out or dynamic."""
        dynamic = self._block.body.blocks("dynamic", 1)
        return bool(self._block.body.blocks(kind)) or any(one.labels[0] == kind for one in dynamic)

    def value(self, written: AttributeNode) -> Value:
        """Evaluate an argument; what is too much is told, and unknown. Raises EvaluationError."""
        try:
            return self._evaluator.value(written.expression)
        except (RecursionError, TooMuchError) as error:
            why, is_final = given_up(error), isinstance(error, TooMuchError)
            self._give_up(why, written.place.location, is_final=is_final)
            return unknown(f"not worked out: {why}")

    def known(self, name: str) -> Value | None:
        """Give an argument's value where it is written, known and not null."""
        written = self.attribute(name)
        if written is None:
            return None
        try:
            value = self.value(written)
        except EvaluationError:
            return None
        return value if value.is_known and not value.is_null else None


class _GiveUp(Protocol):
    """Tells what was not worked out, and where; `is_final`: nor will anything else be."""

    def __call__(self, why: str, place: Location, *, is_final: bool) -> None: ...


def given_up(error: RecursionError | TooMuchError) -> str:
    """Say why something is not worked out."""
    if isinstance(error, TooMuchError):
        return str(error)
    return "expressions or modules nest too deeply"


def with_variants(
    base: CacheResource | None, variants: Sequence[tuple[str, CacheResource | None]]
) -> CacheResource:
    """Give a cache with what becomes of it under variable files that nobody asked for.

    `base` is the cache without them (None: it does not exist then); each variant comes with its
    file's path.
    """
    there = [(path, one) for path, one in variants if one is not None]
    if base is None:
        (_, first), *_ = there
        notes = (*first.assumptions, f"it exists only with {' or '.join(p for p, _ in there)}")
        base = replace(first, assumptions=notes)
        return _joined(base, there[1:])
    if all(_same_setting(one.retention, base.retention) for _, one in there):
        deciding = [path for path, one in there if one.retention.trace != base.retention.trace]
        if not deciding:
            return base
        note = f"{', '.join(deciding)}: not loaded by Terraform itself; the retention is the same with it"
        return replace(base, assumptions=(*base.assumptions, note))
    return _joined(base, there)


def _joined(base: CacheResource, variants: Sequence[tuple[str, CacheResource]]) -> CacheResource:
    """Put what the retention is with each variable file beside what it is without."""
    outcomes: list[Outcome[int]] = []
    for path, one in variants:
        if not isinstance(one.retention, Unknown):
            outcomes.append(Outcome(one.retention, f"{path} is given"))
        for outcome in one.retention.outcomes if isinstance(one.retention, Unknown) else ():
            when = f"{path} is given and {outcome.when}" if outcome.when else f"{path} is given"
            outcomes.append(Outcome(outcome.value, when))
    told = "; ".join(f"{_brief_days(outcome.value)} when {outcome.when}" for outcome in outcomes)
    if not told:
        return base
    note = f"variable files that Terraform does not load by itself decide: {told}"
    return replace(base, variants=tuple(outcomes), assumptions=(*base.assumptions, note))


def _brief_days(value: Settled[int]) -> str:
    match value:
        case Known(value=days):
            return f"{days} day" if days == 1 else f"{days} days"
        case Invalid(text=text):
            return text
        case Unset():
            return "not set"


def _same_setting(one: Setting[int], other: Setting[int]) -> bool:
    """Say whether two settings come to the same, however they came about."""
    match one, other:
        case Known(value=this), Known(value=that):
            return this == that
        case Invalid(text=this_text), Invalid(text=that_text):
            return this_text == that_text
        case Unset(), Unset():
            return True
        case _:
            return one == other


def _provider_rules(kind: str, block: _Arguments) -> Iterator[tuple[Location, str]]:
    """Yield what the provider refuses at plan about engine and membership."""
    engine, written = block.known("engine"), block.attribute("engine")
    engines = _ENGINES.get(kind)
    if engines and engine is not None and isinstance(engine.raw, str) and written is not None:
        name = engine.raw if kind == "aws_elasticache_cluster" else engine.raw.lower()
        if name not in engines:
            shown = _shown_text(engine, engine.raw)
            listed = " ".join(f'"{one}"' for one in engines)
            yield written.place.location, f"expected engine to be one of [{listed}], got {shown}"
    if kind != "aws_elasticache_cluster":
        return
    group = block.known("replication_group_id")
    group_written = block.attribute("replication_group_id")
    if group is not None and group_written is not None:
        if engine is not None:
            text = "only one of engine, replication_group_id can be specified"
            yield group_written.place.location, text
        for name in _NOT_FOR_MEMBERS:
            if block.known(name) is not None:
                text = f'"replication_group_id": conflicts with {name}'
                yield group_written.place.location, text
    elif written is None and group_written is None:
        place = block._block.header.location  # noqa: SLF001 - the same module
        yield place, "one of engine, replication_group_id must be specified"


def _is_cluster_mode(name: str, value: Value) -> bool:
    if name == "num_node_groups":
        return isinstance(value.raw, int | Fraction) and value.raw > 1
    if name == "cluster_mode":
        return value.raw == "enabled"
    return isinstance(value.raw, str) and "cluster.on" in value.raw


def is_ignored(block: Block, name: str) -> bool:
    """Say whether `ignore_changes` covers an attribute."""
    for lifecycle in block.body.blocks("lifecycle"):
        ignored = lifecycle.body.attribute("ignore_changes")
        if ignored is None:
            continue
        node = ignored.expression
        items = node.items if isinstance(node, TupleNode) else (node,)
        for item in items:
            if isinstance(item, Name) and item.name in (name, "all"):
                return True
            if isinstance(item, Literal) and item.value.raw in (name, "all"):
                return True
    return False


def days_setting(value: Value, before: tuple[Step, ...] = ()) -> Setting[int]:
    """Give the retention that a Terraform value means, in days, with its trace."""
    trace = _trace(before, value.trace)
    if not isinstance(value.raw, Undecided):
        return _settled_days(value, trace)
    raw = value.raw
    outcomes = tuple(
        Outcome(_settled_days(one.value.marked(value), _trace((), one.value.trace)), one.condition)
        for one in raw.outcomes
    )
    bounds = None
    if not outcomes and (raw.minimum is not None or raw.maximum is not None):
        bounds = Bounds(_whole(raw.minimum), _whole(raw.maximum))
    first = outcomes[0].value if outcomes else None
    if isinstance(first, Known) and all(_is_same(one.value, first) for one in outcomes):
        places = (place for one in outcomes for place in one.value.literals)
        return Known(first.value, trace, literals=tuple(dict.fromkeys(places)))
    return Unknown(raw.why, outcomes, bounds, trace)


def _is_same(one: Settled[int], other: Known[int]) -> bool:
    return isinstance(one, Known) and one.value == other.value


def _settled_days(value: Value, trace: tuple[Step, ...]) -> Settled[int]:
    settled = _days(value, trace)
    is_of_use = isinstance(settled, Known) and 0 <= settled.value <= MAXIMUM_DAYS
    if value.is_sensitive and not is_of_use and not isinstance(settled, Unset):
        settled = Invalid(SENSITIVE, trace)
    elif value.is_read and not _is_plain(value, settled):
        settled = Invalid(READ, trace)
    if value.literals:
        places = tuple(literal.location for literal in value.literals)
        settled = replace(settled, literals=places)
    return settled


def _is_plain(value: Value, settled: Settled[int]) -> bool:
    """Say whether a retention that a file holds may be shown: a short number, or no text at all."""
    match settled:
        case Known(value=days):
            return len(str(days)) <= LONGEST_READ
        case Invalid(text=text) if isinstance(value.raw, str | int | Fraction):
            return isinstance(value.raw, bool) or (text[0] != '"' and len(text) <= LONGEST_READ)
        case _:
            return True


def _days(value: Value, trace: tuple[Step, ...]) -> Settled[int]:
    raw: Any = value.raw
    if raw is None and value.type not in (DYNAMIC, NUMBER, STRING):
        return Invalid(f"a null {type_name(value.type)}", trace)
    if isinstance(raw, str):
        try:
            parsed = number_from(raw)
        except NumberTooLargeError:
            parsed = None
        if parsed is None:
            return Invalid(shown_value(raw), trace)
        raw = parsed
    if isinstance(raw, Fraction):
        return Invalid(text_from(raw)[:40], trace)
    if isinstance(raw, Mapping | tuple):
        return Invalid("a map" if isinstance(raw, Mapping) else "a list", trace)
    return days_of(raw, trace)


def _whole(number: int | Fraction | None) -> int | None:
    return None if number is None else max(-LARGEST_SHOWN, min(int(number), LARGEST_SHOWN))


def text_setting(value: Value) -> Setting[str]:
    """Give a text setting that a Terraform value means."""
    if isinstance(value.raw, Undecided):
        outcomes = tuple(
            Outcome(_settled_text(one.value.marked(value)), one.condition)
            for one in value.raw.outcomes
        )
        return Unknown(value.raw.why, outcomes)
    return _settled_text(value)


def _settled_text(value: Value) -> Settled[str]:
    match value.raw:
        case str() if value.raw:
            text = value.raw
        case None | "":
            return Unset()
        case int() | Fraction() as raw if not isinstance(raw, bool):
            text = text_from(raw)
        case raw:
            text = str(raw)
    if value.is_sensitive:
        return Known(text, sensitive=True)
    return Known(_shown_text(value, text))


def _shown_text(value: Value, text: str) -> str:
    """Give a value's text as it may be printed."""
    if value.is_sensitive:
        return SENSITIVE
    return READ if value.is_read and not _PLAIN_TEXT.fullmatch(text) else text


def _trace(before: tuple[Step, ...], hops: Iterable[Placed]) -> tuple[Step, ...]:
    """Make steps of a value's hops: each place once, in the order in which a reader follows them."""
    steps, is_hidden = [*before], False
    for hop in hops:
        # What a sensitive variable is made of is as sensitive as the variable.
        steps.append(_hidden(hop) if is_hidden else step_of(hop))
        is_hidden = is_hidden or hop.text.endswith(SENSITIVE)
    return tuple(dict.fromkeys(steps))


def _hidden(hop: Placed) -> Step:
    name, equals, _ = hop.text.partition("=")
    return Step(f"{name.strip()} = {SENSITIVE}" if equals else SENSITIVE, hop.location)


def step_of(hop: Placed) -> Step:
    """Give the step of a trace that something placed is: its first line, cut where it is long."""
    first, *rest = hop.text.strip().splitlines() or [""]
    text = first.strip()
    if len(text) > LONGEST_STEP or rest:
        text = f"{text[:LONGEST_STEP].rstrip()} ..."
    return Step(text, hop.location)


def calls_of(instance: ModuleInstance) -> tuple[Location, ...]:
    """Give the headers of the module calls that lead to a module, outermost first."""
    return tuple(place.location for place in instance.calls)


def called_by(instance: ModuleInstance) -> tuple[str, ...]:
    """Give the folders of the modules that those calls lead to, as they are printed."""
    return tuple(shown_path(folder) for folder in instance.called)


def _refused(error: EvaluationError, place: Location) -> Diagnostic:
    return Diagnostic(error.message, error.place.location if error.place else place)
