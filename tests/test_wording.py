"""What people read is in plain English: none of it has a word that was this program's own jargon.

For users these are the strings of the package, the help of its commands, the facts of `explain`, the action
and the hooks; for developers the docstrings and comments.
"""

import ast
import re
import tokenize
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "ecbackup_iac"

# What an engineer would not write → what to write instead.
PLAIN = {
    r"judg(e[sd]?|ing|ement)": "check, evaluate",
    r"told|tells?": "reports, shows",
    r"stands?(?!-)|stood(?!-)": "is, is written",
    r"ask(s|ed)? for|asked of": "requires, exceeds",
    r"mend(s|ed|ing)?": "fix",
    r"lets? go|what comes of it|put together|put up with": "another verb",
    r"undecided|cannot be decided": "unknown",
    r"refus(es?|ed|al)": "rejects",
    r"settle[sd]?": "decides",
    r"lies?|lying": "is",
    r"passed over": "ignored, skipped",
    r"made up|makes? up|make of|takes? no|keeps? no|names? no|wants? no": "does not ...",
    r"alone": "only",
    r"anew|of itself|by itself": "again, on its own",
    r"gravest": "most severe",
    r"(no|some|any|every)body": "no one, someone",
    r"(?<!there )(is|are|was|were) none": "is not one",
    r"(?<!there )(is|are|was|were) no (?!longer\b|more\b|such\b)[a-z]+": "is not a ...",
    r"in (the )?place of": "instead of",
    r"to be had|clear of|what is meant|as (it|they) (is|are) written": "another phrase",
    r"(the|a|not) whole(?! number)": "complete",
    r"worked out|work(s)? out": "evaluated",
    r"misshapen": "malformed",
    r"leads? (nowhere|to itself)": "refers to itself",
    r"does not count|no longer counts?": "has no effect",
    r"a text\b|no text\b|neither a text|texts": "a string",
    r"behind": "after",
    r"(too|nests|nest) deeply to be followed|nests? too deeply": "is nested too deeply",
    r"holds?": "contains",
    r"no root that was|no template that was": "no evaluated ...",
}


def pattern_of(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(rf"\b(?:{word})(?!\w)" for word in words), re.IGNORECASE)


DIALECT = pattern_of(PLAIN)

# In code, a text is what a file contains, and the whole of something is not a part of it.
FOR_USERS_ONLY = {r"a text\b|no text\b|neither a text|texts", r"(the|a|not) whole(?! number)"}
DIALECT_IN_CODE = pattern_of(PLAIN.keys() - FOR_USERS_ONLY)

# Phrases with such a word that are right all the same, each with its reason.
RIGHT = {"AWS takes no automatic backups": "it is backups that are taken"}


def test_the_words_are_found_and_their_neighbours_are_not() -> None:
    for text in ("the file was judged", "it is no map", "it stands alone", "what is refused"):
        assert DIALECT.search(text), text
    for text in ("the stand-in", "there is no file", "a whole number", "is no longer available"):
        assert not DIALECT.search(text), text


def strings(tree: ast.AST) -> Iterator[str]:
    """Give the strings of a module but for docstrings and types, an f-string as one with gaps."""
    skipped = {
        id(inner)
        for node in ast.walk(tree)
        for outer in (
            [node.value] if isinstance(node, ast.Expr) else [],
            [node.annotation] if isinstance(node, ast.arg | ast.AnnAssign) else [],
            [node.returns] if isinstance(node, ast.FunctionDef) else [],
            node.values if isinstance(node, ast.JoinedStr) else [],
        )
        for part in outer
        if part is not None and not isinstance(part, ast.Call | ast.FormattedValue)
        for inner in ast.walk(part)
    }
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.JoinedStr):
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def helps(tree: ast.AST) -> Iterator[str]:
    """Give the docstrings of click's commands, which are their help."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any(
            "command" in ast.unparse(one) or "group" in ast.unparse(one)
            for one in node.decorator_list
        ):
            yield ast.get_docstring(node) or ""


def values(node: object) -> Iterator[str]:
    """Give the strings in decoded TOML or YAML."""
    match node:
        case str():
            yield node
        case dict():
            for value in node.values():
                yield from values(value)
        case list():
            for value in node:
                yield from values(value)
        case _:
            pass


@cache
def texts() -> tuple[tuple[str, str], ...]:
    return tuple(found_texts())


def found_texts() -> Iterator[tuple[str, str]]:
    """Give everything that a user may read, with the file that it is in."""
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        for text in (*strings(tree), *helps(tree)):
            if " " in text.strip():
                yield path.relative_to(ROOT).as_posix(), text
    for path in sorted(PACKAGE.rglob("*.toml")):
        for text in values(tomllib.loads(path.read_text("utf-8"))):
            yield path.relative_to(ROOT).as_posix(), text
    for path in (ROOT / "action.yml", ROOT / ".pre-commit-hooks.yaml"):
        for text in values(yaml.safe_load(path.read_text("utf-8"))):
            if "\n" not in text.strip():  # not a script
                yield path.name, text


def faults() -> Iterator[str]:
    """Give the texts with a word of the old dialect."""
    for file, text in texts():
        rest = text
        for phrase in RIGHT:
            rest = rest.replace(phrase, "")
        for found in DIALECT.finditer(rest):
            yield f"{file}: {found[0]!r} in {text.strip()!r}"


def test_every_kind_of_text_is_covered() -> None:
    files = {file for file, _ in texts()}
    assert {"action.yml", ".pre-commit-hooks.yaml", "ecbackup_iac/control/control.toml"} <= files
    assert any(text.startswith("Check every cache under PATH") for _, text in texts())
    assert any(text.startswith("CloudFormation rejects the template") for _, text in texts())


def test_no_text_for_users_has_a_word_of_the_old_dialect() -> None:
    assert list(faults()) == []


@pytest.mark.parametrize("phrase", RIGHT)
def test_every_exception_is_needed(phrase: str) -> None:
    assert DIALECT.search(phrase)
    assert any(phrase in text for _, text in texts())


def prose_of(path: Path) -> Iterator[tuple[int, str]]:
    """Give the docstrings and comments of a module with their lines, without the code that they quote."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.lineno, without_code(str(node.value.value))
    with path.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], without_code(token.string)


def without_code(text: str) -> str:
    return re.sub(r"`[^`]*`|\bNone\b", "``", text)


def test_code_in_docstrings_and_comments_is_not_prose(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(
        '"""Return what `told` is; it is None."""\n\nSTOOD = 1  # undecided\n', "utf-8"
    )
    (_, docstring), (line, comment) = prose_of(module)
    assert not DIALECT_IN_CODE.search(docstring)
    assert (line, DIALECT_IN_CODE.search(comment) is not None) == (3, True)


def test_no_docstring_or_comment_has_a_word_of_the_old_dialect() -> None:
    assert PLAIN.keys() >= FOR_USERS_ONLY
    jargon = [
        f"{path.relative_to(ROOT)}:{line}: {found[0]!r} in {text!r}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for line, text in prose_of(path)
        for found in DIALECT_IN_CODE.finditer(text)
    ]
    assert jargon == []
