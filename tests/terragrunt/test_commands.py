"""Named paths, traces, fixes, comments and the baseline, where Terragrunt is involved."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from terragrunt_cases import (
    CACHE,
    INPUTS,
    MODULE,
    ROOT,
    SOURCE,
    UNIT,
    Check,
    component,
    days,
    generate,
    root,
    stack,
    unit,
)

RunHere = Callable[..., Any]
TWO = unit(days("0"), **{"live/b/terragrunt.hcl": days("3")})


@pytest.mark.parametrize(
    ("path", "roots"),
    [
        (".", ["live/a", "live/b"]),
        ("live", ["live/a", "live/b"]),
        ("live/a", ["live/a"]),
        ("live/b/terragrunt.hcl", ["live/b"]),
        ("modules/redis", ["live/a", "live/b"]),
        ("modules/redis/main.tf", ["live/a", "live/b"]),
        ("modules", ["live/a", "live/b"]),
    ],
)
def test_a_named_path_leads_to_its_units(path: str, roots: list[str], check: Check) -> None:
    outcome = check(TWO, path)
    assert sorted(one["root"] for one in outcome.findings) == roots
    assert {one["source"] for one in outcome.findings} == {"terragrunt"}
    assert {one["resource"]["address"] for one in outcome.findings} == {
        "aws_elasticache_replication_group.this"
    }


def test_a_configuration_that_units_read_leads_to_them(check: Check) -> None:
    files = root(INPUTS % 0, SOURCE) | {"live/b/terragrunt.hcl": days("3"), ".tflint.hcl": ""}
    assert [one["root"] for one in check(files, "root.hcl").findings] == ["live/a"]
    assert check(files, ".tflint.hcl").findings == []


READS = 'yamldecode(file(find_in_parent_folders("env.yaml"))).days'


@pytest.mark.parametrize(
    "paths", [("env.yaml",), ("live/a", "env.yaml"), ("live", "env.yaml"), ("env.yaml", ".")]
)
def test_a_data_file_that_units_read_leads_to_them(paths: tuple[str, ...], check: Check) -> None:
    files = unit(days(READS), **{"env.yaml": "days: 0\n"})
    outcome = check(files, *paths)
    assert outcome.of_root("live/a") == "fail 0"
    assert outcome.errors == []


def test_a_tfvars_file_that_a_unit_reads_leads_only_to_it(check: Check) -> None:
    reads = days('jsondecode(read_tfvars_file(find_in_parent_folders("env.json"))).days')
    files = unit(reads, **{"env.json": '{"days": 0}', "live/b/terragrunt.hcl": days("3")})
    assert [one["root"] for one in check(files, "env.json").findings] == ["live/a"]


def test_a_data_file_that_no_unit_reads_is_an_error(check: Check) -> None:
    files = unit(days(READS), **{"env.yaml": "days: 0\n", "other.yaml": "days: 0\n"})
    outcome = check(files, "env.yaml", "other.yaml")
    assert outcome.of_root("live/a") == "fail 0"
    (error,) = outcome.errors
    assert error.startswith("other.yaml:")
    assert "expected Terraform configuration, Terragrunt units or stacks" in error


@pytest.mark.parametrize("path", ["live/a/sub", "live/a/sub/main.tf"])
def test_a_folder_that_a_unit_copies_into_its_module_leads_to_the_unit(
    path: str, check: Check
) -> None:
    calls_sub = (
        'variable "days" {}\nmodule "s" {\n  source = "./sub"\n  days   = var.days\n}\n' + CACHE % 0
    )
    files = {"modules/redis/main.tf": calls_sub, "live/a/sub/main.tf": MODULE, UNIT: days("0")}
    (finding,) = check(files, path).findings
    assert (finding["root"], finding["status"]) == ("live/a", "fail")
    assert finding["resource"]["address"] == "module.s.aws_elasticache_replication_group.this"


def test_the_units_of_another_target_say_nothing(check: Check) -> None:
    broken = {"live/b/terragrunt.hcl": SOURCE + INPUTS % "local.no"}
    assert check({**unit(days("3")), **broken}, "live/a").status == 0


def test_a_stack_is_a_named_path(check: Check) -> None:
    files = stack(component("a", "  values = {\n    days = 3\n  }\n"))
    outcome = check(files, "live")
    assert outcome.of_root("live/.terragrunt-stack/a") == "pass 3"
    assert check(files, "live/terragrunt.stack.hcl").of_root("live/.terragrunt-stack/a") == "pass 3"


def test_an_excluded_unit_is_not_evaluated(check: Check) -> None:
    outcome = check(TWO, ".", "--exclude", "live/a")
    assert [one["root"] for one in outcome.findings] == ["live/b"]


def test_a_unit_that_is_a_link_to_the_outside_is_an_error(check: Check, tmp_path: Path) -> None:
    (tmp_path / "live" / "b").mkdir(parents=True)
    (tmp_path / "live" / "b" / "terragrunt.hcl").symlink_to("/etc/hostname")
    outcome = check(unit(days("3")))
    assert outcome.of_root("live/a") == "pass 3"
    assert outcome.errors == [
        (
            "live/b/terragrunt.hcl:None: it was not evaluated: "
            "live/b/terragrunt.hcl is outside the repository"
        )
    ]


def test_a_stack_file_that_is_a_link_to_the_outside_is_an_error(
    check: Check, tmp_path: Path
) -> None:
    (tmp_path / "live").mkdir()
    (tmp_path / "live" / "terragrunt.stack.hcl").symlink_to("/etc/hostname")
    (error,) = check(unit(days("3"))).errors
    assert error.startswith("live/terragrunt.stack.hcl:")
    assert "live/terragrunt.stack.hcl is outside the repository" in error


def test_what_terragrunt_copied_is_not_checked(check: Check) -> None:
    copies = {
        "live/a/.terragrunt-cache/x/y/terragrunt.hcl": days("0"),
        "live/.terragrunt-stack/c/terragrunt.hcl": days("0"),
        "modules/x/.boilerplate/terragrunt.hcl": "{{ x }}",
    }
    outcome = check({**unit(days("3")), **copies})
    assert [one["root"] for one in outcome.findings] == ["live/a"]
    assert outcome.status == 0


TRACES = {
    "an input": (unit(days("0")), ["modules/redis/main.tf:9", "live/a/terragrunt.hcl:5"]),
    "an input of the included file": (
        root(INPUTS % 0, SOURCE),
        ["modules/redis/main.tf:9", "root.hcl:2"],
    ),
    "a local": (
        unit("locals {\n  keep = 0\n}\n" + days("local.keep")),
        ["modules/redis/main.tf:9", "live/a/terragrunt.hcl:8", "live/a/terragrunt.hcl:2"],
    ),
    "a local of a configuration that is read": (
        unit(
            'locals {\n  env = read_terragrunt_config("../env.hcl")\n}\n'
            + days("local.env.locals.keep"),
            **{"live/env.hcl": "locals {\n  keep = 0\n}\n"},
        ),
        [
            "modules/redis/main.tf:9",
            "live/a/terragrunt.hcl:8",
            "live/a/terragrunt.hcl:2",
            "live/env.hcl:2",
        ],
    ),
    "a YAML file": (
        unit(
            days('yamldecode(file(find_in_parent_folders("env.yaml"))).cache.days'),
            **{"env.yaml": "cache:\n  days: 0\n"},
        ),
        ["modules/redis/main.tf:9", "live/a/terragrunt.hcl:5", "env.yaml:2"],
    ),
    "a tfvars file": (
        unit(
            days('jsondecode(read_tfvars_file("x.tfvars")).days'),
            **{"live/a/x.tfvars": "\ndays = 0\n"},
        ),
        ["modules/redis/main.tf:9", "live/a/terragrunt.hcl:5", "live/a/x.tfvars:2"],
    ),
    "the values of a stack": (
        stack(component("a", "  values = {\n    days = 0\n  }\n")),
        [
            "modules/redis/main.tf:9",
            "catalog/redis/terragrunt.hcl:5",
            "live/terragrunt.stack.hcl:5",
        ],
    ),
    "the default of the variable": (
        unit(SOURCE, **{"modules/redis/main.tf": MODULE.replace("7", "0")}),
        ["modules/redis/main.tf:9", "modules/redis/main.tf:3"],
    ),
    "a null": (unit(days("null")), ["modules/redis/main.tf:9", "live/a/terragrunt.hcl:5"]),
}


@pytest.mark.parametrize("name", TRACES)
def test_the_trace_leads_to_the_deciding_line(name: str, check: Check) -> None:
    files, expected = TRACES[name]
    (finding,) = check(files).findings
    assert finding["status"] == "fail"
    assert [f"{step['path']}:{step['line']}" for step in finding["trace"]] == expected


FIXED = {
    "an input": (unit(days("0")), UNIT, days("7")),
    "an input of the included file": (root(INPUTS % 0, SOURCE), "root.hcl", INPUTS % 7),
    "a local": (
        unit("locals {\n  keep = 0\n}\n" + days("local.keep")),
        UNIT,
        "locals {\n  keep = 7\n}\n" + days("local.keep"),
    ),
    "a local of a configuration that is read": (
        unit(
            days('read_terragrunt_config("../env.hcl").locals.keep'),
            **{"live/env.hcl": "locals {\n  keep = 0\n}\n"},
        ),
        "live/env.hcl",
        "locals {\n  keep = 7\n}\n",
    ),
    "a default of get_env": (
        unit(days('get_env("DAYS", "0")')),
        UNIT,
        days('get_env("DAYS", "7")'),
    ),
    "a value of a stack": (
        stack(component("a", "  values = {\n    days = 0\n  }\n")),
        "live/terragrunt.stack.hcl",
        component("a", "  values = {\n    days = 7\n  }\n"),
    ),
    "a default that units share": (
        unit(SOURCE, **{"modules/redis/main.tf": MODULE.replace("7", "0")}),
        "modules/redis/main.tf",
        MODULE,
    ),
    "a null": (unit(days("null")), UNIT, days("7")),
    "a line that units share": (
        root(INPUTS % 0, SOURCE) | {"live/b/terragrunt.hcl": ROOT + SOURCE},
        "root.hcl",
        INPUTS % 7,
    ),
    "a local where another file is read as a text": (
        unit(
            days('read_terragrunt_config("../env.hcl").locals.n'),
            **{
                "live/env.hcl": "locals {\n  n = 0\n}\n",
                "env.yaml": "days: 9\n",
                "live/b/terragrunt.hcl": days(
                    'yamldecode(file(find_in_parent_folders("env.yaml"))).days'
                ),
            },
        ),
        "live/env.hcl",
        "locals {\n  n = 7\n}\n",
    ),
}


@pytest.mark.parametrize("name", FIXED)
def test_fix_edits_what_decides(name: str, check: Check, run_here: RunHere, tmp_path: Path) -> None:
    files, path, expected = FIXED[name]
    check(files)
    result = run_here("fix", ".")
    assert (tmp_path / path).read_text("utf-8") == expected, result
    changed = [one for one, text in files.items() if (tmp_path / one).read_text("utf-8") != text]
    assert changed == [path]
    assert check({}).status == 0


OFF = MODULE.replace("7", "0")
SHARING = {"modules/redis/main.tf": OFF, "live/b/terragrunt.hcl": days("3")}
PUBLISHED = "tfr:///terraform-aws-modules/elasticache/aws?version=1.2.0"

NEW_INPUTS = {
    "among others": (
        SOURCE + 'inputs = {\n  name = "a"\n}\n',
        SOURCE + 'inputs = {\n  name = "a"\n\n  days = 7\n}\n',
    ),
    "among others with commas": (
        SOURCE + 'inputs = {\n  name = "a",\n  tags = {\n    a = 1\n  },\n}\n',
        SOURCE + 'inputs = {\n  name = "a",\n  tags = {\n    a = 1\n  },\n\n  days = 7\n}\n',
    ),
    "in one line": (
        SOURCE + 'inputs = { name = "a" }\n',
        SOURCE + 'inputs = {\n  name = "a"\n\n  days = 7\n}\n',
    ),
    "the last argument of merge": (
        SOURCE + 'inputs = merge({ a = 1 }, {\n  name = "a"\n})\n',
        SOURCE + 'inputs = merge({ a = 1 }, {\n  name = "a"\n\n  days = 7\n})\n',
    ),
    "none": (SOURCE, SOURCE + "\ninputs = {\n  days = 7\n}\n"),
}


@pytest.mark.parametrize("name", NEW_INPUTS)
def test_a_unit_gets_an_input_where_units_share_the_default(
    name: str, check: Check, run_here: RunHere, tmp_path: Path
) -> None:
    text, expected = NEW_INPUTS[name]
    files = unit(text, **SHARING)
    check(files)
    for path in (".", "live/a"):
        line = 4 if "inputs" in text else 1
        report = run_here("check", path).stdout
        assert f"fix: add days = 7 to the inputs, live/a/terragrunt.hcl:{line}" in report
    assert run_here("fix", "live/a").status == 0
    assert (tmp_path / UNIT).read_text("utf-8") == expected
    changed = [one for one, text in files.items() if (tmp_path / one).read_text("utf-8") != text]
    assert changed == [UNIT]
    assert check({}).status == 0


def test_a_template_of_a_stack_gets_an_input(
    check: Check, run_here: RunHere, tmp_path: Path
) -> None:
    source = 'terraform {\n  source = "${get_repo_root()}/modules//redis"\n}\n'
    check(
        {
            **stack(component("a") + component("b")),
            "catalog/redis/terragrunt.hcl": source,
            **SHARING,
        }
    )
    assert run_here("fix", ".").status == 0
    fixed = (tmp_path / "catalog/redis/terragrunt.hcl").read_text("utf-8")
    assert fixed == source + "\ninputs = {\n  days = 7\n}\n"


def test_a_unit_of_a_published_module_gets_an_input(
    check: Check, run_here: RunHere, tmp_path: Path
) -> None:
    text = SOURCE.replace("../../modules//redis", PUBLISHED)
    check({UNIT: text + 'inputs = {\n  replication_group_id = "a"\n}\n'})
    assert run_here("fix", ".").status == 0
    added = 'inputs = {\n  replication_group_id = "a"\n\n  snapshot_retention_limit = 7\n}\n'
    assert (tmp_path / UNIT).read_text("utf-8") == text + added


def test_an_input_that_is_missing_is_to_be_set(check: Check, run_here: RunHere) -> None:
    check(unit(SOURCE, **{"modules/redis/main.tf": MODULE.replace("default = 7", "")}))
    assert (
        "fix: set days in the inputs, live/a/terragrunt.hcl:1; or" in run_here("check", ".").stdout
    )


def test_inputs_that_are_computed_get_no_input(
    check: Check, run_here: RunHere, tmp_path: Path
) -> None:
    text = "locals {\n  all = {}\n}\n" + SOURCE + "inputs = local.all\n"
    check(unit(text, **SHARING))
    run_here("fix", "live/a")
    assert (tmp_path / UNIT).read_text("utf-8") == text
    # The default is changed instead: no other cache depends on it.
    assert (tmp_path / "modules/redis/main.tf").read_text("utf-8") == MODULE


NOT_FIXED = {
    "all inputs in a JSON file": (
        unit(
            SOURCE + 'inputs = jsondecode(file("env.json"))\n',
            **{"live/a/env.json": '{\n  "days": 0\n}\n'},
        ),
        "it is read from a data file, live/a/env.json:2",
    ),
    "an argument of Terraform": (
        unit(
            SOURCE.replace(
                "\n}",
                '\n  extra_arguments "x" {\n    commands  = ["plan"]\n'
                '    arguments = ["-var", "days=0"]\n  }\n}',
            )
        ),
        "set days = 7 in live/a/terragrunt.hcl:5",
    ),
    "a YAML file": (
        unit(days('yamldecode(file("env.yaml")).days'), **{"live/a/env.yaml": "days: 0\n"}),
        "live/a/env.yaml:1",
    ),
    "a generated cache": (
        {"live/a/main.tf": "", UNIT: generate(CACHE % 0)},
        "live/a/x.tf is generated by Terragrunt",
    ),
    "a local that names something else too": (
        unit(
            "locals {\n  n = 0\n}\n"
            + SOURCE
            + "inputs = {\n  days = local.n\n  shards = local.n\n}\n"
        ),
        "n (live/a/terragrunt.hcl:2:7) is also used in live/a/terragrunt.hcl:9:3",
    ),
    "a local that another unit uses for something else": (
        unit(
            days('read_terragrunt_config("../env.hcl").locals.n'),
            **{
                "live/env.hcl": "locals {\n  n = 0\n}\n",
                "modules/db/main.tf": 'variable "size" {}\n',
                "live/b/terragrunt.hcl": 'terraform {\n  source = "../../modules//db"\n}\n'
                'inputs = {\n  size = read_terragrunt_config("../env.hcl").locals.n\n}\n',
            },
        ),
        "n (live/env.hcl:2:7) is also used in live/b/terragrunt.hcl:5:3",
    ),
    "an input that the module uses for something else": (
        unit(
            days("0"),
            **{"modules/redis/main.tf": MODULE + 'resource "x" "y" {\n  z = var.days\n}\n'},
        ),
        "days (live/a/terragrunt.hcl:5:10) is also used by x.y",
    ),
    "an input of all units that another module uses for something else": (
        root(INPUTS % 0, SOURCE)
        | {
            "modules/db/main.tf": 'variable "days" {}\nresource "x" "y" {\n  z = var.days\n}\n',
            "live/b/terragrunt.hcl": ROOT + 'terraform {\n  source = "../../modules//db"\n}\n',
        },
        "days (root.hcl:2:10) is also used by x.y",
    ),
}


@pytest.mark.parametrize("name", NOT_FIXED)
def test_what_cannot_be_fixed_is_left_as_it_is(
    name: str, check: Check, run_here: RunHere, tmp_path: Path
) -> None:
    files, said = NOT_FIXED[name]
    check(files)
    result = run_here("fix", ".")
    assert said in result.stdout + result.stderr
    assert all((tmp_path / one).read_text("utf-8") == text for one, text in files.items())


IGNORE = "# ecbackup:ignore a cache that is thrown away\n"
COMMENTS = {
    "above the input": unit(days("0").replace("  days", f"  {IGNORE}  days")),
    "behind the input": unit(days("0").replace("days = 0", f"days = 0 {IGNORE.strip()}")),
    "above the inputs": unit(days("0").replace("inputs", f"{IGNORE}inputs")),
    "above the terraform block": unit(IGNORE + days("0")),
    "in the terraform block": unit(days("0").replace("terraform {\n", f"terraform {{\n  {IGNORE}")),
    "above the input of the included file": unit(
        ROOT + SOURCE, **{"root.hcl": (INPUTS % 0).replace("  days", f"  {IGNORE}  days")}
    ),
    "at the cache": unit(
        days("0"), **{"modules/redis/main.tf": MODULE.replace("resource", IGNORE + "resource")}
    ),
}


TWO_INPUTS = SOURCE + "inputs = {\n  other = 1\n\n  days = 0\n}\n"
COMPONENT = component("a", "  values = {\n    other = 1\n    days = 0\n  }\n")
COMMENTS |= {
    "above the inputs of the included file": unit(
        ROOT + SOURCE, **{"root.hcl": IGNORE + INPUTS % 0}
    ),
    "above the local": unit(
        f"locals {{\n  other = 1\n  {IGNORE}  keep = 0\n}}\n" + days("local.keep")
    ),
    "at the end of the inputs": unit(days("0").replace("0\n}", f"0\n  {IGNORE}}}")),
    "above the unit of the stack": stack(IGNORE + COMPONENT),
    "in the unit of the stack": stack(COMPONENT.replace("  source", f"  {IGNORE}  source")),
    "above the value of the stack": stack(COMPONENT.replace("    days", f"    {IGNORE}    days")),
    "above a stack in the stack": stack(
        IGNORE + component("s", kind="stack", source="../catalog/s"),
        **{"catalog/s/terragrunt.stack.hcl": COMPONENT.replace("..", "${get_repo_root()}")},
    ),
}
NO_COMMENTS = {
    "above another input": unit(TWO_INPUTS.replace("  other", f"  {IGNORE}  other")),
    "behind another input": unit(TWO_INPUTS.replace("= 1\n", f"= 1 {IGNORE}")),
    "above another local": unit(
        f"locals {{\n  {IGNORE}  other = 1\n\n  keep = 0\n}}\n" + days("local.keep")
    ),
    "above another entry of a local": unit(
        f"locals {{\n  m = {{\n    {IGNORE}    other = 1\n    keep = 0\n  }}\n}}\n"
        + days("local.m.keep")
    ),
    "above another input of the included file": unit(
        ROOT + SOURCE,
        **{"root.hcl": f"inputs = {{\n  {IGNORE}  other = 1\n  days = 0\n}}\n"},
    ),
    "above included inputs that are replaced": unit(
        ROOT + days("0"), **{"root.hcl": IGNORE + INPUTS % 5}
    ),
    "above another block": unit(f'{IGNORE}feature "x" {{\n  default = 1\n}}\n' + days("0")),
    "with an empty line below": unit(SOURCE + IGNORE + "\n" + INPUTS % 0),
    "above another value of the stack": stack(
        COMPONENT.replace("    other", f"    {IGNORE}    other")
    ),
    "above another unit of the stack": stack(
        IGNORE + component("b", "  values = {\n    days = 5\n  }\n") + COMPONENT
    ),
}


@pytest.mark.parametrize("name", NO_COMMENTS)
def test_a_comment_elsewhere_suppresses_nothing(name: str, check: Check) -> None:
    outcome = check(NO_COMMENTS[name])
    (finding,) = (one for one in outcome.findings if one["status"] == "fail")
    assert finding["suppression"] is None
    assert any("ecbackup:ignore" in one["message"] for one in outcome.report["diagnostics"])


@pytest.mark.parametrize("name", COMMENTS)
def test_a_comment_at_the_unit_suppresses(name: str, check: Check) -> None:
    (finding,) = check(COMMENTS[name]).findings
    assert finding["suppression"]["kind"] == "comment"


def test_a_comment_at_one_unit_is_for_that_one(check: Check) -> None:
    files = unit(IGNORE + days("0"), **{"live/b/terragrunt.hcl": days("0")})
    found = {one["root"]: one["suppression"] is not None for one in check(files).findings}
    assert found == {"live/a": True, "live/b": False}


def test_a_comment_that_is_of_no_use_is_a_warning(check: Check) -> None:
    (warning,) = check(unit(IGNORE + days("3"))).report["diagnostics"]
    assert (warning["path"], warning["severity"]) == (UNIT, "warning")


def test_the_baseline_accepts_a_unit(check: Check, run_here: RunHere, tmp_path: Path) -> None:
    assert check(unit(days("0"))).status == 1
    (tmp_path / ".ecbackup-baseline.json").write_text(run_here("baseline", ".").stdout, "utf-8")
    assert run_here("check", ".", "--baseline", ".ecbackup-baseline.json").status == 0


def test_the_report_names_the_unit(check: Check, run_here: RunHere) -> None:
    check(TWO)
    result = run_here("check", ".")
    assert "in live/a" in result.stdout
    assert "fix: set days = 7 in live/a/terragrunt.hcl:5" in result.stdout


def test_what_the_environment_gives_is_fixed_in_the_unit(check: Check, run_here: RunHere) -> None:
    outcome = check(unit(days('get_env("DAYS")')), env={"DAYS": "0"})
    assert outcome.findings[0]["remedy"] == "set days = 7 in live/a/terragrunt.hcl:5"
    assert "it is given in the environment: DAYS" in run_here("fix", ".").stdout


def test_no_absolute_path_is_shown(check: Check, run_here: RunHere, tmp_path: Path) -> None:
    files = unit(
        'locals {\n  x = file("${get_terragrunt_dir()}/no.txt")\n}\n' + days("0"),
        **{"live/b/terragrunt.hcl": days("get_terragrunt_dir()")},
    )
    check(files)
    for form in ("text", "json", "markdown"):
        assert str(tmp_path) not in run_here("check", ".", "--format", form).stdout


def test_three_hundred_units_are_evaluated(check: Check) -> None:
    units = {
        f"live/u{number}/terragrunt.hcl": ROOT + days(str(number % 30 + 1)) for number in range(300)
    }
    outcome = check({"modules/redis/main.tf": MODULE, "root.hcl": "inputs = {}\n", **units})
    assert json.dumps(outcome.report["summary"]["pass"]) == "300"
