"""One long line, deep blocks and chains of modules: linear time, and locations that are right."""

import json
from collections.abc import Callable

import pytest
from measuring import Measured

from ecbackup_iac.reporters.escaping import escape_control_characters
from ecbackup_iac.syntax.columns import Characters

Checker = Callable[..., Measured]
GROUP = "aws_elasticache_replication_group"


def terraform(count: int) -> dict[str, str]:
    groups = {f"c{n}": {"snapshot_retention_limit": 0} for n in range(count)}
    return {"main.tf.json": json.dumps({"resource": {GROUP: groups}})}


def template(count: int) -> dict[str, str]:
    cache = {"Type": "AWS::ElastiCache::ReplicationGroup", "Properties": {}}
    return {"t.json": json.dumps({"Resources": {f"C{n}": cache for n in range(count)}})}


def deep(count: int) -> dict[str, str]:
    group = f'resource "{GROUP}" "c" {{\n  snapshot_retention_limit = 0\n}}\n'
    return {"main.tf": "a {\n" * count + "}\n" * count + group}


@pytest.mark.parametrize(
    "files",
    [
        terraform(500),
        template(400),
        deep(80_000),
        pytest.param(terraform(5_000), marks=pytest.mark.extended),
        pytest.param(template(4_000), marks=pytest.mark.extended),
    ],
    ids=["terraform", "template", "deep", "long terraform", "long template"],
)
def test_a_long_line_and_deep_blocks_take_linear_time(
    files: dict[str, str], check_files: Checker
) -> None:
    result = check_files(files, "--quiet")
    assert "FAIL" in result.text


@pytest.mark.parametrize("text", ["a" * 5_000, "\u00e9" * 5_000, "a\U0001f600\u20ac" * 2_000])
def test_columns_of_a_long_line_count_characters(text: str) -> None:
    characters = Characters(text.encode())
    for start, end in ((0, 10), (3, 1_500), (700, 4_321), (0, len(text))):
        offsets = (len(text[:start].encode()), len(text[:end].encode()))
        assert characters.between(*offsets) == end - start


@pytest.mark.parametrize(
    "character", ["\u202e", "\u200b", "\ufe0f", "\u3164", "\U000e0041", "\u034f"]
)
def test_invisible_characters_are_escaped(character: str) -> None:
    escaped = escape_control_characters(f"a{character}b")
    assert escaped == f"a{character.encode('unicode_escape').decode()}b"
