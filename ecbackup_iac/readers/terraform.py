"""Terraform configuration → the caches that a `terraform plan` of each root would show."""

import os
from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from ecbackup_iac.discovery import Listing, is_inside, shown_path
from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.given import Given
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.marked_text import MarkedText
from ecbackup_iac.model.policy import PublishedModule, RootSettings
from ecbackup_iac.model.progress import UNWATCHED, Progress
from ecbackup_iac.model.record import field, record, replace
from ecbackup_iac.model.report import Diagnostic, Reading, Severity
from ecbackup_iac.model.value import (
    Invalid,
    Known,
    Outcome,
    Unknown,
    Unset,
)
from ecbackup_iac.model.value import Value as Setting
from ecbackup_iac.readers.aws_provider import (
    RESOURCE_TYPES,
)
from ecbackup_iac.readers.marked_files import marked_files
from ecbackup_iac.readers.terraform_caches import RootReader, given_up, refused
from ecbackup_iac.readers.terraform_settings import brief_days
from ecbackup_iac.sharing import parts_of, processes_for, results_of
from ecbackup_iac.terraform.configuration import Configuration, Modules
from ecbackup_iac.terraform.effort import MOST_STEPS, TooMuchError, effort
from ecbackup_iac.terraform.folders import Folders, RootFiles
from ecbackup_iac.terraform.inputs import RootInputs, VariableFiles, workspace_of
from ecbackup_iac.terraform.instances import (
    ModuleInstance,
)
from ecbackup_iac.terraform.modules import Module
from ecbackup_iac.terraform.roots import Index
from ecbackup_iac.terraform.values import (
    EvaluationError,
)

# What a file has to name for its module to matter: a cache, or a module that looks as if it made one.
_SOUGHT = ("elasticache", "snapshot_retention")

LEAST_ROOTS = 100
"""For a process of their own, which costs as much as some ten of them."""

MOST_VARIABLE_FILES = 100
"""Of the variable files beside a root that Terraform does not load, so many are tried."""

MOST_STEPS_OF_A_TREE = MOST_STEPS + MOST_STEPS // 3
"""For all roots together, and as much again for every million bytes of configuration."""


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
    count = processes_for(len(roots), LEAST_ROOTS)
    if count == 1:
        for number, root in enumerate(roots, 1):
            progress.judging(shown_path(root), number, len(roots))
            yield from tree.root_readings(root)
    else:
        yield from tree.shared_readings(parts_of(roots, count))
    yield Reading(diagnostics=tuple(tree.closing_diagnostics()), marked=tree.marked_texts())


@record
class _Share:
    """What a process found that judged some of a tree's roots."""

    readings: tuple[Reading, ...]
    declared: frozenset[str]
    judged: frozenset[str]
    diagnostics: tuple[Diagnostic, ...]
    """Those of variable files."""

    marked: tuple[MarkedText, ...]
    """Those of the modules that roots share."""

    is_exhausted: bool
    """It would have taken more work than it might."""


