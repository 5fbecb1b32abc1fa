"""What Terragrunt rejects of a unit → an error where it is written; and what excludes a unit."""

import pytest
from terragrunt_cases import (
    INPUTS,
    MODULE,
    REFUSED,
    ROOT,
    SOURCE,
    UNIT,
    Case,
    Check,
    days,
    generate,
    root,
    unit,
)

EXCLUDED = "absent the unit is excluded from apply"
UNKNOWN = "unknown snapshot_retention_limit is unknown: "
TERRAFORM = 'terraform {\n  source = "../../modules//redis"\n%s}\n'


def include(more: str) -> str:
    return ROOT.replace("\n}", f"\n  {more}\n}}")


def refused(text: str, line: int, message: str) -> Case:
    """Return a case of a unit that Terragrunt rejects."""
    return Case(
        unit(text),
        {"live/a": REFUSED + message},
        errors=(f"{UNIT}:{line}: Terragrunt rejects it: {message}",),
    )


REJECTIONS = {
    "two terraform blocks": refused(SOURCE + SOURCE, 4, "Duplicate terraform block"),
    "a label too many": refused('terraform "x" {\n}\n' + SOURCE, 1, "Wrong number of labels"),
    "three labels": refused(
        SOURCE + 'dependency "a" "b" "c" {\n  config_path = "../b"\n}\n',
        4,
        "Wrong number of labels",
    ),
    "no label": refused(SOURCE + "feature {\n}\n", 4, "Wrong number of labels"),
    "an argument of terraform": refused(
        TERRAFORM % "  sauce = 1\n", 3, 'Unsupported argument: an argument named "sauce"'
    ),
    "a block of terraform": refused(
        TERRAFORM % "  extra {\n  }\n", 3, 'Unsupported block type: blocks of type "extra"'
    ),
    "a hook without execute": refused(
        TERRAFORM % '  before_hook "x" {\n    commands = ["plan"]\n  }\n',
        3,
        'Missing required argument: before_hook "x" needs commands, execute',
    ),
    "an argument of an include": Case(
        root("", SOURCE, include("deep = true")),
        {"live/a": REFUSED + 'Unsupported argument: an argument named "deep"'},
        errors=(f"{UNIT}:3: Terragrunt rejects it: Unsupported argument",),
    ),
    "an include without a path": refused(
        'include "x" {\n}\n' + SOURCE, 1, 'Missing required argument: include "x" needs path'
    ),
    "two bare includes": Case(
        unit('include {\n  path = "x.hcl"\n}\n' * 2 + SOURCE, **{"live/a/x.hcl": ""}),
        {"live/a": REFUSED + "Duplicate include block"},
        errors=(f"{UNIT}:4: Terragrunt rejects it: Duplicate include block",),
    ),
    "two generate blocks of one label": refused(
        SOURCE + generate("") + generate("", path="y.tf"), 11, "Duplicate generate block"
    ),
    "exclude without if": refused(
        SOURCE + 'exclude {\n  actions = ["all"]\n}\n',
        4,
        "Missing required argument: exclude needs if, actions",
    ),
    "dependencies without paths": refused(
        SOURCE + "dependencies {\n}\n", 4, "Missing required argument: dependencies needs paths"
    ),
    "an argument of the included file": Case(
        root("foo = 1\n", SOURCE),
        {"live/a": REFUSED + 'Unsupported argument: an argument named "foo"'},
        errors=("root.hcl:1: Terragrunt rejects it: Unsupported argument",),
    ),
    "dependencies whose paths are a text": refused(
        SOURCE + 'dependencies {\n  paths = "../b"\n}\n', 5, "paths: a list of strings is required"
    ),
    "a cycle through dependencies": Case(
        unit(
            SOURCE + 'dependencies {\n  paths = ["../b"]\n}\n',
            **{"live/b/terragrunt.hcl": SOURCE + 'dependencies {\n  paths = ["../a"]\n}\n'},
        ),
        dict.fromkeys(("live/a", "live/b"), REFUSED + "Cycle: the unit depends on itself"),
        errors=(f"{UNIT}:4: Terragrunt rejects it: Cycle", "live/b/terragrunt.hcl:4: "),
    ),
    "a dependency that is not enabled makes no cycle": Case(
        unit(
            SOURCE + 'dependencies {\n  paths = ["../b"]\n}\n',
            **{
                "live/b/terragrunt.hcl": SOURCE
                + 'dependency "a" {\n  config_path = "../a"\n  enabled = false\n}\n'
            },
        ),
        {"live/a": "pass 7", "live/b": "pass 7"},
    ),
    "a unit of JSON": Case(
        {
            "modules/redis/main.tf": MODULE,
            "live/a/terragrunt.hcl.json": '{"terraform": {"source": "../../modules//redis"}, "x": 1}',
        },
        {"live/a": REFUSED + 'Unsupported argument: an argument named "x"'},
        errors=("live/a/terragrunt.hcl.json:1: Terragrunt rejects it: Unsupported argument",),
    ),
}


