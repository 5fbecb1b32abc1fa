"""Every table of the package is complete, and every module that a table names has the right signature."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator, Mapping
from enum import Enum
from types import FunctionType

import pytest

import ecbackup_iac
from ecbackup_iac.control import FORMATS, PageRenderer, renderer
from ecbackup_iac.fixers import Fixer, fixer
from ecbackup_iac.model.source import SOURCES, Source
from ecbackup_iac.readers.json_documents import READERS, DocumentReader
from ecbackup_iac.reporters import REPORTERS, Reporter, reporter

# The package imports these modules by the names in its tables, where mypy does not compare them.
MODULES: list[tuple[type, object]] = [
    *((DocumentReader, module) for module in READERS),
    *((Fixer, module) for source in SOURCES if (module := fixer(source))),
    *((Reporter, reporter(name)) for name in REPORTERS),
    *((PageRenderer, renderer(name)) for name in FORMATS),
]

PARTIAL = {
    "ecbackup_iac.reporters.github_report._COMMANDS",  # level none has no annotation
    "ecbackup_iac.reporters.html.header._POLICY_EFFECTS",  # an unknown retention is never a note
}


def enum_tables() -> Iterator[tuple[str, Mapping[Enum, object]]]:
    for module in pkgutil.walk_packages(ecbackup_iac.__path__, "ecbackup_iac."):
        if module.name != "ecbackup_iac.__main__":
            for name, table in vars(importlib.import_module(module.name)).items():
                key = next(iter(table), None) if isinstance(table, dict) else None
                if isinstance(key, Enum) and type(key).__module__.startswith("ecbackup_iac.model."):
                    yield f"{module.name}.{name}", table


def test_tables_with_an_enum_of_the_model_as_key_are_complete() -> None:
    tables = dict(enum_tables())
    incomplete = {
        name for name, table in tables.items() if {*type(next(iter(table)))} != table.keys()
    }
    assert incomplete == PARTIAL
    assert "ecbackup_iac.model.source.SOURCES" in tables


def signature_of(function: object) -> list[str]:
    """Give the parameters and the result of a function, whether or not their types are quoted."""
    assert isinstance(function, FunctionType)
    signature = inspect.signature(function)
    parameters = [one for one in signature.parameters.values() if one.name != "self"]
    described = [
        f"{one.kind.name} {one.name}: {inspect.formatannotation(one.annotation)}"
        f"{'' if one.default is one.empty else ' = ...'}"
        for one in parameters
    ]
    described.append(inspect.formatannotation(signature.return_annotation))
    return [re.sub(r"(?:\w+\.)+(?=\w)|['\"]", "", one) for one in described]


@pytest.mark.parametrize(("protocol", "module"), MODULES)
def test_a_module_that_a_table_names_has_the_members_of_its_protocol(
    protocol: type, module: object
) -> None:
    members = {name: member for name, member in vars(protocol).items() if not name.startswith("_")}
    assert members
    for name, member in members.items():
        if isinstance(member, property):
            assert hasattr(module, name)
        else:
            assert signature_of(getattr(module, name)) == signature_of(member)


@pytest.mark.parametrize("source", Source)
def test_a_row_of_the_sources_is_whole(source: Source) -> None:
    facts = SOURCES[source]
    assert facts.noun in facts.name
    assert all(extension.startswith(".") for extension in facts.extensions)
    # Fix names what a cache was read from where it has no file to edit.
    assert bool(facts.read_from) == (facts.fixer is None)
    assert not (facts.is_terraform_json and facts.is_live)
