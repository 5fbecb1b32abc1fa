"""Caches and what the policy requires → a finding for each, with its verdict and its remedy."""

from collections.abc import Sequence

from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.policy import Requirements
from ecbackup_iac.model.report import Finding
from ecbackup_iac.model.shared_code import SharedCode
from ecbackup_iac.model.verdict import Verdict
from ecbackup_iac.rule import judge, level_of


def findings_of(resources: Sequence[CacheResource], requirements: Requirements) -> list[Finding]:
    """Return the finding on each cache, in their order."""
    shared = SharedCode(resources)
    verdicts = [judge(resource, requirements) for resource in resources]
    return [
        Finding(
            resource,
            verdict,
            level_of(verdict, requirements),
            _remedy(resource, verdict, requirements, shared) if verdict.rule else None,
        )
        for resource, verdict in zip(resources, verdicts, strict=True)
    ]


def _remedy(
    resource: CacheResource, verdict: Verdict, requirements: Requirements, shared: SharedCode
) -> str | None:
    from ecbackup_iac.remedy.remedies import remedy_of  # not needed where every cache passes

    return remedy_of(resource, verdict, requirements, shared)
