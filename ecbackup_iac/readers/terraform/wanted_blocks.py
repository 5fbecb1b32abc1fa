"""The policy's modules → what configuration is searched for: caches, and calls that may create some."""

from collections.abc import Iterable, Mapping

from ecbackup_iac.hcl.structure import Block
from ecbackup_iac.model.policy import PublishedModule
from ecbackup_iac.readers.terraform.deployers import DEPLOYER_WORDS, DEPLOYERS
from ecbackup_iac.readers.terraform.resource_types import CACHE_WORDS, cache_type
from ecbackup_iac.terraform.roots.folder_scan import WantedBlocks
from ecbackup_iac.terraform.values.budget import MAX_STEPS, TooMuchError
from ecbackup_iac.terraform.values.context import evaluation

# Words of a file with a cache, or with a call that has inputs for one; or of AWS CLI output, which is not
# configuration and gives an error.
_WORDS = (
    b"elasticache",
    b"snapshot_retention",
    b'"cacheclusterid"',
    b'"replicationgroupid"',
    b'"serverlesscachename"',
)


def wanted_blocks(policy_modules: Iterable[PublishedModule] = ()) -> WantedBlocks:
    """Return what a tree of configuration is searched for; `policy_modules` are those of the policy."""
    steps_left = MAX_STEPS
    named: Mapping[str, tuple[PublishedModule, ...]] | None = None

    def is_call(source: str, call: Block | None) -> bool:
        nonlocal named, steps_left
        # Most trees call no modules but their own.
        from ecbackup_iac.readers.terraform.published.likeness import looks_like_cache
        from ecbackup_iac.readers.terraform.published.stand_ins import by_address, described_modules

        if named is None:
            named = by_address(policy_modules)
        if described_modules(source, named):
            return True
        with evaluation(steps_left) as context:
            try:
                return looks_like_cache(source, call)
            except TooMuchError:
                return True  # the evaluation of its root reports it
            finally:
                steps_left = max(0, context.steps_left)

    def is_resource(block: Block) -> bool:
        kind = block.labels[0]
        if kind not in DEPLOYERS:
            return bool(cache_type(kind))
        from ecbackup_iac.readers.terraform.deployed_templates import mentions_cache

        return mentions_cache(block)

    return WantedBlocks((*_WORDS, *DEPLOYER_WORDS), is_resource, is_call, CACHE_WORDS)
