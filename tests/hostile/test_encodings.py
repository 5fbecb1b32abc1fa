"""Bytes that are no text, and texts that are not what they look like."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from configuration_inputs import cache
from measuring import Measured, lay_out, measured

from ecbackup_iac.reporters import REPORTERS

pytestmark = pytest.mark.extended

Checker = Callable[..., Measured]

GOOD = cache("7")
TEMPLATE = (
    "Resources:\n  Cache:\n    Type: AWS::ElastiCache::ReplicationGroup\n"
    "    Properties:\n      SnapshotRetentionLimit: 7\n"
)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("Latin-1", GOOD.replace("redis", "r\xe9dis").encode("latin-1")),
        ("a lone surrogate", GOOD.encode().replace(b"redis", b"redis\xed\xa0\x80")),
        ("bytes that are no character", GOOD.encode().replace(b"redis", b"\xff\xfe")),
        ("an overlong slash", GOOD.encode().replace(b"redis", b"redis\xc0\xaf")),
        ("UTF-16", GOOD.encode("utf-16")),
        ("UTF-16 without a mark", GOOD.encode("utf-16-le")),
        ("UTF-32", GOOD.encode("utf-32")),
    ],
)
def test_configuration_that_is_not_utf_8_is_an_error_with_its_location(
    name: str, content: bytes, check_files: Checker
) -> None:
    result = check_files({"main.tf": content})
    assert "ERROR  main.tf" in result.text, (name, result.text)
    assert result.status == 3


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("no newline at the end", GOOD.encode().rstrip(b"\n")),
        ("Windows' line ends", GOOD.encode().replace(b"\n", b"\r\n")),
        ("mixed line ends", GOOD.encode().replace(b"\n", b"\r\n", 2)),
        ("a byte order mark", b"\xef\xbb\xbf" + GOOD.encode()),
    ],
)
def test_configuration_is_read_however_its_lines_end(
    name: str, content: bytes, check_files: Checker
) -> None:
    result = check_files({"main.tf": content})
    assert "1 cache: 1 passed" in result.text, (name, result.text)
    assert result.status == 0


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("UTF-16", TEMPLATE.encode("utf-16")),
        ("a byte order mark", b"\xef\xbb\xbf" + TEMPLATE.encode()),
        ("Windows' line ends", TEMPLATE.encode().replace(b"\n", b"\r\n")),
        ("no newline at the end", TEMPLATE.encode().rstrip(b"\n")),
        ("NUL bytes", TEMPLATE.encode() + b"\x00\x00"),
        ("Latin-1", TEMPLATE.encode() + b"# caf\xe9\n"),
        ("a lone surrogate", TEMPLATE.encode() + b"# \xed\xa0\x80\n"),
        ("half a pair as an escape", TEMPLATE.encode() + b'      Tag: "\\ud800"\n'),
    ],
)
def test_a_template_is_evaluated_or_reported_whatever_its_bytes(
    name: str, content: bytes, check_files: Checker
) -> None:
    result = check_files({"template.yaml": content})
    is_judged = "1 cache: 1 passed" in result.text and result.status == 0
    is_told = "ERROR  template.yaml" in result.text and result.status == 3
    assert is_judged or is_told, (name, result.text)


def test_nul_bytes_in_configuration_are_reported(check_files: Checker) -> None:
    result = check_files({"main.tf": GOOD.encode() + b"\x00\x00\x00"})
    assert "ERROR  main.tf" in result.text
    assert result.status == 3


@pytest.mark.parametrize(
    "kind",
    [
        "aws_elasticache_cl\u0443ster",  # a Cyrillic u
        "aws_elasticache_cluster\u200b",
        "AWS_elasticache_cluster",
        "aws\uff3felasticache\uff3fcluster",
    ],
)
def test_what_looks_like_a_cache_type_is_not_one(kind: str, check_files: Checker) -> None:
    result = check_files({"main.tf": cache("0").replace("aws_elasticache_cluster", kind)})
    assert "FAIL" not in result.text
    template = TEMPLATE.replace("7", "0").replace("ElastiCache", "Elasti\u0421ache")
    assert "FAIL" not in check_files({"main.tf": "", "template.yaml": template}).text


HOSTILE = (
    "\x1b[2J\x1b]0;owned\x07",
    "\u202egnp.exe",
    "\u2066\u2069\u200f",
    "\u05d0\u05d1\u05d2",
    "\x9b31m",
    "\r\nPASS  everything",
    "</script><script>alert(1)</script>",
    "::error file=x::owned",
    "`|[x](javascript:alert(1))",
)
DANGEROUS = ("\x1b", "\x9b", "\u202e", "\u2066", "\x07", "\u200f")


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("form", REPORTERS)
def test_names_are_escaped_on_a_terminal(name: str, form: str, check_files: Checker) -> None:
    configuration = {
        "resource": {"aws_elasticache_cluster": {name: {"engine": "redis", "node_type": name}}},
        "module": {name: {"source": f"./{name}"}},
    }
    template = {
        "Resources": {
            name: {
                "Type": "AWS::ElastiCache::CacheCluster",
                "Properties": {"Engine": "redis", "SnapshotRetentionLimit": name},
            }
        }
    }
    files = {"main.tf.json": json.dumps(configuration), "template.json": json.dumps(template)}
    result = check_files(files, "-v", "--format", form)
    assert result.status in (1, 3), result.text
    assert not [mark for mark in DANGEROUS if mark in result.text]
    assert "\nPASS  everything" not in result.text
    assert "\n::error file=x::owned" not in result.text
    assert form not in ("html", "markdown", "junit") or "<script>alert" not in result.text


def test_a_right_to_left_name_is_evaluated(check_files: Checker) -> None:
    name = "\u05de\u05d8\u05de\u05d5\u05df"
    result = check_files({"main.tf": cache("7").replace('"cache"', f'"{name}"')})
    assert "1 cache: 1 passed" in result.text


def test_a_line_of_ten_million_characters_is_read_and_a_longer_one_reported(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    lay_out({"main.tf": cache("7") + "# " + "x" * 9_900_000}, tree)
    result = measured(tree)
    assert "1 cache: 1 passed" in result.text
    lay_out({"main.tf": cache("7") + "# " + "x" * 10_000_000}, tree)
    assert "larger than" in measured(tree).text
