"""The table of functions names exactly what the families define."""

from importlib import import_module

from ecbackup_iac.terraform.functions import FAMILIES, FUNCTIONS


def test_the_table_lists_every_function_of_every_family() -> None:
    for family, names in FAMILIES.items():
        module = import_module(f"ecbackup_iac.terraform.functions.{family}")
        assert sorted(function.name for function in module.FUNCTIONS) == sorted(names.split())


def test_no_two_families_define_the_same_function() -> None:
    names = " ".join(FAMILIES.values()).split()
    assert len(names) == len(set(names)) == len(FUNCTIONS)
