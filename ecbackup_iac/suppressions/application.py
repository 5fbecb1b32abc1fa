"""Findings and the suppressions of every kind → findings that carry what suppresses them, and warnings."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Protocol

from ecbackup_iac.model.evaluation_inputs import EvaluationInputs
from ecbackup_iac.model.policy import SuppressionMode, SuppressionSettings
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import Diagnostic, Finding, Suppression
from ecbackup_iac.suppressions.exceptions import PolicySuppressions

if TYPE_CHECKING:
    from ecbackup_iac.model.annotated_text import AnnotatedText


class Suppressor(Protocol):
    """The suppressions of one kind."""

    def covering(self, findings: Sequence[Finding]) -> Sequence[Suppression | None]:
        """Return what covers each finding, in order; every suppression that covers one is used."""

    def warnings(self) -> Iterable[Diagnostic]:
        """Return a warning for what has no effect, and for what covered none of the findings."""


class Suppressions:
    """Every suppression of a run."""

    def __init__(
        self,
        settings: SuppressionSettings,
        paths: Sequence[str],
        inputs: EvaluationInputs,
        today: date,
    ) -> None:
        """Read the policy's baseline.

        Raises:
            BaselineError: it cannot be used.

        """
        self._settings = settings
        self._paths = paths
        self._inputs = inputs
        self._today = today
        self._baseline = None
        if settings.baseline is not None:
            # Imported here because of pydantic, which most runs do without.
            from ecbackup_iac.suppressions.baseline_file import read_baseline

            self._baseline = read_baseline(settings.baseline)

    def apply(
        self, findings: Iterable[Finding], texts: Sequence["AnnotatedText"], *, is_complete: bool
    ) -> tuple[list[Finding], list[Diagnostic]]:
        """Return the findings with what suppresses them, and the warnings about suppressions.

        `texts` may contain suppressions; `is_complete`: everything was read and evaluated.
        """
        return apply_suppressions(findings, [*self._suppressors(texts, is_complete=is_complete)])

    def _suppressors(
        self, texts: Sequence["AnnotatedText"], *, is_complete: bool
    ) -> Iterator[Suppressor]:
        """Yield the kinds, the nearest to the code first."""
        mode = self._settings.ignores
        if mode is not SuppressionMode.NONE and texts:
            from ecbackup_iac.suppressions.in_code import CodeSuppressions

            yield CodeSuppressions(texts, mode, self._today, self._inputs)
        # What was not evaluated may be what an exception or an entry is about, so then none is called unused.
        paths = self._paths if is_complete else ()
        yield PolicySuppressions(self._settings.exceptions, self._today, paths)
        if self._baseline is not None:
            from ecbackup_iac.suppressions.baseline import BaselineSuppressions

            yield BaselineSuppressions(self._baseline, paths)


def apply_suppressions(
    findings: Iterable[Finding], suppressors: Sequence[Suppressor]
) -> tuple[list[Finding], list[Diagnostic]]:
    """Return the findings, each with the first suppression that covers it, and all warnings."""
    findings = [*findings]
    for suppressor in suppressors:
        covering = suppressor.covering(findings)
        findings = [
            replace(finding, suppression=suppression)
            if suppression is not None and finding.suppression is None
            else finding
            for finding, suppression in zip(findings, covering, strict=True)
        ]
    return findings, [warning for suppressor in suppressors for warning in suppressor.warnings()]
