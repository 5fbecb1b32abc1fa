"""What a file holds, and what a sensitive variable is set to, is in no message, trace or excerpt."""

import json
from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

import pytest
from configuration_inputs import cache
from measuring import Measured

from ecbackup_iac.reporters import REPORTERS
from ecbackup_iac.terraform.evaluation.evaluator import Evaluator
from ecbackup_iac.terraform.functions import FUNCTIONS
from ecbackup_iac.terraform.functions.call_context import EmptyScope
from ecbackup_iac.terraform.functions.calling import call_function
from ecbackup_iac.terraform.functions.signature import Function
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.value import (
    Privacy,
    Value,
    null,
    number,
    object_value,
    string,
    tuple_value,
)

pytestmark = pytest.mark.extended

Checker = Callable[..., Measured]

WORD = "hunter2secret"
VARIABLE = 'variable "s" {\n  sensitive = true\n}\n'
LIST = 'variable "l" {\n  sensitive = true\n}\n'
NUMBER = "4711"  # a retention that AWS rejects, and a message would show

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
    "the engine, in a list": cache("7", VARIABLE).replace('"redis"', "[var.s]"),
    "the node type": cache("0", VARIABLE).replace("engine", "node_type = var.s\n  engine"),
    "the node type, in a map": cache("0", VARIABLE).replace(
        "engine", "node_type = { a = var.s }\n  engine"
    ),
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
    "a loop": cache("[for x in jsondecode(var.l) : parseint(x, 10)][0]", LIST),
    "a loop's condition": cache(
        "[for x in jsondecode(var.l) : var.x == x ? 0 : 7][0]",
        LIST + 'variable "x" {\n  type = string\n}\n',
    ),
    "a directive": cache('"%{ for x in jsondecode(var.l) }${x}%{ endfor }"', LIST),
    "a key of an object": cache("keys({ (var.s) = 7 })[0]", VARIABLE),
    "a branch in a text": cache(
        '"a${var.x ? var.s : "b"}"', VARIABLE + 'variable "x" {\n  type = bool\n}\n'
    ),
    "a set": cache('[for x in toset(["a", var.s, "a"]) : x][1]', VARIABLE),
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
    "an anchor that is none": cache('yamldecode("*${file("s.txt")}")'),
    "a tag that is none": cache('yamldecode("!${file("s.txt")} 1")'),
    "a date that is none": cache('timeadd(file("s.txt"), "1h")'),
    "a span that is none": cache('timeadd("2024-01-01T00:00:00Z", file("s.txt"))'),
    "a condition": cache('tonumber(file("s.txt")) > 1 ? 0 : 7'),
    "the retention": cache('file("s.txt")'),
    "the retention, trimmed": cache('trimspace(lower(file("s.txt")))'),
    "the retention, with a text around it": cache('"a${file("s.txt")}b"'),
    "the retention, out of a base64 text": cache('base64decode(filebase64("s.txt"))'),
    "the retention, out of JSON": cache('jsondecode(file("s.json")).inner[0].word'),
    "the retention, out of YAML": cache('yamldecode(file("s.json"))["inner"][0]["word"]'),
    "the retention, through a loop": cache('[for w in split("-", file("s.txt")) : w][0]'),
    "the retention, as a loop's key": cache('keys({ for w in [file("s.txt")] : w => 7 })[0]'),
    "the retention, as a key": cache('keys({ (file("s.txt")) = 7 })[0]'),
    "the retention, through a splat": cache('jsondecode(file("s.json")).inner[*].word'),
    "the retention, expanded": cache('coalesce(split("-", file("s.txt"))...)'),
    "the retention, through each": cache("each.value.word").replace(
        "engine", 'for_each = { for i, x in jsondecode(file("s.json")).inner : i => x }\n  engine'
    ),
    "the retention, or another": cache(
        'var.x ? file("s.txt") : "7"', 'variable "x" {\n  type = bool\n}\n'
    ),
    "the retention, tried": cache(
        'try(var.x.y, file("s.txt"))', 'variable "x" {\n  type = any\n}\n'
    ),
    "a list of texts and numbers": cache('[7, file("s.txt")]'),
    "the engine": cache("7").replace('"redis"', 'file("s.txt")'),
    "the engine, in a list": cache("7").replace('"redis"', '[file("s.txt")]'),
    "the engine of a group": cache("0")
    .replace('"redis"', 'file("s.txt")')
    .replace("_cluster", "_replication_group"),
    "the node type": cache("0").replace("engine", 'node_type = file("s.txt")\n  engine'),
    "the window": cache("7").replace("engine", 'snapshot_window = file("s.txt")\n  engine'),
    "the group": cache("7").replace('engine = "redis"', 'replication_group_id = file("s.txt")'),
    "a condition's text": cache(
        '[for w in [file("s.txt")] : var.x == w ? 0 : 7][0]',
        'variable "x" {\n  type = string\n}\n',
    ),
    "values that a validation allows": cache(
        "{ a = 7 }[var.x] + (var.x == 0 ? 0 : length(var.x))",
        (
            'variable "x" {\n  type = string\n  validation {\n'
            '    condition = contains(split("-", file("s.txt")), var.x)\n'
            '    error_message = "no"\n  }\n}\n'
        ),
    ),
    "an error message": cache(
        "var.x",
        (
            'variable "x" {\n  default = 1\n  validation {\n    condition = var.x > 1\n'
            '    error_message = "not ${file("s.txt")}"\n  }\n}\n'
        ),
    ),
    "a key of a map of numbers": cache(
        "length(var.x)", 'variable "x" {\n  type = map(number)\n}\n'
    ).replace("var.x", 'tomap({ (file("s.txt")) = 7, b = [] })'),
    "a type it is not of": cache('7 + file("s.txt")'),
    "a duplicate key": cache('{ for x in ["a", "b"] : file("s.txt") => x }'),
    "parseint": cache('parseint(file("s.txt"), 10)'),
    "parseint in a loop": cache('[for w in split("-", file("s.txt")) : parseint(w, 10)][0]'),
    "parseint of a part": cache('parseint(jsondecode(file("s.json")).inner[0].word, 10)'),
    "cidrhost": cache('cidrhost(file("s.txt"), 1)'),
    "an index": cache('{ a = 7 }[file("s.txt")]'),
    "a place": cache('[7][file("s.txt")]'),
    "lookup": cache('lookup({ a = 7 }, file("s.txt"))'),
    "a format": cache('format("%d", file("s.txt"))'),
    "a pattern": cache('length(regex("[${file("s.txt")}", "x"))'),
    "a character set": cache('length(textencodebase64("x", file("s.txt")))'),
    "a file's name": cache('length(file(file("s.txt")))'),
    "a template's name": cache('length(templatefile(file("s.txt"), {}))'),
    "a template": cache('templatefile("s.txt", {})'),
    "a template's parts": cache('templatefile("parts.tpl", { x = 1 })'),
    "a template's variable": cache('templatefile("variable.tpl", {})'),
    "a template's function": cache('templatefile("function.tpl", {})'),
    "a template's attribute": cache('templatefile("attribute.tpl", { x = {} })'),
    "a template's refusal": cache('templatefile("refusal.tpl", {})'),
    "a template's trace": cache('templatefile("trace.tpl", {}).days.more'),
    "a template's condition": cache(
        'templatefile("condition.tpl", { x = var.x })', 'variable "x" {\n  type = string\n}\n'
    ),
    "a template's loop": cache(
        'templatefile("loop.tpl", { x = var.x })', 'variable "x" {\n  type = string\n}\n'
    ),
    "a template's loop over a map": cache(
        'templatefile("map.tpl", { x = var.x })', 'variable "x" {\n  type = string\n}\n'
    ),
    "a template of a name that a file holds": cache('templatefile(file("name.txt"), {})'),
    "a directive": cache('"%{ for w in split("-", file("s.txt")) }${w}%{ endfor }"'),
    "a template that is no template": cache('templatefile("broken.tpl", {})'),
    "a text that is a template": cache('templatestring(file("variable.tpl"), {})'),
    "a count": cache("7").replace("engine", 'count = file("s.txt")\n  engine'),
    "the keys of a map": cache(
        'jsondecode(file("keys.json"))[var.x]', 'variable "x" {\n  type = string\n}\n'
    ),
    "the keys of a lookup": cache(
        'lookup({ for w in split("-", file("s.txt")) : w => 0 }, var.x, 7)',
        'variable "x" {\n  type = string\n}\n',
    ),
}

