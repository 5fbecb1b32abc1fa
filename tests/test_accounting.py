"""Every cache block is a finding, an absent cache or an error: nothing else, and never two of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecbackup_iac.accounting import account_for_blocks
from ecbackup_iac.model.cache import CacheResource, Form
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.report import AbsentCache, CacheBlock, Diagnostic, ReadResult, Severity
from ecbackup_iac.model.source import Source
from ecbackup_iac.model.value import Known

PLACE = Location("modules/redis/main.tf", 3, 1, 9, 2)
OTHER = Location("modules/redis/main.tf", 12, 1, 15, 2)
BLOCK = CacheBlock("aws_elasticache_cluster.x", "aws_elasticache_cluster", PLACE)


def resource(block: Location | None = PLACE, *overrides: Location) -> CacheResource:
    return CacheResource(
        address="module.redis.aws_elasticache_cluster.x",
        type="aws_elasticache_cluster",
        form=Form.STANDALONE_CLUSTER,
        source=Source.TERRAFORM,
        root="live",
        location=Location("live/main.tf", 4, 3, 4, 20),
        retention=Known(7),
        block=block,
        overrides=overrides,
    )


def absent(
    location: Location = PLACE,
    *,
    root: str = "live",
    reason: str = "count is 0",
    address: str = "aws_elasticache_cluster.x",
) -> AbsentCache:
    return AbsentCache(address, "aws_elasticache_cluster", root, location, reason)


def error(path: str, line: int | None, severity: Severity = Severity.ERROR) -> Diagnostic:
    return Diagnostic("the parser stopped", Location(path, line), severity)


def test_a_block_with_a_finding_is_neither_absent_nor_an_error() -> None:
    readings = [
        ReadResult(absent=(absent(),)),
        ReadResult(blocks=(BLOCK,), resources=(resource(),)),
    ]
    assert account_for_blocks(readings) == ((), ())


def test_a_block_that_no_root_creates_is_absent() -> None:
    readings = [ReadResult(blocks=(BLOCK,)), ReadResult(absent=(absent(),))]
    assert account_for_blocks(readings) == ((absent(),), ())


def test_a_block_in_no_finding_and_no_list_is_an_error_at_its_location() -> None:
    readings = [ReadResult(blocks=(BLOCK,), resources=(resource(OTHER), resource(None)))]
    text = "aws_elasticache_cluster.x was not evaluated: no evaluated root reaches it"
    assert account_for_blocks(readings) == ((), (Diagnostic(text, PLACE),))


def test_a_block_that_several_readings_list_is_one_block() -> None:
    readings = [ReadResult(blocks=(BLOCK,)), ReadResult(blocks=(BLOCK, BLOCK))]
    assert len(account_for_blocks(readings)[1]) == 1


def test_an_override_block_is_found_with_the_block_it_is_merged_into() -> None:
    override = CacheBlock(BLOCK.address, BLOCK.type, OTHER)
    readings = [ReadResult(blocks=(BLOCK, override), resources=(resource(PLACE, OTHER),))]
    assert account_for_blocks(readings) == ((), ())


def test_an_absent_cache_of_a_module_outside_what_was_checked_is_kept() -> None:
    assert account_for_blocks([ReadResult(absent=(absent(),))]) == ((absent(),), ())


def test_several_roots_give_one_entry_with_the_first_root_and_every_reason() -> None:
    readings = [
        ReadResult(absent=(absent(root="live/b", reason="var.on is false"),)),
        ReadResult(absent=(absent(root="live/c"), absent(root="live/a"))),
    ]
    expected = absent(root="live/a", reason="count is 0; var.on is false")
    assert account_for_blocks(readings) == ((expected,), ())


def test_no_more_than_three_reasons_are_shown() -> None:
    readings = [ReadResult(absent=tuple(absent(root=f"r{n}", reason=f"why {n}") for n in range(5)))]
    (entry,) = account_for_blocks(readings)[0]
    assert entry.reason == "why 0; why 1; why 2; 2 more"


def test_the_entries_are_in_order() -> None:
    entries = (absent(OTHER), absent(Location("a.tf", 7)), absent(PLACE))
    assert [one.location for one in account_for_blocks([ReadResult(absent=entries)])[0]] == [
        Location("a.tf", 7),
        PLACE,
        OTHER,
    ]


def test_blocks_of_a_file_without_lines_are_distinguished_by_address() -> None:
    plan = Location("plan.json")
    entries = (absent(plan, address="a"), absent(plan, address="b"))
    blocks = tuple(CacheBlock(name, "aws_elasticache_cluster", plan) for name in "abc")
    kept, errors = account_for_blocks([ReadResult(blocks=blocks, absent=entries)])
    assert kept == entries
    assert [one.message.split(" ")[0] for one in errors] == ["c"]


@pytest.mark.parametrize(
    ("line", "severity", "is_covered"),
    [
        (None, Severity.ERROR, True),
        (3, Severity.ERROR, True),
        (9, Severity.ERROR, True),
        (2, Severity.ERROR, False),
        (10, Severity.ERROR, False),
        (None, Severity.WARNING, False),
        (5, Severity.WARNING, False),
    ],
)
def test_an_error_of_the_file_or_within_the_block_is_enough(
    line: int | None, severity: Severity, *, is_covered: bool
) -> None:
    reported = error(PLACE.path, line, severity)
    assert len(account_for_blocks([ReadResult(blocks=(BLOCK,), diagnostics=(reported,))])[1]) == (
        not is_covered
    )


def test_an_error_of_another_file_covers_nothing() -> None:
    readings = [ReadResult(blocks=(BLOCK,), diagnostics=(error("live/main.tf", None),))]
    assert len(account_for_blocks(readings)[1]) == 1


# Any readings at all: each block ends as exactly one of the three.

places = st.builds(
    lambda path, line, length: Location(path, line, 1, line + length, 2),
    st.sampled_from(["a.tf", "b.tf"]),
    st.integers(1, 6),
    st.integers(0, 3),
)
any_reading = st.builds(
    ReadResult,
    resources=st.lists(st.builds(resource, st.none() | places, places), max_size=3).map(tuple),
    diagnostics=st.lists(
        st.builds(
            error,
            st.sampled_from(["a.tf", "b.tf"]),
            st.none() | st.integers(1, 10),
            st.sampled_from(Severity),
        ),
        max_size=2,
    ).map(tuple),
    absent=st.lists(st.builds(absent, places, root=st.sampled_from("xyz")), max_size=3).map(tuple),
    blocks=st.lists(
        places.map(lambda place: CacheBlock("aws_elasticache_cluster.x", "", place)), max_size=5
    ).map(tuple),
)


@given(st.lists(any_reading, max_size=4))
def test_every_block_is_a_finding_or_absent_or_an_error(readings: list[ReadResult]) -> None:
    kept, errors = account_for_blocks(readings)
    blocks = {block.location for reading in readings for block in reading.blocks}
    found = {
        place
        for reading in readings
        for one in reading.resources
        for place in (one.block, *one.overrides)
        if place is not None
    }
    said = [
        one.location
        for reading in readings
        for one in reading.diagnostics
        if one.severity is Severity.ERROR
    ]
    covered = {
        block
        for block in blocks
        for place in said
        if place.path == block.path
        and (place.line is None or (block.line or 0) <= place.line <= (block.end_line or 0))
    }
    absent_places = [one.location for one in kept]
    error_places = [one.location for one in errors]

    assert len(set(absent_places)) == len(absent_places)
    assert len(set(error_places)) == len(error_places)
    assert (
        set(absent_places)
        == {one.location for reading in readings for one in reading.absent} - found
    )
    assert set(error_places) == blocks - found - set(absent_places) - covered
    assert set(account_for_blocks(readings[::-1])[0]) == set(kept)
