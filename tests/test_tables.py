"""Every table of the package is complete, and every module that a table names has the right signature."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from enum import Enum

import pytest

import ecbackup_iac
from ecbackup_iac.cloudformation.templates.recognition import MARKS
from ecbackup_iac.control import (
    FORMATS,
    PageRenderer,
    json_page,
    markdown_page,
    renderer,
    text_page,
)
from ecbackup_iac.fixers import Fixer, fixer
from ecbackup_iac.fixers.cloudformation import edits as cloudformation_edits
from ecbackup_iac.fixers.terraform import edits as terraform_edits
from ecbackup_iac.model.source import SOURCES, Source
from ecbackup_iac.readers import aws_cli
from ecbackup_iac.readers.json_documents import READERS, DocumentReader
from ecbackup_iac.readers.recognition import TEMPLATE_MARKS
from ecbackup_iac.readers.terraform_json import plan, state
from ecbackup_iac.reporters import (
    REPORTERS,
    Reporter,
    github_report,
    gitlab_report,
    json_report,
    junit_report,
    markdown_report,
    reporter,
    sarif_report,
    text_report,
)
from ecbackup_iac.reporters.html import report as html_report

# mypy compares each module with the protocol here, because the package imports it by its name.
READER_MODULES: tuple[DocumentReader, ...] = (plan, state, aws_cli)
FIXER_MODULES: tuple[Fixer, ...] = (terraform_edits, cloudformation_edits)
REPORTER_MODULES: tuple[Reporter, ...] = (
    text_report,
    json_report,
    sarif_report,
    junit_report,
    gitlab_report,
    github_report,
    markdown_report,
    html_report,
)
PAGE_MODULES: tuple[PageRenderer, ...] = (text_page, json_page, markdown_page)

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


def test_the_modules_that_tables_name_are_those_that_mypy_compares() -> None:
    assert READERS == READER_MODULES
    fixers = [found for source in SOURCES if (found := fixer(source))]
    assert fixers == [*FIXER_MODULES]
    assert [*map(reporter, REPORTERS)] == [*REPORTER_MODULES]
    assert [*map(renderer, FORMATS)] == [*PAGE_MODULES]


@pytest.mark.parametrize("source", Source)
def test_a_row_of_the_sources_is_whole(source: Source) -> None:
    facts = SOURCES[source]
    assert facts.noun in facts.name
    assert all(extension.startswith(".") for extension in facts.extensions)
    # Fix names what a cache was read from where it has no file to edit.
    assert bool(facts.read_from) == (facts.fixer is None)
    assert not (facts.is_terraform_json and facts.is_live)


def test_the_marks_of_templates_are_the_same_in_both_rooms() -> None:
    assert TEMPLATE_MARKS == MARKS