FILES = {
    "s.txt": WORD,
    "keys.json": f'{{"{WORD}": 0, "b": 7}}',
    "s.json": f'{{"inner": [{{"word": "{WORD}"}}]}}',
    "parts.tpl": f"{WORD}${{x}}",
    "variable.tpl": f"${{{WORD}}}",
    "function.tpl": f"${{{WORD}(1)}}",
    "attribute.tpl": f"${{x.{WORD}}}",
    "refusal.tpl": f'${{parseint("{WORD}", 10)}}',
    "trace.tpl": f"${{{{ {WORD} = 1, days = {{ more = 0 }} }}}}",
    "condition.tpl": f'${{x == "{WORD}" ? 0 : 7}}',
    "loop.tpl": f'%{{ for w in ["{WORD}"] }}${{w == x ? 0 : 7}}%{{ endfor }}',
    "broken.tpl": f"${{{WORD} {WORD}",
    "map.tpl": f"${{{{ {WORD} = 0, b = 7 }}[x]}}",
    "name.txt": f"{WORD}.tpl",
    f"{WORD}.tpl": "${x + }",
}


@pytest.mark.parametrize("use", USES)
def test_a_sensitive_variable_is_in_no_format(use: str, check_files: Checker) -> None:
    formats = [word for name in REPORTERS for word in ("--format", f"{name}:report.{name}")]
    result = check_files({"main.tf": USES[use]}, *GIVEN, "-v", "--format", "text", *formats)
    assert result.status in (0, 1, 3), result.text
    assert WORD not in result.text.lower()
    assert NUMBER not in result.text
    for name, report in result.written.items():
        assert WORD not in report.lower(), name
        assert f"{NUMBER}" not in report, name