class _Tree:
    """What the roots of one tree share: modules and variable files, each read once."""

    def __init__(self, request: Request, folders: Folders, index: Index) -> None:
        self._request = request
        self._folders = folders
        self._index = index
        self._most_steps = MOST_STEPS_OF_A_TREE + 2 * index.size
        self._process = os.getpid()
        self._start()

    def _start(self) -> None:
        """Know of no root and no module yet."""
        self._modules = Modules(self._folders)
        self._variable_files = VariableFiles(self._folders)
        self._variable_diagnostics: list[Diagnostic] = []
        self._declared: set[str] = set()
        self._used_variables: set[str] = set()
        self._judged: set[str] = set()
        self._marked: dict[str, MarkedText] = {}
        self._unjudged: list[str] = []
        self._steps_left = self._most_steps

    def shared_readings(self, parts: Sequence[Sequence[str]]) -> Iterator[Reading]:
        """Yield the readings of roots in several parts, each judged by a process of its own.

        Each gets its part of the steps; where one needs more, this process does it all again, so that
        what is given up is the same on every machine.
        """
        shares = results_of(parts, lambda part: self._share(part, len(parts)))
        if not any(share.is_exhausted for share in shares):
            for share in shares:
                self._take(share)
                yield from share.readings
            return
        self._start()
        for root in chain(*parts):
            yield from self.root_readings(root)

    def _share(self, roots: Sequence[str], processes: int) -> _Share:
        """Judge some of the roots, of which so many processes judge as many each."""
        if os.getpid() != self._process:  # one process is enough to show how far it has come
            self._request = replace(self._request, progress=UNWATCHED)
        readings: list[Reading] = []
        self._steps_left = self._most_steps // processes
        for number, root in enumerate(roots, 1):
            if self._process not in (os.getpid(), os.getppid()):
                raise ProcessLookupError  # nobody waits for this any more
            total = len(roots) * processes
            self._request.progress.judging(shown_path(root), number * processes, total)
            readings += self.root_readings(root)
        return _Share(
            tuple(readings),
            frozenset(self._declared),
            frozenset(self._judged),
            tuple(self._variable_files.diagnostics),
            self.marked_texts(),
            is_exhausted=self._steps_left <= 0,
        )

    def _take(self, share: _Share) -> None:
        """Know what whoever judged some of the roots knows."""
        self._declared |= share.declared
        self._judged |= share.judged
        self._variable_diagnostics += share.diagnostics
        self._marked |= {text.path: text for text in share.marked}

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
        if self._steps_left <= 0:
            self._unjudged.append(folder)
            return Reading()
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
        reader = RootReader(shown_path(folder), diagnostics, note, self._request.modules)
        found: dict[str, CacheResource] = {}
        try:
            for one in instance.resources(RESOURCE_TYPES.__contains__, self._leads):
                self._request.progress.going_on()
                if isinstance(one, EvaluationError):
                    diagnostics.append(refused(one, Location(shown_path(folder))))
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

    def marked_texts(self) -> tuple[MarkedText, ...]:
        """Give the files of the modules that were read, where they may hold suppressions."""
        found = dict(self._marked)
        for module in self._modules.loaded():
            is_whole = self._is_target(module.folder)
            texts = marked_files(self._folders, module.folder, is_whole=is_whole)
            found |= {text.path: text for text in texts}
        return tuple(found.values())

    def closing_diagnostics(self) -> Iterator[Diagnostic]:
        """Yield what concerns no single root."""
        yield from self._variable_files.diagnostics
        yield from self._variable_diagnostics
        if self._unjudged:
            first, *others = self._unjudged
            more = f", nor were {len(others)} more" if len(others) > 1 else ""
            more = ", nor was another one" if len(others) == 1 else more
            text = (
                f"this root was not judged{more}: all before it took as much work as there may be"
            )
            yield Diagnostic(text, Location(shown_path(first)))
        yield from self._unused_settings()
        files = [path for path in self._index.terragrunt if self._is_target(path)]
        if files:
            more = f" (and {len(files) - 1} more)" if len(files) > 1 else ""
            text = f"a Terragrunt file{more}: not evaluated; judge the plan that terragrunt makes"
            yield Diagnostic(text, Location(shown_path(min(files))), Severity.WARNING)
        for kind, text in self._request.given.variables:
            name = text.partition("=")[0].strip()
            if kind == "var" and name not in self._declared and self._declared:
                message = f"--var {name}: no root that was judged declares such a variable"
                yield Diagnostic(message, Location("command line"), Severity.WARNING)


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
    told = "; ".join(f"{brief_days(outcome.value)} when {outcome.when}" for outcome in outcomes)
    if not told:
        return base
    note = f"variable files that Terraform does not load by itself decide: {told}"
    return replace(base, variants=tuple(outcomes), assumptions=(*base.assumptions, note))


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
