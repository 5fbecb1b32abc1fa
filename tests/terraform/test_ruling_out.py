"""What bytes rule out is not there: a file that is not parsed holds no call, and no wanted block."""

import os
from collections.abc import Sequence

from hypothesis import example, given, settings
from hypothesis import strategies as st

from ecbackup_iac.hcl.structure import Block, Body
from ecbackup_iac.terraform.files.folders import Folders
from ecbackup_iac.terraform.modules.configuration import source_of
from ecbackup_iac.terraform.modules.module import file_body
from ecbackup_iac.terraform.roots.ruling_out import may_name, possible_sources

PIECES = (
    'module "x" {', 'module"x"{', "module x {", 'resource "aws_elasticache_cluster" "c" {', "}", "\n", " ",
    "\r\n", "\t", "source", '"source"', "=", ":", '"./a"', '"../b"', '"a/b/c"', '"./${"a"}"', '"./x${""}"',
    "(", ")", "[", "]", "<<EOT\n", "<<-EOT\n", "\nEOT\n", "/*", "*/", "#", "//", '"', "\\u0061",
    "\\U00000061", "\\", "$", "${", "%{", "locals {", "x = 1", 'source = "./a"', "source = ",
    'source="../b" # c', ",", "{", "\0",
    '"source": "./a"', '{"module": {"x": {"source": "./a"}}}', '{"mod\\u0075le": {"x": {"source": "./a"}}}',
    '{"module": {"x": {"sourc\\u0065": "./a"}}}', '{"resource": {"aws_elasticache_cluster": {"c": {}}}}',
    "K", "\u00e9", "\u2028", "\ufeff", "mod", "ule", "elasti", "cache", "SOURCE", ".source",
    "a-source", "a_source",
)  # fmt: skip

TEXTS = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=14).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=9).map(
        lambda body: 'module "x" {\n' + "".join(body) + "\n}\n"
    ),
    st.lists(st.sampled_from(PIECES), max_size=5).map(
        lambda body: '{"module": {"x": {"source"' + "".join(body) + "}}}"
    ),
)
NAMES = st.sampled_from(("x.tf", "x.tf.json"))

MANY = settings(max_examples=10 * settings().max_examples)


def declared(name: str, text: str) -> tuple[list[str | None], list[str]]:
    """Give the sources of the module calls that the parser finds in a text, and the resource types."""
    body = _body(name, text)
    calls = [one for one in body.blocks("module", 1) if one.body.attribute("source") is not None]
    return [source_of(one) for one in calls], [one.labels[0] for one in body.blocks("resource", 2)]


@MANY
@given(name=NAMES, text=TEXTS)
@example("x.tf.json", '{"mod\\u0075le": {"x": {"source": "./a"}}}')
def test_a_file_that_is_ruled_out_contains_no_call(name: str, text: str) -> None:
    calls, _ = declared(name, text)
    assert possible_sources(text.encode()) != [] or not calls


@MANY
@given(name=NAMES, text=TEXTS)
@example("x.tf", 'resource "aws_elasti\\u0063ache_cluster" "c" {\n}\n')
def test_a_file_that_is_ruled_out_contains_no_resource_of_the_type(name: str, text: str) -> None:
    _, kinds = declared(name, text)
    is_there = any("elasticache" in kind for kind in kinds)
    assert may_name(text.encode(), (b"elasticache",)) or not is_there


@MANY
@given(name=NAMES, text=TEXTS)
@example("x.tf", 'module "x" {\n  source /* y */ = "./a"\n}\n')
@example("x.tf", 'module "x" {\n  source =\n"./a"\n}\n')
@example("x.tf", 'module "x" {\n  source = "./a"}\n}\n')
@example("x.tf", 'module "x" {\n  source = "./a",\n}\n')
@example("x.tf", 'module "x" {\n  source = "./a${""}"\n}\n')
@example("x.tf", 'module "x" {\n  source = "./a" == "" ? "./a" : "./b"\n}\n')
@example("x.tf", 'module "x" {\n  source = ["./b"\n][0]\n}\n')
@example("x.tf.json", '{"module": {"x": {"source"\n:\n"./a"}}}')
@example("x.tf.json", '{"module": {"x": {"source": ".\\/a"}}}')
@example("x.tf.json", '{"module": {"x": {"sourc\\u0065": "./a"}}}')
def test_the_sources_of_all_calls_are_among_the_possible_ones(name: str, text: str) -> None:
    possible = possible_sources(text.encode())
    calls, _ = declared(name, text)
    assert possible is None or set(calls) <= {*possible, None}
    assert possible is None or None not in calls


@given(words=st.lists(st.text(st.characters(codec="utf-8"), max_size=20), max_size=5))
def test_a_word_is_found_in_whatever_case(words: list[str]) -> None:
    assert may_name(" ".join((*words, "ElastiCache")).encode(), (b"elasticache",))


@MANY
@given(name=NAMES, text=TEXTS)
@example("x.tf", 'module "x" {\n  source = "./a" # c\n  source = "./b"\n}\n')
@example("x.tf", 'module "x" { source = "./a"\n  x = 1\n}\n')
@example("x.tf", 'module "x" { /*\n*/ source = "./a"\n}\n')
@example("x.tf", 'module "x" {\n  source = "./a" }\n')
def test_a_first_argument_is_read_as_it_is_with_the_others(name: str, text: str) -> None:
    alone, parsed = _calls(name, text), _calls(name, text)
    for call in parsed:
        call.body.parse_all()
        call.body.attributes()
    assert [one.body.literal_string("source") for one in alone] == [
        one.body.literal_string("source") for one in parsed
    ]


def _calls(name: str, text: str) -> Sequence[Block]:
    return _body(name, text).blocks("module", 1)


def _body(name: str, text: str) -> Body:
    path = os.path.join(os.path.realpath(os.sep), name)
    body = file_body(path, Folders(os.path.dirname(path), {path: text.encode()}))
    assert body is not None
    return body