@pytest.mark.parametrize("use", OF_FILES)
def test_the_content_of_a_file_is_in_no_format(use: str, check_files: Checker) -> None:
    formats = [word for name in REPORTERS for word in ("--format", f"{name}:report.{name}")]
    files = {"main.tf": OF_FILES[use], **FILES}
    result = check_files(files, "-v", "--format", "text", *formats)
    assert result.status in (0, 1, 3), result.text
    assert WORD not in result.text.lower()
    for name, report in result.written.items():
        assert WORD not in report.lower(), name


def reported(check_files: Checker, configuration: str, **files: str) -> dict[str, Any]:
    """Check a configuration and its files; give the JSON report."""
    named = {name.replace("_", "."): text for name, text in files.items()}
    result = check_files({"main.tf": configuration, **named}, "--format", "json:report.json")
    report: dict[str, Any] = json.loads(result.written["report.json"])
    return report


@pytest.mark.parametrize("days", ["7", "0", "35", "60", "-1"])
def test_days_read_from_a_file_count_and_are_shown(days: str, check_files: Checker) -> None:
    of_yaml = cache('yamldecode(file("x.yaml")).caches["main"].days')
    report = reported(check_files, of_yaml, x_yaml=f"caches:\n  main: {{days: {days}}}\n")
    assert report["findings"][0]["retention"]["days"] == int(days)


@pytest.mark.parametrize("number", ["123456789012", "4711", "3.14159"])
def test_a_long_number_read_from_a_file_is_invalid_and_hidden(
    number: str, check_files: Checker
) -> None:
    (finding,) = reported(check_files, cache('file("x.txt")'), x_txt=number)["findings"]
    assert finding["rule"] == "ECB003"
    assert "(hidden 1)" in finding["message"]
    assert number not in str(finding)


BOUNDS = {
    '>= tonumber(file("n.txt"))': (NUMBER, "999"),
    '< tonumber(file("n.txt"))': (f"-{NUMBER}", "-999"),
    '> tonumber(file("n.txt"))': ("35", "36"),
    '<= tonumber(file("n.txt"))': ("0", "0"),
}
"""A validation's condition → what its file holds, and the bound that is reported."""


@pytest.mark.parametrize("condition", BOUNDS)
def test_a_bound_read_from_a_file_is_shown_up_to_the_maximum_of_days(
    condition: str, check_files: Checker
) -> None:
    held, reported = BOUNDS[condition]
    variable = (
        'variable "x" {\n  type = number\n  validation {\n'
        f'    condition     = var.x {condition}\n    error_message = "no"\n  }}\n}}\n'
    )
    result = check_files({"main.tf": cache("var.x", variable), "n.txt": held}, "-v")
    assert f"snapshot_retention_limit is {reported}" in result.text
    assert NUMBER not in result.text
    assert result.status == 1


def test_an_engine_and_a_node_type_that_a_file_contains_are_shown(check_files: Checker) -> None:
    configuration = cache("7").replace(
        'engine = "redis"',
        'engine    = yamldecode(file("x.yaml")).engine\n'
        '  node_type = yamldecode(file("x.yaml")).node\n',
    )
    text = "engine: valkey\nnode: cache.t4g.small\n"
    (finding,) = reported(check_files, configuration, x_yaml=text)["findings"]
    assert finding["resource"]["engine"] == "valkey"
    assert finding["resource"]["node_type"] == "cache.t4g.small"


def test_a_node_type_in_a_file_that_does_not_exist_is_not_shown(check_files: Checker) -> None:
    configuration = cache("7").replace("engine", 'node_type = file("x.txt")\n  engine')
    (finding,) = reported(check_files, configuration, x_txt=WORD)["findings"]
    assert finding["resource"]["node_type"] == "(hidden 1)"


