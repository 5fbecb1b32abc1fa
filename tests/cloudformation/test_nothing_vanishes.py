"""Random trees of templates: every cache block that a plain count finds is found, absent or an error.

The count knows nothing of CloudFormation: every cache has a name of its own, `Cache7`, at the beginning of
a line, and what only quotes one calls it otherwise.
"""

import json
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from cloudformation.conftest import Accounts, AccountsOf

CACHE_TYPES = (
    "AWS::ElastiCache::CacheCluster",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::ElastiCache::ServerlessCache",
)
COUNTED = re.compile(r'^ *"?Cache[0-9]+(?:\$\{Item\})?"?:', re.MULTILINE)

Block = tuple[str, int]
"""A file and the line of a cache's name."""


@dataclass(frozen=True)
class Parameter:
    default: str | None
    allowed: tuple[str, ...]

    @property
    def body(self) -> dict[str, object]:
        default = {} if self.default is None else {"Default": self.default}
        allowed = {"AllowedValues": list(self.allowed)} if self.allowed else {}
        return {"Type": "String", **default, **allowed}


@dataclass(frozen=True)
class Condition:
    """`Fn::Equals` of a parameter (None: of a text that no other is equal to), perhaps negated."""

    parameter: int | None
    text: str
    is_negated: bool

    @property
    def body(self) -> dict[str, object]:
        one = "a" if self.parameter is None else {"Ref": f"P{self.parameter}"}
        equals: dict[str, object] = {"Fn::Equals": [one, self.text]}
        return {"Fn::Not": [equals]} if self.is_negated else equals

    def holds(self, parameters: Sequence[Parameter]) -> bool | None:
        """Whether it holds in a template that no other nests; None where it may."""
        value = "a" if self.parameter is None else parameters[self.parameter].default
        if value is None:
            allowed = parameters[self.parameter or 0].allowed
            if not allowed:
                return None
            answers = {(one == self.text) is not self.is_negated for one in allowed}
            return answers.pop() if len(answers) == 1 else None
        return (value == self.text) is not self.is_negated


@dataclass(frozen=True)
class Cache:
    kind: str
    condition: int | None
    items: tuple[str, ...] | None
    """Of the loop around it; None where there is none."""

    is_replaced: bool
    """A second resource of its name follows."""


@dataclass(frozen=True)
class Nested:
    template: int
    condition: int | None
    has_surplus: bool
    """It passes a parameter that the child does not have, which CloudFormation rejects."""


@dataclass(frozen=True)
class Generated:
    parameters: tuple[Parameter, ...]
    conditions: tuple[Condition, ...]
    caches: tuple[Cache, ...]
    nested: tuple[Nested, ...]
    is_json: bool
    is_broken: bool
    section: str
    """What the section of the resources is called, which may be misspelt."""


@st.composite
def templates(draw: st.DrawFn, count: int) -> Generated:
    values = st.sampled_from(("a", "b", "c"))
    parameters = draw(
        st.lists(
            st.builds(
                Parameter,
                st.sampled_from(("a", "b", None)),
                st.sampled_from(((), (), ("a", "b"), ("a", "b", "c"))),
            ),
            min_size=1,
            max_size=3,
        )
    )
    some_parameter = st.one_of(st.none(), st.integers(0, len(parameters) - 1))
    conditions = draw(
        st.lists(st.builds(Condition, some_parameter, values, st.booleans()), max_size=3)
    )
    some_condition = (
        st.one_of(st.none(), st.integers(0, len(conditions) - 1)) if conditions else st.none()
    )
    loops = st.sampled_from((None, None, (), ("x",), ("x", "y")))
    rarely = st.sampled_from((False,) * 7 + (True,))
    caches = st.builds(Cache, st.sampled_from(CACHE_TYPES), some_condition, loops, rarely)
    nested = st.builds(Nested, st.integers(0, count - 1), some_condition, rarely)
    return Generated(
        tuple(parameters),
        tuple(conditions),
        tuple(draw(st.lists(caches, max_size=4))),
        tuple(draw(st.lists(nested, max_size=3))),
        draw(st.booleans()),
        draw(rarely),
        draw(st.sampled_from(("Resources",) * 7 + ("Resource",))),
    )


trees = st.integers(1, 5).flatmap(
    lambda count: st.lists(templates(count), min_size=count, max_size=count)
)


def name_of(number: int, template: Generated) -> str:
    return f"t{number}.json" if template.is_json else f"t{number}.yaml"


