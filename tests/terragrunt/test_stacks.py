"""Stack files → the units that they generate, and what Terragrunt rejects of them."""

import pytest
from terragrunt_cases import (
    CACHE,
    INPUTS,
    MODULE,
    REFUSED,
    Case,
    Check,
    component,
    days,
    generate,
    stack,
)

VALUES = "  values = {\n    days = %s\n  }\n"
A, B = "live/.terragrunt-stack/a", "live/.terragrunt-stack/b"
STACK = "live/terragrunt.stack.hcl"
TEMPLATE = "catalog/redis/terragrunt.hcl"
UNKNOWN = "unknown snapshot_retention_limit is unknown: "
UNUSED = UNKNOWN + "var.days may be set through catalog/redis/terragrunt.hcl"
"""Of the module, where its only unit is a template that no stack copies."""


def injected(body: str) -> str:
    return f"  autoinclude {{\n{body}  }}\n"


def refused(text: str, message: str, line: int, *, roots: tuple[str, ...] = (A,)) -> Case:
    """Return a case of a stack file that Terragrunt rejects as a whole."""
    return Case(
        stack(text),
        dict.fromkeys(roots, REFUSED + message),
        errors=(f"{STACK}:{line}: Terragrunt rejects it: {message}",),
    )


GENERATED = {
    "the generated file of values, read as a configuration": Case(
        stack(
            component("a", VALUES % 4),
            **{
                TEMPLATE: 'terraform {\n  source = "${get_repo_root()}/modules//redis"\n}\n'
                + INPUTS % 'read_terragrunt_config("terragrunt.values.hcl").days'
            },
        ),
        {A: "pass 4"},
    ),
    "the stack file, read as a configuration": Case(
        stack(
            "locals {\n  n = 2\n}\n" + component("a", VALUES % 4),
            **{
                TEMPLATE: 'terraform {\n  source = "${get_repo_root()}/modules//redis"\n}\n'
                "locals {\n"
                '  s = read_terragrunt_config("${get_repo_root()}/live/terragrunt.stack.hcl")\n}\n'
                + INPUTS
                % "local.s.local.n + local.s.unit.a.values.days"
            },
        ),
        {A: "pass 6"},
    ),
    "a unit of configuration of its own": Case(
        stack(
            component("a", VALUES % 0),
            **{TEMPLATE: INPUTS % "values.days", "catalog/redis/main.tf": MODULE},
        ),
        {A: "fail 0", "modules/redis": "pass 7"},
    ),
    "a unit of generated configuration alone": Case(
        stack(component("a"), **{TEMPLATE: generate(CACHE % 0)}),
        {A: "fail 0", "modules/redis": "pass 7"},
    ),
    "a unit where another one is: it is written over": Case(
        stack(
            component("a", VALUES % 3 + "  no_dot_terragrunt_stack = true\n"),
            **{"live/a/terragrunt.hcl": days("0")},
        ),
        {"live/a": "pass 3"},
    ),
    "no_dot_terragrunt_stack as a text": Case(
        stack(component("a", VALUES % 3 + '  no_dot_terragrunt_stack = "true"\n')),
        {"live/a": "pass 3"},
    ),
    "not enabled": Case(
        stack(component("a", VALUES % 0 + "  enabled = false\n")),
        {A: "absent the stack does not enable the unit"},
    ),
    "not enabled, where another unit is": Case(
        stack(
            component("a", VALUES % 3 + "  no_dot_terragrunt_stack = true\n  enabled = false\n"),
            **{"live/a/terragrunt.hcl": days("0")},
        ),
        {"live/a": "fail 0"},
    ),
    "a stack that is not enabled": Case(
        stack(
            component("s", "  enabled = false\n", kind="stack", source="../catalog/stack"),
            **{
                "catalog/stack/terragrunt.stack.hcl": component(
                    "a", VALUES % 0, source="${get_repo_root()}/catalog/redis"
                )
            },
        ),
        {"live/.terragrunt-stack/s/.terragrunt-stack/a": "absent the stack does not enable"},
    ),
    "perhaps enabled": Case(
        stack(component("a", VALUES % 0 + '  enabled = run_cmd("x")\n')), {A: "fail 0"}
    ),
    "a file of values beside the stack": Case(
        stack(
            component("a", VALUES % "values.keep"),
            **{"live/terragrunt.values.hcl": "keep = 4\n"},
        ),
        {A: "pass 4"},
    ),
    "a file of values beside the template": Case(
        stack(component("a"), **{"catalog/redis/terragrunt.values.hcl": "days = 4\n"}),
        {A: "pass 4"},
    ),
    "a file of values is written over": Case(
        stack(component("a", VALUES % 0), **{"catalog/redis/terragrunt.values.hcl": "days = 4\n"}),
        {A: "fail 0"},
    ),
    "unknown values": Case(
        stack(component("a", '  values = jsondecode(run_cmd("x"))\n')), {A: UNKNOWN + "run_cmd()"}
    ),
    "count": Case(
        stack(
            'unit "a" {\n  expansion {\n    count = 2\n  }\n  source = "../catalog/redis"\n'
            '  path = "a${count.index}"\n  values = {\n    days = count.index\n  }\n}\n'
        ),
        {f"{A}0": "fail 0", f"{A}1": "pass 1"},
    ),
    "for_each of a set": Case(
        stack(
            'unit "a" {\n  expansion {\n    for_each = toset(["a"])\n  }\n'
            '  source = "../catalog/redis"\n  path = each.key\n' + VALUES % 3 + "}\n"
        ),
        {A: "pass 3"},
    ),
    "for_each that is no expansion is not looked at": Case(
        stack(component("a", VALUES % 3 + '  for_each = toset(["b"])\n')), {A: "pass 3"}
    ),
    "the template of another stack": Case(
        stack(
            component("s", VALUES % 0, kind="stack", source="../catalog/stack"),
            **{
                "catalog/stack/terragrunt.stack.hcl": component(
                    "a", VALUES % "values.days", source="${get_repo_root()}/catalog/redis"
                )
            },
        ),
        {"live/.terragrunt-stack/s/.terragrunt-stack/a": "fail 0"},
    ),
}