def test_keys_read_from_a_file_are_in_addresses(check_files: Checker) -> None:
    configuration = cache("each.value").replace(
        "engine", 'for_each = jsondecode(file("x.json"))\n  engine'
    )
    findings = reported(check_files, configuration, x_json='{"a": 7, "b": 0}')["findings"]
    found = [(one["resource"]["address"], one["status"]) for one in findings]
    name = "aws_elasticache_cluster.cache"
    assert found == [(f'{name}["a"]', "pass"), (f'{name}["b"]', "fail")]


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ('parseint(file("x.txt"), 10)', "cannot parse it as a base 10 integer"),
        ('cidrhost(file("x.txt"), 1)', "invalid CIDR expression: invalid CIDR address"),
        ('{ a = 7 }[file("x.txt")]', "Invalid index: no element with that key"),
        (
            'yamldecode("a: [${file("x.txt")}")',
            "on line 2, column 1: did not find expected ',' or ']'",
        ),
    ],
)
def test_an_error_does_not_show_the_content_of_a_file(
    expression: str, words: str, check_files: Checker
) -> None:
    (diagnostic, *_) = reported(check_files, cache(expression), x_txt=WORD)["diagnostics"]
    assert words in diagnostic["message"]


NUMBERS = [number(3), number(-1), number(99)]
TEXTS = [string("x"), string("10.0.0.0/8"), string("2024-01-01T00:00:00Z"), string("%d %z")]
READ_TEXTS = [
    string(text).with_marks(is_sensitive=False, privacy=Privacy.OUTSIDE)
    for text in (
        WORD,
        f"{WORD}/8",
        f"[{WORD}",
        f"*{WORD}",
        f"%{WORD}",
        f"!{WORD} 1",
        f"${{{WORD}}}",
    )
]
HOLDING_THEM = [
    tuple_value([READ_TEXTS[0], READ_TEXTS[0]]),
    object_value({"a": READ_TEXTS[0], "b": number(1)}),
    object_value({WORD: number(1)}).with_marks(is_sensitive=False, privacy=Privacy.OUTSIDE),
    object_value({WORD: tuple_value([])}).with_marks(is_sensitive=False, privacy=Privacy.OUTSIDE),
]
FILLERS = [*NUMBERS, *TEXTS, tuple_value([string("a"), number(1)]), object_value({"a": null()})]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_no_function_error_shows_the_content_of_a_file(name: str) -> None:
    function = FUNCTIONS[name]
    for count in (1, 2, 3):
        for place in range(count):
            choices = [FILLERS] * count
            choices[place] = [*READ_TEXTS, *HOLDING_THEM]
            for arguments in product(*choices):
                assert WORD not in refusal(function, arguments)


def refusal(function: Function, arguments: Sequence[Value]) -> str:
    """Give what a function says of arguments that it rejects, or does not evaluate."""
    try:
        result = call_function(function, arguments, Evaluator(EmptyScope()))
    except EvaluationError as error:
        return error.message
    return "" if result.is_known else result.unknown.why


@pytest.mark.parametrize(
    "path",
    [".git/config", "./x/../.git/config", "${path.module}/.git/config", "link", "folder/config"],
)
def test_no_function_reads_what_a_checkout_leaves_in_git(path: str, check_files: Checker) -> None:
    files = {"main.tf": cache(f'file("{path}")'), ".git/config": WORD}
    result = check_files(files, links={"link": ".git/config", "folder": ".git"})
    assert "belongs to git, and may contain a password" in result.text
    assert WORD not in result.text


def test_fileset_lists_nothing_of_git(check_files: Checker) -> None:
    # Terraform lists it, wherever that runs; what it lists is not known here.
    for pattern in ("**/conf*", ".git/*", ".g*/**"):
        files = {"main.tf": cache(f'7 + length(fileset(".", "{pattern}"))'), ".git/config": WORD}
        assert "1 cache: 1 unknown" in check_files(files).text
    files = {"main.tf": cache('7 + length(fileset(".", "**/*.yaml"))'), ".git/config": WORD}
    assert "1 cache: 1 passed" in check_files(files).text


@pytest.mark.parametrize("marks", [True, {"snapshot_retention_limit": True}])
def test_a_sensitive_text_of_a_plan_is_in_no_format(marks: object, check_files: Checker) -> None:
    cluster = {
        "address": "aws_elasticache_cluster.a",
        "mode": "managed",
        "type": "aws_elasticache_cluster",
        "name": "a",
    }
    values = {"engine": "redis", "snapshot_retention_limit": WORD}
    change = {
        "actions": ["create"],
        "before": None,
        "after": values,
        "after_unknown": {},
        "after_sensitive": marks,
    }
    plan = {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "resource_changes": [{**cluster, "change": change}],
    }
    formats = [word for name in REPORTERS for word in ("--format", f"{name}:report.{name}")]
    result = check_files({"plan.json": json.dumps(plan)}, "-v", "--format", "text", *formats)
    assert "snapshot_retention_limit is (hidden 1)" in result.text
    for said in (result.text, *result.written.values()):
        assert WORD not in said