def exclude(condition: str, actions: str = '["all"]', more: str = "") -> str:
    return f"exclude {{\n  if      = {condition}\n  actions = {actions}\n{more}}}\n"


DEPENDENCY = 'dependency "b" {\n  config_path = "../b"\n}\n'

EXCLUSIONS = {
    "all, in other letters": Case(
        unit(days("0") + exclude("true", '["ALL"]')), {"live/a": "fail 0"}
    ),
    "all_except_output, in other letters": Case(
        unit(days("0") + exclude("true", '["All_Except_Output"]')), {"live/a": "fail 0"}
    ),
    "apply, in other letters": Case(
        unit(days("0") + exclude("true", '["Apply"]')), {"live/a": EXCLUDED}
    ),
    "if that is a number": refused(days("0") + exclude("1"), 8, "if: a bool is required"),
    "if that is another text": refused(days("0") + exclude('"yes"'), 8, "if: a bool is required"),
    "if that is null": refused(days("0") + exclude("null"), 8, "if: a bool is required"),
    "actions that are a text": refused(
        days("0") + exclude("true", '"all"'), 9, "actions: a list of strings is required"
    ),
    "actions that are numbers": refused(
        days("0") + exclude("true", "[1]"), 9, "actions: a list of strings is required"
    ),
    "actions that are a set": Case(
        unit(days("0") + exclude("true", 'toset(["all"])')), {"live/a": EXCLUDED}
    ),
    "no_run = false says nothing of run --all": Case(
        unit(days("0") + exclude("true", more="  no_run = false\n")), {"live/a": EXCLUDED}
    ),
    "its dependencies": Case(
        unit(
            days("0") + DEPENDENCY + exclude("true", more="  exclude_dependencies = true\n"),
            **{"live/b/terragrunt.hcl": days("0"), "live/c/terragrunt.hcl": days("0")},
        ),
        {
            "live/c": "fail 0",
        },
    ),
    "perhaps its dependencies": Case(
        unit(
            days("0")
            + DEPENDENCY
            + exclude("true", more='  exclude_dependencies = run_cmd("x")\n'),
            **{"live/b/terragrunt.hcl": days("0")},
        ),
        {"live/b": "fail 0"},
    ),
    "not its dependencies": Case(
        unit(days("0") + DEPENDENCY + exclude("true"), **{"live/b/terragrunt.hcl": days("0")}),
        {"live/b": "fail 0"},
    ),
    "the actions of the included file, where it has none of its own": Case(
        root(exclude("false"), days("0") + exclude("true", "[]")), {"live/a": EXCLUDED}
    ),
    "actions that are null": Case(
        root(exclude("true"), days("0") + exclude("true", "null")), {"live/a": EXCLUDED}
    ),
    "skip that is a text": Case(unit(days("0") + 'skip = "true"\n'), {"live/a": EXCLUDED}),
    "skip that is no bool": refused(days("0") + "skip = 1\n", 7, "skip: a bool is required"),
    "a feature whose value is no bool": Case(
        unit(days("0") + 'feature "off" {\n  default = false\n}\n' + exclude("feature.off.value")),
        {"live/a": REFUSED + "feature off: TG_FEATURE has no bool for it"},
        env={"TG_FEATURE": "off=maybe"},
        errors=(f"{UNIT}:8: Terragrunt rejects it: feature off",),
    ),
    "a feature that there is not": refused(
        days("0") + exclude("feature.off.value"),
        8,
        'Unsupported attribute: feature has no attribute named "off"',
    ),
    "a feature with an unknown default": Case(
        unit('feature "n" {\n  default = run_cmd("x")\n}\n' + days("feature.n.value")),
        {"live/a": UNKNOWN + "run_cmd()"},
    ),
}


