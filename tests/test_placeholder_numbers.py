"""A report with placeholders → the same with numbered ones, in time that grows with what it consists of."""

from ecbackup_iac.model.call import Call
from ecbackup_iac.model.location import Location
from ecbackup_iac.placeholder_numbers import map_texts


def test_what_is_in_many_places_is_visited_once() -> None:
    shared = Call(Location("main.tf", 1), 'module "m"')
    visited: list[str] = []

    def changed(text: str) -> str:
        visited.append(text)
        return text.replace("m", "n")

    first, second = map_texts(((shared,), (shared,)), changed)
    assert visited == ['module "m"', ""]
    assert first[0] is second[0]
    assert first[0].text == 'nodule "n"'