INJECTED = {
    "inputs": Case(
        stack(component("a", VALUES % 3 + injected("    inputs = {\n      days = 0\n    }\n"))),
        {A: "fail 0"},
    ),
    "inputs beside those of the unit": Case(
        stack(component("a", VALUES % 3 + injected("    inputs = {\n      more = 0\n    }\n"))),
        {A: "pass 3"},
    ),
    "a local of the stack file": Case(
        stack(
            "locals {\n  keep = 4\n}\n"
            + component("a", VALUES % 0 + injected("    inputs = { days = local.keep }\n"))
        ),
        {A: "pass 4"},
    ),
    "the name of an instance": Case(
        stack(
            'unit "a" {\n  expansion {\n    for_each = { a = 0, b = 4 }\n  }\n'
            '  source = "../catalog/redis"\n  path = each.key\n'
            + VALUES % 3
            + injected("    inputs = { days = each.value }\n")
            + "}\n"
        ),
        {A: "fail 0", B: "pass 4"},
    ),
    "an output of a dependency": Case(
        stack(
            component(
                "a",
                VALUES % 3
                + injected(
                    '    dependency "b" {\n      config_path = unit.b.path\n    }\n'
                    "    inputs = { days = dependency.b.outputs.days }\n"
                ),
            )
            + component("b", VALUES % 4)
        ),
        {A: UNKNOWN + 'the outputs of dependency "b" are known once it is applied', B: "pass 4"},
    ),
    "exclude": Case(
        stack(
            component(
                "a",
                VALUES % 0
                + injected('    exclude {\n      if = true\n      actions = ["all"]\n    }\n'),
            )
        ),
        {A: "absent the unit is excluded from apply"},
    ),
    "a generated file": Case(
        stack(
            component(
                "a",
                VALUES % 3 + injected(generate("days = 0", path="x.auto.tfvars")),
            )
        ),
        {A: "fail 0"},
    ),
    "a source": Case(
        stack(
            component("a", VALUES % 3 + injected('    terraform {\n      source = "."\n    }\n')),
            **{"catalog/redis/main.tf": MODULE.replace("var.days", "var.days * 2")},
        ),
        {A: "pass 6", "modules/redis": "pass 7"},
    ),
    "what there is not": Case(
        stack(component("a", VALUES % 3 + injected("    foo = 1\n"))),
        {A: REFUSED + 'Unsupported argument: an argument named "foo"'},
        errors=(f"{STACK}:8: Terragrunt rejects it: Unsupported argument",),
    ),
    "a file beside the unit": Case(
        {
            "modules/redis/main.tf": MODULE,
            "live/a/terragrunt.hcl": days("3"),
            "live/a/terragrunt.autoinclude.hcl": INPUTS % 0,
        },
        {"live/a": "fail 0"},
    ),
    "an include of the file beside the unit": Case(
        {
            "modules/redis/main.tf": MODULE,
            "live/a/terragrunt.hcl": days("3"),
            "live/a/terragrunt.autoinclude.hcl": 'include "x" {\n  path = "../x.hcl"\n}\n',
            "live/x.hcl": INPUTS % 0,
        },
        {"live/a": "fail 0"},
    ),
    "a file beside the template": Case(
        stack(
            component("a", VALUES % 3),
            **{"catalog/redis/terragrunt.autoinclude.hcl": INPUTS % 0},
        ),
        {A: "fail 0"},
    ),
    "a unit of the stack inside": Case(
        stack(
            component(
                "s",
                injected(
                    '    unit "b" {\n      source = "${get_repo_root()}/catalog/redis"\n'
                    '      path = "b"\n      values = { days = 0 }\n    }\n'
                ),
                kind="stack",
                source="../catalog/stack",
            ),
            **{
                "catalog/stack/terragrunt.stack.hcl": component(
                    "a", VALUES % 3, source="${get_repo_root()}/catalog/redis"
                )
            },
        ),
        {
            "live/.terragrunt-stack/s/.terragrunt-stack/a": "pass 3",
            "live/.terragrunt-stack/s/.terragrunt-stack/b": "fail 0",
        },
    ),
    "a file beside the stack: its unit takes the place of that one": Case(
        stack(
            component("a", VALUES % 3),
            **{"live/terragrunt.autoinclude.stack.hcl": component("a", VALUES % 0)},
        ),
        {A: "fail 0"},
    ),
}

