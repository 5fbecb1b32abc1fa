"""What a file holds, and what a sensitive variable is set to, is in no message, trace or excerpt."""

from collections.abc import Callable

import pytest
from configuration_inputs import cache
from measuring import Measured

from ecbackup_iac.reporters import REPORTERS

Judge = Callable[..., Measured]

WORD = "hunter2secret"
VARIABLE = 'variable "s" {\n  sensitive = true\n}\n'
NUMBER = "4711"  # a retention that AWS refuses, and a message would show

# Where the secret goes → the configuration.
USES = {
    "the retention": cache("var.s", VARIABLE),
    "the retention, as a number": cache(
        "tonumber(var.n)", 'variable "n" {\n  sensitive = true\n}\n'
    ),
    "a sum": cache("var.n + 1", 'variable "n" {\n  sensitive = true\n  type = number\n}\n'),
    "a text around it": cache('"x${var.s}y"', VARIABLE),
    "a local": cache("local.l", VARIABLE + "locals {\n  l = upper(lower(var.s))\n}\n"),
    "the engine": cache("7", VARIABLE).replace('"redis"', "var.s"),
    "the node type": cache("0", VARIABLE).replace("engine", "node_type = var.s\n  engine"),
    "the window": cache("0", VARIABLE).replace("engine", "snapshot_window = var.s\n  engine"),
    "a key": cache("{ a = 7 }[var.s]", VARIABLE),
    "a map's key": cache("{ (var.s) = 7 }.x", VARIABLE),
    "a duplicate key": cache('{ for x in ["a", "b"] : var.s => x }', VARIABLE),
    "a condition": cache('var.s == "x" ? 0 : tonumber(var.s)', VARIABLE),
    "a function that refuses it": cache("parseint(var.s, 10)", VARIABLE),
    "a pattern": cache('length(regex("[", var.s)) + length(regex(var.s, "x"))', VARIABLE),
    "a file's name": cache("length(file(var.s))", VARIABLE),
    "an index": cache("[7][var.s]", VARIABLE),
    "a for_each": cache("7", VARIABLE).replace("engine", "for_each = toset([var.s])\n  engine"),
    "a count": cache("7", VARIABLE).replace("engine", "count = var.s\n  engine"),
    "an error message": cache(
        "var.s",
        (
            'variable "s" {\n  sensitive = true\n  validation {\n    condition = var.s == "x"\n'
            '    error_message = "not ${var.s}"\n  }\n}\n'
        ),
    ),
    "a precondition": cache("7", VARIABLE).replace(
        "engine",
        (
            'lifecycle {\n    precondition {\n      condition = var.s == "x"\n'
            '      error_message = "not ${var.s}"\n    }\n  }\n  engine'
        ),
    ),
    "sensitive()": cache(
        "sensitive(local.l)", 'locals {\n  l = var.t\n}\nvariable "t" {\n  sensitive = true\n}\n'
    ),
    "a type it is not of": cache(
        "7 + length(var.l)", 'variable "l" {\n  sensitive = true\n  type = list(number)\n}\n'
    ),
    "JSON": cache("jsondecode(var.s).x", VARIABLE),
    "base64": cache("length(base64decode(var.s))", VARIABLE),
}

GIVEN = (
    "--var",
    f"s={WORD}",
    "--var",
    f"n={NUMBER}",
    "--var",
    f"t={WORD}",
    "--var",
    f'l=["{WORD}"]',
)

OF_FILES = {
    "JSON that is none": cache('jsondecode(file("s.txt"))'),
    "YAML that is none": cache('yamldecode("a: [${file("s.txt")}")'),
    "a date that is none": cache('timeadd(file("s.txt"), "1h")'),
    "a condition": cache('tonumber(file("s.txt")) > 1 ? 0 : 7'),
}


@pytest.mark.parametrize("use", USES)
def test_a_sensitive_variable_is_in_no_format(use: str, judge_files: Judge) -> None:
    formats = [word for name in REPORTERS for word in ("--format", f"{name}:report.{name}")]
    done = judge_files({"main.tf": USES[use]}, *GIVEN, "-v", "--format", "text", *formats)
    assert done.status in (0, 1, 3), done.text
    assert WORD not in done.text.lower()
    assert NUMBER not in done.text
    for name, report in done.written.items():
        assert WORD not in report.lower(), name
        assert f"{NUMBER}" not in report, name


@pytest.mark.parametrize("use", OF_FILES)
def test_the_content_of_a_file_is_in_no_format(use: str, judge_files: Judge) -> None:
    formats = [word for name in REPORTERS for word in ("--format", f"{name}:report.{name}")]
    files = {"main.tf": OF_FILES[use], "s.txt": WORD}
    done = judge_files(files, "-v", "--format", "text", *formats)
    assert done.status in (0, 1, 3), done.text
    assert WORD not in done.text.lower()
    for name, report in done.written.items():
        assert WORD not in report.lower(), name


@pytest.mark.parametrize(
    "path",
    [".git/config", "./x/../.git/config", "${path.module}/.git/config", "link", "folder/config"],
)
def test_no_function_reads_what_a_checkout_leaves_in_git(path: str, judge_files: Judge) -> None:
    files = {"main.tf": cache(f'file("{path}")'), ".git/config": WORD}
    done = judge_files(files, links={"link": ".git/config", "folder": ".git"})
    assert "is git's own, and may hold a password" in done.text
    assert WORD not in done.text


def test_fileset_lists_nothing_of_git(judge_files: Judge) -> None:
    files = {"main.tf": cache('7 + length(fileset(".", "**/conf*"))'), ".git/config": WORD}
    assert "1 cache: 1 passes" in judge_files(files).text
