"""The inputs that units inherit from one file → those that say nothing of what a unit's module makes.

A root configuration passes what an environment sets to every unit, the node type of its cache included.
"""

from collections.abc import Iterable, Iterator, Mapping

from ecbackup_iac.files.paths import display_path_of
from ecbackup_iac.terraform.functions.data_files import DataFileStep
from ecbackup_iac.terragrunt.units import Unit


def inherited_inputs(units: Iterable[Unit]) -> dict[str, set[str]]:
    """Return the files, as they are printed, that some units read besides their own, by each input's name."""
    found: dict[str, set[str]] = {}
    for unit in units:
        read = {display_path_of(path) for path in (*unit.read, *unit.data) if path != unit.file}
        for name in unit.inputs:
            found.setdefault(name, set()).update(read)
    return found


def foreign_inputs(unit: Unit, inherited: Mapping[str, set[str]]) -> Iterator[str]:
    """Yield the inputs of a unit that it does not name itself, and that units of caches inherit, too."""
    own = display_path_of(unit.file)
    for name in unit.inputs.keys() & inherited.keys():
        paths = [
            display_path_of(step.path) if isinstance(step, DataFileStep) else step.location.path
            for step in unit.inputs[name].trace
        ]
        if paths and own not in paths and paths[-1] in inherited[name]:
            yield name
