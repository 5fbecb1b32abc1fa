"""A resource that Checkov checks → the finding of `ecbackup-iac check` on it.

Checkov's own values are not used: it replaces references as text and evaluates the result as Python does, so
that `"1" == 1` is true to it, and `null` is a word. Of a template, it does not pass on the effect of macros,
rules and mappings.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from ecbackup_iac.accounting import account_for_blocks
from ecbackup_iac.checkov.blocks import CheckedFile
from ecbackup_iac.files.paths import boundary_of
from ecbackup_iac.findings import findings_of
from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.evaluation_inputs import EvaluationInputs
from ecbackup_iac.model.policy import Requirements
from ecbackup_iac.model.report import Finding, ReadResult, Report, report_of
from ecbackup_iac.model.verdict import Status
from ecbackup_iac.placeholder_numbers import with_numbered_placeholders
from ecbackup_iac.terraform.modules.addresses import Address, parsed_address

if TYPE_CHECKING:
    from ecbackup_iac.checkov.templates import TemplateFiles

_WORST_FIRST = (Status.FAIL, Status.UNKNOWN, Status.PASS, Status.NOT_APPLICABLE)


class NotEvaluatedError(Exception):
    """A resource was not evaluated, so nothing is known of it."""

    def __init__(self, *, is_error: bool) -> None:
        super().__init__("not evaluated: run ecbackup-iac check, which says why")
        self.is_error = is_error
        """Whether `ecbackup-iac check` exits with 3."""


class Evaluations:
    """What was evaluated: the configuration that Checkov reads, and each plan, once."""

    def __init__(
        self, requirements: Requirements, words: Sequence[str], environment: Mapping[str, str]
    ) -> None:
        self._requirements = requirements
        files = [("file", os.path.abspath(path)) for path in _variable_files(words, environment)]
        self._inputs = EvaluationInputs(tuple(files), environment)
        self._caches: dict[tuple[str, ...], _Caches] = {}
        self._templates: TemplateFiles | None = None

    def finding(self, file: CheckedFile | None, address: str) -> Finding | None:
        """Return the finding on a resource of a file; None where it creates no cache.

        Raises:
            NotEvaluatedError: it was not evaluated.

        """
        if file is None:
            raise NotEvaluatedError(is_error=True)
        key = file.folders or (file.path,)
        if key not in self._caches:
            self._caches[key] = _Caches(self._report(file))
        return self._caches[key].finding(file.path, address)

    def _report(self, file: CheckedFile) -> Report:
        results = list(self._results(file))
        resources = [resource for result in results for resource in result.resources]
        absent, problems = account_for_blocks(results)
        problems += tuple(problem for result in results for problem in result.diagnostics)
        return with_numbered_placeholders(
            report_of(findings_of(resources, self._requirements), problems, absent)
        )

    def _results(self, file: CheckedFile) -> Iterable[ReadResult]:
        # What each kind of file needs is slow to import.
        if file.is_template:
            from ecbackup_iac.checkov.templates import TemplateFiles

            self._templates = self._templates or TemplateFiles()
            return self._templates.read(file.path)
        if not file.folders:
            from ecbackup_iac.checkov.plans import read_plan

            return (read_plan(file.path),)
        from ecbackup_iac.readers.configuration import read
        from ecbackup_iac.readers.tree_request import TreeRequest

        folders = tuple(map(os.path.realpath, file.folders))
        boundary = boundary_of(os.path.commonpath(map(os.path.realpath, file.roots)))
        return read(TreeRequest(boundary, folders, self._inputs))


class _Caches:
    """The findings and the absent caches of a report, by file and block."""

    def __init__(self, report: Report) -> None:
        self._is_incomplete = report.is_incomplete
        self._shows_every_instance = not report.diagnostics and not any(
            finding.resource.module for finding in report.findings
        )
        self._of_block: dict[tuple[str, str], list[Finding]] = {}
        self._of_address: dict[tuple[str, str], list[Finding]] = {}
        for finding in report.findings:
            for path in _files_of(finding.resource):
                address, file = finding.resource.address, os.path.realpath(path)
                self._of_block.setdefault(_key(file, address), []).append(finding)
                self._of_address.setdefault((file, address), []).append(finding)
        self._absent = {_key(absent.location.path, absent.address) for absent in report.absent}

    def finding(self, path: str, address: str) -> Finding | None:
        """Return the finding on an instance, else the worst on its block; None where it creates no cache."""
        key, parsed = _key(path, address), parsed_address(address)
        found = self._of_block.get(key, [])
        instances = self._of_address.get((key[0], address), [])
        if not instances and parsed and parsed.calls:
            instances = [finding for finding in found if _is_of(finding, parsed.block)]
        elif not (instances and parsed):
            instances = found  # Checkov does not see which module calls or nested stacks lead to it
        if instances:
            return min(instances, key=_rank)
        is_known = found or key in self._absent
        if is_known and (self._shows_every_instance or not (parsed and parsed.calls)):
            return None
        raise NotEvaluatedError(is_error=self._is_incomplete or not is_known)


def _is_of(finding: Finding, block: Address) -> bool:
    parsed = parsed_address(finding.resource.address)
    return parsed is not None and parsed.block == block


def _rank(finding: Finding) -> int:
    return _WORST_FIRST.index(finding.verdict.status)


def _files_of(resource: CacheResource) -> Iterable[str]:
    """Return the paths of the files that declare a cache, or of its plan."""
    if resource.block is None:
        return (resource.root,)
    return {block.path for block in (resource.block, *resource.overrides)}


def _key(path: str, address: str) -> tuple[str, str]:
    """Return what the instances of a block have in common: its file, type and name."""
    parsed = parsed_address(address)
    return os.path.realpath(path), (
        f"{parsed.type}.{parsed.name}" if parsed else address.rpartition("/")[2]
    )


def _variable_files(words: Sequence[str], environment: Mapping[str, str]) -> Iterator[str]:
    """Yield the variable files that Checkov was started with."""
    names = environment.get("CKV_VAR_FILE", "").strip().strip("[]").split(",")  # one, or [a, b]
    yield from filter(None, (name.strip(" \t'\"") for name in names))
    for word, following in pairwise((*words, "")):
        option, equals, value = word.partition("=")
        # argparse also accepts the beginning of an option's name, if no other option begins with it.
        if len(option) > len("--v") and "--var-file".startswith(option):
            yield value if equals else following