UNIT = component("a", VALUES % 3)
EXPANDED = (
    'unit "b" {\n  expansion {\n    %s\n  }\n  source = "../catalog/redis"\n  path = "b"\n}\n'
)

REFUSALS = {
    "a block that there is not": refused(
        UNIT + 'foo "x" {\n}\n', 'Unsupported block type: blocks of type "foo"', 8
    ),
    "an argument": refused(
        UNIT + "days = 3\n", 'Unsupported argument: an argument named "days"', 8
    ),
    "an undeclared local": refused(
        UNIT + "locals {\n  x = local.y\n}\n", "Reference to undeclared local", 9
    ),
    "two locals blocks": refused(UNIT + "locals {\n}\nlocals {\n}\n", "Duplicate locals block", 10),
    "a unit without a source": refused(
        UNIT + 'unit "b" {\n  path = "b"\n}\n',
        'Missing required argument: unit "b" needs source',
        8,
    ),
    "a unit without a label": refused(UNIT + "unit {\n}\n", "Wrong number of labels", 8),
    "an included file that is missing": refused(
        UNIT + 'include "x" {\n  path = "x.hcl"\n}\n',
        "The included file live/x.hcl does not exist",
        9,
    ),
    "a unit and a stack of one path": refused(
        UNIT + component("a", kind="stack"),
        "Duplicate path: another component has the path of stack a",
        8,
    ),
}

COMPONENTS = {
    "a source that is unknown": (
        component("b", source='${run_cmd(\\"x\\")}').replace('\\"', '"'),
        "it was not evaluated: source of unit b is unknown",
        8,
    ),
    "a source that is null": (
        component("b").replace('"../catalog/redis"', "null"),
        "Terragrunt rejects it: source of unit b is empty",
        8,
    ),
    "a path that is unknown": (
        component("b").replace('path   = "b"', 'path = run_cmd("x")'),
        "it was not evaluated: path of unit b is unknown",
        8,
    ),
    "a folder without a unit": (
        component("b", source="../catalog"),
        "Terragrunt rejects it: unit b: there is no terragrunt.hcl in catalog",
        8,
    ),
    "count and for_each": (
        EXPANDED % "count = 1\n    for_each = {}",
        "Terragrunt rejects it: expansion needs either count or for_each",
        9,
    ),
    "an unknown count": (
        EXPANDED % 'count = run_cmd("x")',
        "it was not evaluated: how often the unit",
        10,
    ),
    "a count that is a text": (
        EXPANDED % 'count = "two"',
        "Terragrunt rejects it: a number is required",
        10,
    ),
    "a negative count": (
        EXPANDED % "count = -1",
        "Terragrunt rejects it: Invalid count argument: it must not be negative",
        10,
    ),
    "for_each of a list": (
        EXPANDED % 'for_each = ["a"]',
        "Terragrunt rejects it: Invalid for_each argument: it must be a map or a set",
        10,
    ),
}