def entries(number: int, tree: Sequence[Generated]) -> Iterator[tuple[str, object]]:
    """Yield a template's resources; a name may be there twice."""
    template = tree[number]
    for index, cache in enumerate(template.caches):
        conditional = {} if cache.condition is None else {"Condition": f"C{cache.condition}"}
        body = {"Type": cache.kind, **conditional}
        name = f"Cache{number}{index}"
        if cache.items is None:
            yield name, body
        else:
            loop = {f"{name}${{Item}}": {**body, "DeletionPolicy": "Retain"}}
            yield f"Fn::ForEach::Loop{index}", ["Item", list(cache.items), loop]
        if cache.is_replaced and cache.items is None:
            yield name, {"Type": cache.kind}
    for index, nested in enumerate(template.nested):
        conditional = {} if nested.condition is None else {"Condition": f"C{nested.condition}"}
        passed = {f"P{position}": "b" for position in range(len(tree[nested.template].parameters))}
        surplus = {"Surplus": "1"} if nested.has_surplus else {}
        properties = {
            "TemplateURL": name_of(nested.template, tree[nested.template]),
            "Parameters": {**passed, **surplus},
        }
        kind = "AWS::CloudFormation::Stack"
        yield f"Stack{index}", {"Type": kind, **conditional, "Properties": properties}
    yield "Topic", {"Type": "AWS::SNS::Topic"}


def text_of(number: int, tree: Sequence[Generated]) -> str:
    template = tree[number]
    sections: list[tuple[str, list[tuple[str, object]]]] = [
        ("Parameters", [(f"P{n}", one.body) for n, one in enumerate(template.parameters)]),
        ("Conditions", [(f"C{n}", one.body) for n, one in enumerate(template.conditions)]),
        ("Metadata", [("Quoted1", {"Type": CACHE_TYPES[0]})]),
        (template.section, [*entries(number, tree)]),
    ]
    comment = "" if template.is_json else f"# Quoted2: {{Type: {CACHE_TYPES[1]}}}\n"
    lines = []
    for section, members in sections:
        inner = ",\n".join(
            f"  {json.dumps(name)}: {json.dumps(body, indent=2)}" for name, body in members
        )
        lines.append(f"{json.dumps(section)}: {{\n{comment}{inner}\n}}")
    head = '"AWSTemplateFormatVersion": "2010-09-09",\n"Transform": "AWS::LanguageExtensions",\n'
    end = ",\n" if template.is_broken else "}\n"
    return "{" + comment.replace("# ", "\n# ") + head + ",\n".join(lines) + end


def counted(folder: Path) -> set[Block]:
    """Count the caches by their names alone."""
    return {
        (path.name, text.count("\n", 0, match.end()) + 1)
        for path in folder.glob("t*")
        for text in [path.read_text("utf-8")]
        for match in COUNTED.finditer(text)
    }


def accounted(
    accounts: "Accounts", blocks: set[Block]
) -> tuple[set[Block], set[Block], set[Block]]:
    """Return the blocks that are found, absent, and errors; an error of a whole file is one of each."""
    found = {(one.path, one.line or 0) for one in accounts.created_blocks if one is not None}
    absent = {
        (one.location.path, one.location.line or 0)
        for one in accounts.absent
        if one.type in CACHE_TYPES
    }
    errors = [one for one in accounts.diagnostics if one.severity.value == "error"]
    broken = {one.location.path for one in errors if re.search("not valid|Invalid", one.message)}
    strays = {
        (one.location.path, one.location.line or 0)
        for one in errors
        if one.message.startswith("not evaluated: ")
    }
    return found, absent, strays | {one for one in blocks if one[0] in broken}


@settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(tree=trees)
def test_every_cache_block_of_a_tree_is_found_absent_or_an_error(
    tree: list[Generated], accounts_of: "AccountsOf"
) -> None:
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        folder = Path(name)
        (folder / ".git").mkdir()
        for number, template in enumerate(tree):
            (folder / name_of(number, template)).write_text(text_of(number, tree), "utf-8")
        patch.chdir(folder)
        blocks = counted(folder)
        accounts = accounts_of((), ".")

    found, absent, errors = accounted(accounts, blocks)

    assert found | absent | errors == blocks
    assert not found & absent
    assert not (found | absent) & errors
    assert accounts.unaccounted == []
    assert len({one.location for one in accounts.absent}) == len(accounts.absent)
    for number, template in enumerate(tree):
        is_nested = any(one.template == number for other in tree for one in other.nested)
        is_file_content = not template.is_broken and template.section == "Resources"
        if is_file_content and not is_nested:
            found_here = {line for path, line in found if path == name_of(number, template)}
            assert len(found_here) == sum(
                may_exist(cache, template) for cache in template.caches
            ), text_of(number, tree)


def may_exist(cache: Cache, template: Generated) -> bool:
    """Whether a cache of a template that no other nests is created, by a second opinion."""
    if cache.is_replaced and cache.items is None:
        return True  # the one that replaces it has no condition
    if cache.items == ():
        return False
    if cache.condition is None:
        return True
    return template.conditions[cache.condition].holds(template.parameters) is not False
