"""Values from the command line and the environment that the code is evaluated with."""

from collections.abc import Mapping, Sequence

from ecbackup_iac.model.record import field, record


@record
class EvaluationInputs:
    """Values for every root alike; a root that does not declare a name ignores it."""

    variables: Sequence[tuple[str, str]] = ()
    """("var", "name=value") and ("file", path), in the order given: later ones win."""

    environment: Mapping[str, str] = field(factory=dict)
    """The process's environment, for TF_VAR_ and TF_WORKSPACE."""

    workspace: str | None = None

    parameters: Sequence[tuple[str, str]] = ()
    """CloudFormation's: ("parameter", "name=value") and ("file", path), in the order given."""

    contents: Mapping[str, bytes] = field(factory=dict)
    """Edited contents of files by their real paths, which are read instead of those on the disk."""