def json_unit(more: str, **files: str) -> dict[str, str]:
    text = f'{{"terraform": {{"source": "../../modules//redis"}}, {more}}}'
    return {"modules/redis/main.tf": MODULE, "live/a/terragrunt.hcl.json": text, **files}


INCLUDES = {
    "JSON, bare, with a call": Case(
        json_unit(
            '"include": {"path": "${find_in_parent_folders(\\"root.hcl\\")}"}',
            **{"root.hcl": INPUTS % 0},
        ),
        {"live/a": "fail 0"},
    ),
    "JSON, bare, in a list": Case(
        json_unit('"include": [{"path": "../../root.hcl"}]', **{"root.hcl": INPUTS % 0}),
        {"live/a": "fail 0"},
    ),
    "JSON, with a label": Case(
        json_unit('"include": {"path": {"path": "../../root.hcl"}}', **{"root.hcl": INPUTS % 0}),
        {"live/a": "fail 0"},
    ),
    "JSON, two bare ones": Case(
        json_unit(
            '"include": [{"path": "../../root.hcl"}, {"path": "../../root.hcl"}]',
            **{"root.hcl": ""},
        ),
        {"live/a": REFUSED + "Duplicate include block"},
        errors=("live/a/terragrunt.hcl.json:1: Terragrunt rejects it: Duplicate include block",),
    ),
    "expose that is a text": Case(
        root(
            "locals {\n  n = 3\n}\n",
            include('expose = "true"') + SOURCE + INPUTS % "include.root.locals.n",
            "",
        ),
        {"live/a": "pass 3"},
    ),
    "expose that is unknown": Case(
        root(
            "locals {\n  n = 3\n}\n",
            include('expose = run_cmd("x")') + SOURCE + INPUTS % "include.root.locals.n",
            "",
        ),
        {"live/a": UNKNOWN + "whether the include is exposed is unknown: run_cmd()"},
    ),
    "expose and merge_strategy that are null": Case(
        root(INPUTS % 0, SOURCE, include("expose = null\n  merge_strategy = null")),
        {"live/a": "fail 0"},
    ),
    "expose that is a number": Case(
        root("", include("expose = 1") + SOURCE, ""),
        {"live/a": REFUSED + "expose: a bool is required"},
        errors=(f"{UNIT}:3: Terragrunt rejects it: expose: a bool is required",),
    ),
    "merge_strategy that is unknown": Case(
        root(INPUTS % 3, include('merge_strategy = run_cmd("x")') + SOURCE, ""),
        {"live/a": UNKNOWN},
        errors=(f"{UNIT}:None: ",),
    ),
    "merge_strategy deep_map_only": Case(
        root(INPUTS % 3, include('merge_strategy = "deep_map_only"') + SOURCE, ""),
        {"live/a": REFUSED + "Invalid merge_strategy"},
        errors=(f"{UNIT}:3: Terragrunt rejects it: Invalid merge_strategy",),
    ),
}

CASES = {
    f"{kind}: {name}": case
    for kind, cases in {
        "refused": REJECTIONS,
        "exclude": EXCLUSIONS,
        "include": INCLUDES,
    }.items()
    for name, case in cases.items()
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_rejected_or_excluded(name: str, check: Check) -> None:
    check.expect(CASES[name])