CASES = {
    **{f"generated: {name}": case for name, case in GENERATED.items()},
    **{f"injected: {name}": case for name, case in INJECTED.items()},
    **{f"refused: {name}": case for name, case in REFUSALS.items()},
    **{
        f"refused: {name}": Case(
            stack(UNIT + text),
            {A: "pass 3"},
            errors=(f"{STACK}:{line}: {message}",),
        )
        for name, (text, message, line) in COMPONENTS.items()
    },
    "refused: a stack that has no end": Case(
        stack(component("s", kind="stack", source=".")),
        {"modules/redis": UNUSED},
        errors=(f"{STACK}:None: Terragrunt rejects it: Cycle: the stack generates itself",),
    ),
    "template: a stack that needs values": Case(
        stack(component("a", VALUES % "values.days")),
        {"modules/redis": UNUSED},
    ),
    "template: a stack that needs values, of a unit that needs none": Case(
        stack(component("a", "  values = values\n"), **{TEMPLATE: days("0")}),
        {"modules/redis": UNUSED},
    ),
    "template: a stack that may do without values": Case(
        stack(component("a", VALUES % "try(values.days, 0)")), {A: "fail 0"}
    ),
    **{
        f"refused: {name}": Case(
            stack(UNIT + component("b", f"  {argument}\n")),
            {A: "pass 3", B: REFUSED + message},
            errors=(f"{STACK}:{line}: Terragrunt rejects it: {message}",),
        )
        for name, argument, line, message in (
            ("values that are a list", "values = [1]", 8, "values must be a map"),
            ("values that there are not", "values = local.no", 11, "Reference to undeclared"),
            ("enabled that is no bool", "enabled = 1", 11, "a bool is required"),
        )
    },
    "refused: the values of a stack inside": Case(
        stack(
            component("s", kind="stack", source="../catalog/stack"),
            **{
                "catalog/stack/terragrunt.stack.hcl": component(
                    "a", VALUES % "values.days", source="${get_repo_root()}/catalog/redis"
                )
            },
        ),
        {"live/.terragrunt-stack/s/.terragrunt-stack/a": REFUSED + "Unknown variable"},
        errors=("catalog/stack/terragrunt.stack.hcl:5: Terragrunt rejects it: Unknown variable",),
    ),
    "refused: two autoinclude blocks": Case(
        stack(component("a", VALUES % 3 + injected("") * 2)),
        {A: REFUSED + "Duplicate autoinclude block"},
        errors=(f"{STACK}:9: Terragrunt rejects it: Duplicate autoinclude block",),
    ),
    "refused: locals in an autoinclude block": Case(
        stack(component("a", VALUES % 3 + injected("    locals {\n    }\n"))),
        {A: REFUSED + 'Unsupported block type: blocks of type "locals"'},
        errors=(f"{STACK}:8: Terragrunt rejects it: Unsupported block type",),
    ),
    "refused: a unit in the folder of the stack": Case(
        stack(UNIT, **{"live/terragrunt.hcl": days("3").replace("../..", "..")}),
        dict.fromkeys(
            (A, "live"), REFUSED + "the folder of a stack has the configuration of a unit"
        ),
        errors=(f"{STACK}:1: Terragrunt rejects it: the folder of a stack has",),
    ),
    "refused: an included file with locals": Case(
        stack(UNIT + 'include "x" {\n  path = "x.hcl"\n}\n', **{"live/x.hcl": "locals {\n}\n"}),
        {A: REFUSED + 'Unsupported block type: blocks of type "locals"'},
        errors=("live/x.hcl:1: Terragrunt rejects it: Unsupported block type",),
    ),
}


def test_a_stack_that_generates_itself_is_an_error(check: Check) -> None:
    outcome = check(stack(component("s", kind="stack", source="../live")))
    assert [one.partition(": ")[0] for one in outcome.errors] == [f"{STACK}:1"]


@pytest.mark.parametrize("name", CASES)
def test_a_stack_deploys_what_terragrunt_generates_of_it(name: str, check: Check) -> None:
    check.expect(CASES[name])


@pytest.mark.parametrize("second", ["a", "b"])
def test_two_units_of_one_path_are_both_unknown(second: str, check: Check) -> None:
    text = component("a", VALUES % 3) + component(second, VALUES % 3).replace(
        f'path   = "{second}"', 'path   = "a"'
    )
    outcome = check(stack(text))
    assert [(one["root"], one["status"]) for one in outcome.findings] == [(A, "unknown")] * 2
    (error,) = outcome.errors
    assert error.startswith(f"{STACK}:8: Terragrunt rejects it: Duplicate")


def test_two_stacks_that_generate_each_other_are_an_error(check: Check) -> None:
    outcome = check(
        {
            "x/terragrunt.stack.hcl": component("y", kind="stack", source="${get_repo_root()}/y"),
            "y/terragrunt.stack.hcl": component("x", kind="stack", source="${get_repo_root()}/x"),
        }
    )
    assert outcome.errors == [
        f"{name}/terragrunt.stack.hcl:None: Terragrunt rejects it: "
        "Cycle: the stack generates itself without an end"
        for name in "xy"
    ]
