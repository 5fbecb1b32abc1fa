"""Which folders are evaluated as roots, which calls count, and which cache blocks create nothing."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ecbackup_iac.files.discovery import Listing, discover
from ecbackup_iac.model.evaluation_inputs import EvaluationInputs
from ecbackup_iac.model.value import Known, Unknown
from ecbackup_iac.readers.configuration import read
from ecbackup_iac.readers.tree_request import TreeRequest
from ecbackup_iac.terraform.roots.programs import is_before_opentofu

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conftest import Evaluate, Evaluated

KIND = "aws_elasticache_replication_group"


def group(days: str = "0", name: str = "r", more: str = "") -> str:
    return (
        f'resource "{KIND}" "{name}" {{\n  {more}\n  replication_group_id = "r"\n'
        f'  description = "x"\n  snapshot_retention_limit = {days}\n}}\n'
    )


def call(source: str = "../live", more: str = "", name: str = "x") -> str:
    return f'module "{name}" {{\n  source = "{source}"\n  {more}\n}}\n'


DAYS = 'variable "days" {\n  default = 0\n}\n'
OFF = 'variable "on" {\n  default = false\n}\n'
COUNTED = "count = var.on ? 1 : 0"
PROVIDER = 'provider "aws" {\n  region = "eu-west-1"\n}\n'
BACKEND = 'terraform {\n  backend "s3" {}\n}\n'


def found_days(found: "Evaluated") -> dict[str, int | None]:
    """Give the retention of each cache by root; None where it is unknown."""
    return {
        cache.root: cache.retention.value if isinstance(cache.retention, Known) else None
        for cache in found.caches
    }


def reasons(found: "Evaluated") -> dict[str, str]:
    """Give the reasons of the absent caches that no other root creates, by file."""
    created = {place for cache in found.caches for place in (cache.block, *cache.overrides)}
    return {one.location.path: one.reason for one in found.absent if one.location not in created}


def unaccounted(found: "Evaluated") -> list[str]:
    """Give the cache blocks that have neither a finding nor a reason to be absent."""
    places = {place for cache in found.caches for place in (cache.block, *cache.overrides)}
    places |= {one.location for one in found.absent}
    return [one.address for one in found.blocks if one.location not in places]


NO_CALLS = {
    "a comment": '# module "x" {\n#   source = "../live"\n# }\n',
    "a comment with slashes": '// module "x" {\n//   source = "../live"\n// }\n',
    "a comment of several lines": '/*\nmodule "x" {\n  source = "../live"\n}\n*/\n',
    "a heredoc": 'locals {\n  x = <<EOT\nmodule "x" {\n  source = "../live"\n}\nEOT\n}\n',
    "a heredoc that is indented": (
        'locals {\n  x = <<-EOT\n    module "x" {\n      source = "../live"\n    }\n  EOT\n}\n'
    ),
    "a heredoc in an interpolation": (
        'locals {\n  x = "${<<EOT\nmodule "x" {\n  source = "../live"\n}\nEOT\n}"\n}\n'
    ),
    "the source of an object": (
        'resource "aws_s3_object" "module" {\n  key    = "k"\n  source = "../live"\n}\n'
    ),
    "the source of a provisioner": (
        'resource "null_resource" "module" {\n  provisioner "file" {\n'
        '    source      = "../live"\n    destination = "x"\n  }\n}\n'
    ),
    "a remark": 'locals {}\n# the module is like source = "../live"\n',
    "a map": 'locals {\n  module = { source = "../live" }\n}\n',
    "a module block in another block": 'locals {\n  x = 1\n}\ncheck "module" {\n  source = "../live"\n}\n',
    "a module block with two labels": 'module "x" "y" {\n  source = "../live"\n}\n',
    "a text": 'locals {\n  x = "module \\"x\\" { source = \\"../live\\" }"\n}\n',
}


@pytest.mark.parametrize("target", [".", "live"])
@pytest.mark.parametrize("way", NO_CALLS)
def test_text_that_is_not_a_module_call_removes_no_root(
    way: str, target: str, evaluate: "Evaluate"
) -> None:
    files = {"docs/main.tf": NO_CALLS[way], "live/main.tf": group()}
    assert found_days(evaluate(files, target)) == {"live": 0}


def test_a_comment_in_json_is_not_a_module_call(evaluate: "Evaluate") -> None:
    text = '{"//": {"module": {"x": {"source": "../live"}}}, "locals": {"a": 1}}'
    assert found_days(evaluate({"docs/x.tf.json": text, "live/main.tf": group()})) == {"live": 0}


def test_two_roots_whose_comments_name_each_other_are_both_evaluated(evaluate: "Evaluate") -> None:
    files = {
        "a/main.tf": group("1") + '# source = "../b"\n',
        "b/main.tf": group("2") + '# source = "../a"\n',
    }
    assert found_days(evaluate(files)) == {"a": 1, "b": 2}


CALLS = {
    "plain": call(more="days = 7"),
    "a template": 'module "x" {\n  source = "../live${""}"\n  days = 7\n}\n',
    "parentheses": 'module "x" {\n  source = ("../live")\n  days = 7\n}\n',
    "an escape": 'module "x" {\n  source = "\\u002e./live"\n  days = 7\n}\n',
    "a comment before the value": 'module "x" {\n  source /* y */ = "../live"\n  days = 7\n}\n',
    "one line, no blanks": 'module"x"{\nsource="../live"\ndays=7\n}\n',
    "a heredoc before it": "locals {\n  x = <<EOT\n}\nEOT\n}\n" + call(more="days = 7"),
    "with dots in it": call(".././docs/../live", "days = 7"),
}


@pytest.mark.parametrize("way", CALLS)
def test_a_called_folder_is_not_a_root(way: str, evaluate: "Evaluate") -> None:
    files = {"docs/main.tf": CALLS[way], "live/main.tf": DAYS + group("var.days")}
    assert found_days(evaluate(files)) == {"docs": 7}


@pytest.mark.parametrize("escaped", ["source", "s\\u006furce"])
def test_a_call_in_json_is_one(escaped: str, evaluate: "Evaluate") -> None:
    text = f'{{"module": {{"x": {{"{escaped}": "../live", "days": 7}}}}}}'
    files = {"docs/main.tf.json": text, "live/main.tf": DAYS + group("var.days")}
    assert found_days(evaluate(files)) == {"docs": 7}


def test_a_source_that_an_override_sets_counts(evaluate: "Evaluate") -> None:
    files = {
        "docs/main.tf": call("../nowhere", "days = 7"),
        "docs/override.tf": call("../live"),
        "live/main.tf": DAYS + group("var.days"),
    }
    assert found_days(evaluate(files)) == {"docs": 7}


def test_a_link_is_called_as_what_it_leads_to(evaluate: "Evaluate", tmp_path: "Path") -> None:
    (tmp_path / "linked").symlink_to("live")
    files = {
        "docs/main.tf": call("../linked", "days = 7"),
        "live/main.tf": DAYS + group("var.days"),
    }
    assert found_days(evaluate(files)) == {"docs": 7}


# A call that never creates an instance, whatever anyone gives.
NEVER = {
    "an empty for_each": "for_each = {}",
    "an empty set": "for_each = toset([])",
    "a count of 0": "count = 0",
    "a local value": "count = local.none",
    "a local value of a local value": "for_each = local.names",
    "a condition": 'count = "a" == "b" ? 1 : 0',
    "the same either way": "count = var.on ? 0 : 0",
    "a filter": "for_each = { for k, v in { a = 1 } : k => v if v > 1 }",
}
LOCALS = "locals {\n  none = 0\n  names = local.some\n  some = {}\n}\n"


@pytest.mark.parametrize("target", [".", "live"])
@pytest.mark.parametrize("way", NEVER)
def test_a_call_that_never_creates_anything_makes_no_caller(
    way: str, target: str, evaluate: "Evaluate"
) -> None:
    files = {"docs/main.tf": LOCALS + OFF + call(more=NEVER[way]), "live/main.tf": group()}
    found = evaluate(files, target)
    assert found_days(found) == {"live": 0}
    assert (found.errors, reasons(found)) == ([], {})


def test_what_terraform_rejects_of_a_module_that_no_call_creates_is_not_an_error(
    evaluate: "Evaluate",
) -> None:
    days = 'variable "days" {\n  default = []\n}\n'
    files = {
        "docs/main.tf": call(more="count = 0\n  days = [7]"),
        "live/main.tf": days + group("var.days[0]"),
    }
    found = evaluate(files)
    assert found.errors == []
    assert [one.message for one in found.diagnostics] == [
        "Invalid index: no element with that index (its calls create nothing, so it was evaluated as a root)"
    ]
    # It may nevertheless be planned on its own, so it does not vanish, and is no pass.
    (cache,) = found.caches
    assert (cache.root, isinstance(cache.retention, Unknown)) == ("live", True)
    # What calls it and creates it is evaluated as ever.
    files["docs/main.tf"] = call(more="days = [7]")
    assert found_days(evaluate(files)) == {"docs": 7}


def test_nor_is_it_of_a_module_below_that_a_rejected_call_leads_to(evaluate: "Evaluate") -> None:
    refused = 'variable "days" {\n  default = []\n}\n' + group("var.days[0]")
    files = {
        "docs/main.tf": call(more="count = 0"),
        "live/main.tf": 'module "below" {\n  source = "./below"\n  count = [][0]\n}\n',
        "live/below/main.tf": refused,
    }
    found = evaluate(files)
    assert found.errors == []
    assert {cache.root for cache in found.caches} == {"live", "live/below"}
    # A folder that shows that it is planned on its own has to be right.
    files["live/below/terraform.tfvars"] = ""
    assert evaluate(files).errors == ["Invalid index: no element with that index"]


# A call that creates nothing with the values of this run: (arguments, declarations, the reason).
EMPTY = {
    "a switch": (COUNTED, OFF, "count is 0"),
    "a number": ("count = var.n", 'variable "n" {\n  default = 0\n}\n', "count is 0"),
    "a local value": ("count = local.n", OFF + "locals {\n  n = var.on ? 1 : 0\n}\n", "count is 0"),
    "a map": ("for_each = var.m", 'variable "m" {\n  default = {}\n}\n', "for_each is empty"),
    "a set": (
        "for_each = toset(var.m)",
        'variable "m" {\n  type = list(string)\n  default = []\n}\n',
        "for_each is empty",
    ),
    "the workspace": ('count = terraform.workspace == "default" ? 0 : 1', "", "count is 0"),
}


@pytest.mark.parametrize("target", [".", "live"])
@pytest.mark.parametrize("way", EMPTY)
def test_what_a_call_does_not_create_in_this_run_is_absent(
    way: str, target: str, evaluate: "Evaluate"
) -> None:
    arguments, declared, reason = EMPTY[way]
    files = {"docs/main.tf": call(more=arguments) + declared, "live/main.tf": group()}
    found = evaluate(files, target, given=EvaluationInputs(workspace="default"))
    assert found.caches == ()
    assert reasons(found) == {
        "live/main.tf": f"the call at docs/main.tf:1 creates no instance: {reason}"
    }
    assert [one.address for one in found.absent] == [f"module.x.{KIND}.r"]
    assert found.absent[0].location == found.blocks[0].location


def test_of_two_callers_the_one_that_creates_something_counts(evaluate: "Evaluate") -> None:
    files = {
        "a/main.tf": OFF + call(more=COUNTED + "\n  days = 1"),
        "b/main.tf": call(more="count = 1\n  days = 7"),
        "live/main.tf": DAYS + group("var.days"),
    }
    found = evaluate(files)
    assert found_days(found) == {"b": 7}
    assert reasons(found) == {}


def test_a_value_that_is_given_switches_a_call_on(evaluate: "Evaluate") -> None:
    files = {"a/main.tf": OFF + call(more=COUNTED), "live/main.tf": group("3")}
    found = evaluate(files, given=EvaluationInputs((("var", "on=true"),)))
    assert (found_days(found), found.absent) == ({"a": 3}, ())


def test_a_variable_file_that_switches_a_call_on_is_tried(evaluate: "Evaluate") -> None:
    files = {
        "a/main.tf": OFF + call(more=COUNTED),
        "a/prod.tfvars": "on = true\n",
        "live/main.tf": group("3"),
    }
    found = evaluate(files)
    assert (found_days(found), reasons(found)) == ({"a": 3}, {})


def test_what_a_call_in_the_middle_does_not_create_is_absent(evaluate: "Evaluate") -> None:
    files = {
        "root/main.tf": OFF + call("../outer", "on = var.on") + group("1", "own"),
        "outer/main.tf": OFF + call("../inner", COUNTED) + group("2", "outer"),
        "inner/main.tf": call("../deep") + group("3", "inner"),
        "deep/main.tf": group("4", "deep"),
    }
    found = evaluate(files)
    assert sorted(found.addresses) == [f"{KIND}.own", f"module.x.{KIND}.outer"]
    reason = "the call at outer/main.tf:4 creates no instance: count is 0"
    assert reasons(found) == {"inner/main.tf": reason, "deep/main.tf": reason}
    assert sorted(one.address for one in found.absent) == [
        f"module.x.module.x.{KIND}.inner",
        f"module.x.module.x.module.x.{KIND}.deep",
    ]


def test_what_a_call_passes_to_a_module_is_a_value_like_any_other(evaluate: "Evaluate") -> None:
    files = {
        "root/main.tf": call("../outer", "on = false"),
        "outer/main.tf": OFF + call("../inner", COUNTED),
        "inner/main.tf": group("3"),
    }
    found = evaluate(files)
    assert found_days(found) == {}
    reason = "the call at outer/main.tf:4 creates no instance: count is 0"
    assert reasons(found) == {"inner/main.tf": reason}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (group(more="count = 0"), "count is 0"),
        (OFF + group(more=COUNTED), "count is 0"),
        (
            'variable "m" {\n  default = {}\n}\n' + group(more="for_each = var.m"),
            "for_each is empty",
        ),
        (
            'module "redis" {\n  source = "terraform-aws-modules/elasticache/aws"\n  create = false\n}\n',
            "create is false",
        ),
        (
            'module "redis" {\n  source = "cloudposse/elasticache-redis/aws"\n  count = 0\n}\n',
            "count is 0",
        ),
        (
            'module "redis" {\n  source = "git::https://h.example/My-ElastiCache.git"\n  count = 0\n}\n',
            "count is 0",
        ),
    ],
)
def test_a_block_that_creates_no_instance_is_absent(
    text: str, reason: str, evaluate: "Evaluate"
) -> None:
    found = evaluate({"main.tf": text})
    assert found.caches == ()
    assert reasons(found) == {"main.tf": reason}
    assert [one.location for one in found.absent] == [one.location for one in found.blocks]


def test_a_call_of_an_unrelated_module_is_not_a_cache(evaluate: "Evaluate") -> None:
    text = 'module "v" {\n  source = "terraform-aws-modules/vpc/aws"\n  count = 0\n}\n'
    found = evaluate({"main.tf": text + group("7")})
    assert (len(found.blocks), found.absent) == (1, ())


REFUSED = {
    "an argument that is not declared": call(more="nothing = 1"),
    "an argument that is missing": call(),
    "a count that is none": call(more="need = 1\n  count = -1"),
    "a version that nobody has": 'terraform {\n  required_version = ">= 9"\n}\n'
    + call(more="need = 1"),
}


@pytest.mark.parametrize("target", [".", "live"])
@pytest.mark.parametrize("way", REFUSED)
def test_a_folder_whose_calls_are_all_rejected_is_a_root(
    way: str, target: str, evaluate: "Evaluate"
) -> None:
    files = {"docs/main.tf": REFUSED[way], "live/main.tf": 'variable "need" {}\n' + group()}
    found = evaluate(files, target)
    assert found_days(found)["live"] == 0
    assert len(found.errors) == 1


def test_a_rejected_module_call_reaches_nothing(evaluate: "Evaluate") -> None:
    files = {
        "docs/main.tf": call("../middle", "nothing = 1"),
        "middle/main.tf": call("../live"),
        "live/main.tf": group(),
    }
    assert found_days(evaluate(files)) == {"docs": None, "middle": 0}


REPEATED = ("count = 1", "count = 0", "for_each = {}", COUNTED, "depends_on = [path.root]")


@pytest.mark.parametrize("more", REPEATED)
@pytest.mark.parametrize("between", [False, True])
def test_count_on_a_module_with_a_provider_is_rejected(
    more: str, *, between: bool, evaluate: "Evaluate"
) -> None:
    files = {"docs/main.tf": OFF + call("../middle" if between else "../live", more)}
    files |= {"live/main.tf": PROVIDER + group(), "middle/main.tf": call()}
    if not between:
        del files["middle/main.tf"]
    found = evaluate(files)
    assert 0 in found_days(found).values()
    never = between and more in ("count = 0", "for_each = {}")  # what is below is not read
    assert [text.partition(":")[0] for text in found.errors] == (
        [] if never else ["Module is incompatible with count, for_each, and depends_on"]
    )


@pytest.mark.parametrize(
    ("provider", "expected"),
    [
        (PROVIDER, {"docs": 7}),
        ('provider "aws" {\n  alias = "x"\n}\n', {"docs": 7}),
        ("", {"docs": 7}),
    ],
)
def test_a_plain_call_of_a_folder_with_a_provider_is_a_call(
    provider: str, expected: dict[str, int], evaluate: "Evaluate"
) -> None:
    files = {
        "docs/main.tf": call(more="days = 7\n  depends_on = []"),
        "live/main.tf": provider + DAYS + group("var.days"),
    }
    assert found_days(evaluate(files)) == expected


@pytest.mark.parametrize("alias", ["", '  alias = "x"\n'])
def test_a_repeated_call_of_a_folder_with_an_empty_provider_is_a_call(
    alias: str, evaluate: "Evaluate"
) -> None:
    files = {
        "docs/main.tf": call(more="count = 1\n  days = 7"),
        "live/main.tf": f'provider "aws" {{\n{alias}}}\n' + DAYS + group("var.days"),
    }
    assert found_days(evaluate(files)) == {"docs": 7}


EVIDENCE = {
    "a backend": {"live/b.tf": BACKEND},
    "a backend in JSON": {"live/b.tf.json": '{"terraform": {"backend": {"s3": {}}}}'},
    "a cloud block": {"live/b.tf": 'terraform {\n  cloud {\n    organization = "x"\n  }\n}\n'},
    "a variable file": {"live/terraform.tfvars": ""},
    "a variable file in JSON": {"live/terraform.tfvars.json": "{}"},
    "an automatic variable file": {"live/x.auto.tfvars": ""},
    "an initialised folder": {"live/.terraform/terraform.tfstate": "{}"},
}


@pytest.mark.parametrize("way", EVIDENCE)
@pytest.mark.parametrize("more", ["", COUNTED])
def test_a_folder_that_shows_that_it_is_planned_is_a_root_whatever_calls_it(
    way: str, more: str, evaluate: "Evaluate"
) -> None:
    files = {"docs/main.tf": OFF + call(more=more), "live/main.tf": group(), **EVIDENCE[way]}
    found = evaluate(files)
    assert "live" in found_days(found)
    assert reasons(found) == {}


NO_EVIDENCE: "Mapping[str, Mapping[str, str]]" = {
    "a lock file": {
        "live/.terraform.lock.hcl": 'provider "registry.terraform.io/hashicorp/aws" {}\n'
    },
    "a variable file that nobody loads": {"live/prod.tfvars": "days = 1\n"},
    "a backend in a comment": {"live/b.tf": '# terraform { backend "s3" {} }\n'},
    "a backend in another block": {"live/b.tf": 'locals {\n  backend = "s3"\n  cloud = {}\n}\n'},
    "required providers": {
        "live/b.tf": 'terraform {\n  required_providers {\n    aws = {\n      source = "hashicorp/aws"\n'
        "    }\n  }\n}\n"
    },
}


@pytest.mark.parametrize("way", NO_EVIDENCE)
def test_a_library_module_is_not_a_root(way: str, evaluate: "Evaluate") -> None:
    files = {"docs/main.tf": call(more="days = 7"), "live/main.tf": DAYS + group("var.days")}
    assert found_days(evaluate({**files, **NO_EVIDENCE[way]})) == {"docs": 7}


def test_the_first_module_of_an_uncalled_circle_is_a_root(evaluate: "Evaluate") -> None:
    files = {
        "b/main.tf": call("../c") + group("1", "b"),
        "c/main.tf": call("../b") + call("../a", name="y") + group("2", "c"),
        "a/main.tf": group("3", "a"),  # first by path, and below the circle
    }
    found = evaluate(files)
    assert {cache.root for cache in found.caches} == {"b"}
    assert sorted(cache.address.rpartition(".")[2] for cache in found.caches) == ["a", "b", "c"]


def test_a_circle_below_a_root_is_reached_from_there(evaluate: "Evaluate") -> None:
    files = {
        "root/main.tf": call("../b"),
        "a/main.tf": call("../b") + group("1", "a"),
        "b/main.tf": call("../a") + group("2", "b"),
    }
    found = evaluate(files)
    assert {cache.root for cache in found.caches} == {"root"}
    assert unaccounted(found) == []
    assert found.errors == ["the module was not read: ../b calls itself"]


def test_a_caller_that_is_not_evaluated_makes_its_module_a_root(evaluate: "Evaluate") -> None:
    files = {
        "root/main.tf": OFF
        + call("../middle", COUNTED, "off")
        + call("../never", "count = 0", "no"),
        "never/main.tf": call("../live") + group("1", "never"),
        "middle/main.tf": group("2", "middle"),
        "live/main.tf": group("3", "live"),
    }
    found = evaluate(files)
    assert {one.root for one in found.caches} == {"never"}
    assert sorted(cache.address.rpartition(".")[2] for cache in found.caches) == ["live", "never"]
    assert [*reasons(found)] == ["middle/main.tf"]
    assert unaccounted(found) == []


def test_only_callers_of_a_target_are_evaluated(evaluate: "Evaluate") -> None:
    files = {
        "live/main.tf": DAYS + group("var.days") + call("../below", name="b"),
        "below/main.tf": group("1", "below"),
        "caller/main.tf": call(more="days = 7") + call("../other", name="o") + "broken {",
        "above/main.tf": call("../caller"),
        "unrelated/main.tf": group("0") + "broken {",
        "other/main.tf": group("0") + "broken {",
    }
    found = evaluate(files, "live")
    evaluated = sorted({one.location.path for one in found.diagnostics})
    assert evaluated == ["caller/main.tf"]
    assert sorted(found.addresses) == [
        f"module.x.module.x.{KIND}.r",
        f"module.x.module.x.module.b.{KIND}.below",
    ]
    assert [one.location.path for one in found.blocks] == ["live/main.tf"]


def test_every_block_of_a_folder_with_a_cache_is_parsed(evaluate: "Evaluate") -> None:
    broken = 'output "o" {\n  value = 1 +\n}\n'
    files = {
        "root/main.tf": call("../live"),
        "root/other.tf": broken,
        "live/main.tf": group("7"),
        "live/other.tf": broken,
        "aside/main.tf": broken,  # no cache, and not on the way to one
    }
    paths = {one.location.path for one in evaluate(files).diagnostics}
    assert paths == {"root/other.tf", "live/other.tf"}


def test_what_is_absent_is_parsed_too(evaluate: "Evaluate") -> None:
    files = {
        "root/main.tf": OFF + call("../live", COUNTED),
        "live/main.tf": group("7") + 'output "o" {\n  value = 1 +\n}\n',
    }
    assert [one.location.path for one in evaluate(files).diagnostics] == ["live/main.tf"]


def test_many_local_modules_take_little_time(evaluate: "Evaluate") -> None:
    count = 300
    files = {f"m{n:03}/main.tf": "locals {\n  a = 1\n}\n" for n in range(count)}
    files["main.tf"] = "".join(call(f"./m{n:03}", name=f"m{n}") for n in range(count))
    files["zcache/main.tf"] = group("7")
    start = time.process_time()
    found = evaluate(files)
    assert found_days(found) == {"zcache": 7}
    assert time.process_time() - start < 30


TWINS = {"main.tf": group("0"), "main.tofu": group("7")}


def test_where_nothing_shows_the_program_both_readings_are_outcomes(evaluate: "Evaluate") -> None:
    found = evaluate(TWINS)
    (cache,) = found.caches
    assert isinstance(cache.retention, Unknown)
    assert [
        (one.value.value, one.when)
        for one in cache.retention.outcomes
        if isinstance(one.value, Known)
    ] == [(0, "Terraform plans it"), (7, "OpenTofu plans it")]
    assert "both were evaluated" in cache.assumptions[-1]
    assert (unaccounted(found), len(found.blocks)) == ([], 2)


@pytest.mark.parametrize("name", ["override.tofu", "x_override.tofu"])
def test_an_override_that_terraform_does_not_read_decides_nothing(
    name: str, evaluate: "Evaluate"
) -> None:
    files = {"main.tf": group("0"), name: group("7")}
    (cache,) = evaluate(files).caches
    assert isinstance(cache.retention, Unknown)
    (cache,) = evaluate({**files, ".opentofu-version": "1.11.0"}).caches
    assert isinstance(cache.retention, Known)


def test_a_cache_that_only_one_program_reads_is_evaluated(evaluate: "Evaluate") -> None:
    found = evaluate({"main.tf": group("0", "a"), "main.tofu": group("7", "b")})
    assert {cache.address: cache.assumptions[-1] for cache in found.caches} == {
        f"{KIND}.a": "it exists only when Terraform plans this root",
        f"{KIND}.b": "it exists only when OpenTofu plans this root",
    }
    assert unaccounted(found) == []


def test_both_readings_of_a_called_module_are_outcomes(evaluate: "Evaluate") -> None:
    files = {"root/main.tf": call("../live")} | {
        f"live/{name}": text for name, text in TWINS.items()
    }
    found = evaluate(files)
    assert [(cache.root, len(cache.overrides)) for cache in found.caches] == [("root", 1)]
    assert isinstance(found.caches[0].retention, Unknown)


def test_readings_that_differ_in_more_than_the_retention_are_two_findings(
    evaluate: "Evaluate",
) -> None:
    files = {"main.tf": group("0"), "main.tofu": group("7", more='engine = "valkey"')}
    assert len(evaluate(files).caches) == 2


def test_an_override_that_opentofu_does_not_read_is_seen(evaluate: "Evaluate") -> None:
    files = {
        "main.tf": group("7"),
        "x_override.tf": group("0"),
        "x_override.tofu": "locals {\n  a = 1\n}\n",
    }
    (cache,) = evaluate(files).caches
    assert isinstance(cache.retention, Unknown)


LOCK = 'provider "registry.{}/hashicorp/aws" {{\n  version = "6.0.0"\n}}\n'
SHOWN = {
    "a version file of Terraform": ({".terraform-version": "1.9.0"}, 0, "main.tofu"),
    "a version file of OpenTofu": ({".opentofu-version": "1.9.0"}, 7, "main.tf"),
    "a lock file of Terraform": (
        {".terraform.lock.hcl": LOCK.format("terraform.io")},
        0,
        "main.tofu",
    ),
    "a lock file of OpenTofu": ({".terraform.lock.hcl": LOCK.format("opentofu.org")}, 7, "main.tf"),
    "a version that OpenTofu never had": (
        {"v.tf": 'terraform {\n  required_version = "~> 1.5.0"\n}\n'},
        0,
        "main.tofu",
    ),
}


@pytest.mark.parametrize("way", SHOWN)
@pytest.mark.parametrize("folder", ["", "stack/"])
def test_where_the_program_is_shown_only_its_reading_counts(
    way: str, folder: str, evaluate: "Evaluate"
) -> None:
    shown, days, absent = SHOWN[way]
    is_above = all(name.endswith("-version") for name in shown)
    files = {folder + name: text for name, text in TWINS.items()}
    files |= {("" if is_above else folder) + name: text for name, text in shown.items()}
    found = evaluate(files)
    assert [*found_days(found).values()] == [days]
    assert [*reasons(found)] == [folder + absent]
    assert "does not read this file" in reasons(found)[folder + absent]
    assert unaccounted(found) == []


UNCLEAR = {
    "both version files": {".terraform-version": "1.9.0", ".opentofu-version": "1.9.0"},
    "a lock file of both": {
        ".terraform.lock.hcl": LOCK.format("terraform.io") + LOCK.format("opentofu.org")
    },
    "a lock file of a mirror": {".terraform.lock.hcl": LOCK.format("example.com")},
    "a version that both have": {"v.tf": 'terraform {\n  required_version = ">= 1.6"\n}\n'},
    "two that contradict each other": {
        ".terraform-version": "1.9.0",
        ".terraform.lock.hcl": LOCK.format("opentofu.org"),
    },
    "a version file beside another folder": {"other/.terraform-version": "1.9.0"},
    "a version that OpenTofu does not read": {
        "v.tf": 'terraform {\n  required_version = "< 1.6"\n}\n',
        "v.tofu": 'terraform {\n  required_version = ">= 1.6"\n}\n',
    },
}


@pytest.mark.parametrize("way", UNCLEAR)
def test_where_the_program_is_not_clear_both_readings_are_outcomes(
    way: str, evaluate: "Evaluate"
) -> None:
    (cache,) = evaluate({**TWINS, **UNCLEAR[way]}).caches
    assert isinstance(cache.retention, Unknown)


def test_terraform_reads_no_file_of_opentofu(evaluate: "Evaluate") -> None:
    files = {".terraform-version": "1.9", "main.tf": group("7"), "more.tofu": group("0", "s")}
    found = evaluate(files)
    assert found_days(found) == {".": 7}
    assert [*reasons(found)] == ["more.tofu"]


def test_files_only_for_opentofu_are_read(evaluate: "Evaluate") -> None:
    found = evaluate({"main.tf": group("7"), "more.tofu": group("0", "s")})
    assert sorted(found.addresses) == [f"{KIND}.r", f"{KIND}.s"]


@pytest.mark.parametrize(
    ("constraints", "expected"),
    [
        ("< 1.6", True), ("< 1.6.0", True), ("< 1.6.1", False), ("<= 1.5.7", True), ("<= 1.6", False),
        ("1.5.7", True), ("= 1.5.7", True), ("= v1.5.7", True), ("1.6.0", False), ("~> 1.5.0", True),
        ("~> 1.5", False), ("~> 1.6.0", False), ("~> 0.14", True), ("~> 1", False), (">= 1.3, < 1.6", True),
        (">= 1.3, < 2", False), (">= 1.5", False), ("!= 1.5.7", False), ("", False), ("nonsense", False),
        ("< 1.10", False), ("~> 1.10.0", False),
    ],
)  # fmt: skip
def test_a_version_constraint_may_rule_opentofu_out(constraints: str, *, expected: bool) -> None:
    assert is_before_opentofu(constraints) is expected


PLANS = Path(__file__).parents[1] / "readers" / "plans"
CACHE_TYPE = "AWS::ElastiCache::CacheCluster"
ENTRY = '{"CacheClusterId": "a", "SnapshotRetentionLimit": 0}'

NO_ENVIRONMENTS = (
    "tests/x.tfvars", "test/x.tfvars", "fixtures/x.tfvars", "tests/deep/x.tfvars", "a/fixtures/b/x.tfvars",
    "tests/test.auto.tfvars.json", "env/x.auto.tfvars", "env/x.auto.tfvars.json",
)  # fmt: skip


@pytest.mark.parametrize("name", NO_ENVIRONMENTS)
def test_a_variable_file_of_tests_is_not_an_environment(name: str, evaluate: "Evaluate") -> None:
    variables = '{"days": 0}' if name.endswith(".json") else "days = 0\n"
    text = 'variable "days" {\n  default = 7\n}\n' + group("var.days")
    (cache,) = evaluate({"main.tf": text, name: variables}).caches
    assert (cache.variants, cache.assumptions) == ((), ())


@pytest.mark.parametrize(
    "name",
    ["prod.tfvars", "env/prod.tfvars", "env/terraform.tfvars", "contests/x.tfvars", "tests.tfvars"],
)
def test_another_variable_file_is_an_environment(name: str, evaluate: "Evaluate") -> None:
    text = 'variable "days" {\n  default = 7\n}\n' + group("var.days")
    (cache,) = evaluate({"main.tf": text, name: "days = 0\n"}).caches
    assert len(cache.variants) == 1


@pytest.mark.parametrize("names", [["env/test/x.tfvars"], ["prod/x.tfvars", "test/x.tfvars"]])
def test_an_environment_may_be_called_test(names: list[str], evaluate: "Evaluate") -> None:
    text = 'variable "days" {\n  default = 7\n}\n' + group("var.days")
    (cache,) = evaluate({"main.tf": text} | dict.fromkeys(names, "days = 0\n")).caches
    assert len(cache.variants) == len(names)


def test_a_root_in_a_folder_of_tests_has_its_own_environments(evaluate: "Evaluate") -> None:
    text = 'variable "days" {\n  default = 7\n}\n' + group("var.days")
    (cache,) = evaluate({"tests/a/main.tf": text, "tests/a/prod.tfvars": "days = 0\n"}).caches
    assert len(cache.variants) == 1


def test_every_block_that_is_merged_belongs_to_the_finding(evaluate: "Evaluate") -> None:
    files = {
        "main.tf": group("0"),
        "a_override.tf": group("3"),
        "override.tf.json": f'{{"resource": {{"{KIND}": {{"r": {{"snapshot_retention_limit": 7}}}}}}}}',
    }
    found = evaluate(files)
    (cache,) = found.caches
    assert [place.path for place in cache.overrides] == ["a_override.tf", "override.tf.json"]
    assert (unaccounted(found), len(found.blocks)) == ([], 3)


@pytest.mark.parametrize("more", ["count = 0", 'source = "../empty"'])
def test_an_override_of_a_module_call_is_not_a_block_of_its_own(
    more: str, evaluate: "Evaluate"
) -> None:
    source = "terraform-aws-modules/elasticache/aws"
    files = {
        "s/main.tf": call(source, name="c"),
        "s/override.tf": f'module "c" {{\n  {more}\n}}\n',
        "empty/main.tf": "locals {\n  a = 1\n}\n",
    }
    found = evaluate(files)
    assert unaccounted(found) == []
    assert found.caches == ()


@pytest.mark.parametrize("more", ["create = false", "count = 0"])
def test_a_call_whose_source_an_override_sets_is_absent_with_it(
    more: str, evaluate: "Evaluate"
) -> None:
    files = {
        "s/main.tf": call("../empty", more, "c"),
        "s/override.tf": call("terraform-aws-modules/elasticache/aws", name="c"),
        "empty/main.tf": "locals {\n  a = 1\n}\n",
    }
    found = evaluate(files)
    assert (unaccounted(found), found.caches, len(found.blocks)) == ([], (), 1)


def test_broken_and_duplicate_blocks_are_left_to_the_accounting(
    evaluate: "Evaluate",
) -> None:
    found = evaluate({"main.tf": group("7") + group("0"), "x_override.tf": group("0", "nobody")})
    assert sorted(unaccounted(found)) == [f"{KIND}.nobody", f"{KIND}.r"]
    assert len(found.errors) == 2


def test_a_linked_root_in_a_folder_that_is_skipped_is_evaluated(
    tmp_path: "Path", evaluate: "Evaluate"
) -> None:
    evaluate({"node_modules/x/main.tf": group("0"), "a/main.tf": "locals {\n  a = 1\n}\n"})
    (tmp_path / ".git").mkdir()
    (tmp_path / "live").symlink_to("node_modules/x")
    listings: dict[str, Listing] = {}
    list(discover([str(tmp_path)], (), {}, listings))
    real = str(tmp_path.resolve())
    readings = [*read(TreeRequest(real, (real,), listings=listings))]
    assert [cache.address for one in readings for cache in one.resources] == [f"{KIND}.r"]


# Terraform 1.11.4 rejects each of these with the same summary.
@pytest.mark.parametrize(
    ("name", "text", "summary"),
    [
        (
            "main.tf",
            'resorce "aws_elasticache_cluster" "a" {\n  engine = "redis"\n}\n',
            'Unsupported block type: blocks of type "resorce" are not expected here',
        ),
        (
            "main.tf",
            group() + "snapshot_retention_limit = 7\n",
            'Unsupported argument: "snapshot_retention_limit" is not expected outside of a block',
        ),
        (
            "main.tf.json",
            '{"resorce": {"aws_elasticache_cluster": {"a": {"engine": "redis"}}}}',
            'Extraneous JSON object property: no block type is named "resorce"',
        ),
        (
            "x_override.tf",
            group() + 'resorce "aws_elasticache_cluster" "a" {\n}\n',
            'Unsupported block type: blocks of type "resorce" are not expected here',
        ),
        (
            "terraform.tfvars",
            "days {\n  default = 7\n}\n",
            'Unexpected "days" block: blocks are not allowed here',
        ),
    ],
)
def test_what_terraform_does_not_expect_at_the_top_of_a_file_is_an_error(
    name: str, text: str, summary: str, evaluate: "Evaluate"
) -> None:
    found = evaluate({"cache.tf": group(name="other"), name: text})
    assert summary in found.errors


# Documents that are not configuration, as their name says.
MISNAMED = {
    "a plan": (PLANS / "checks.json").read_text("utf-8"),
    "a state": (PLANS / "state.json").read_text("utf-8"),
    "a template": f'{{"Resources": {{"A": {{"Type": "{CACHE_TYPE}"}}}}, "Outputs": {{}}}}',
    "output": f'{{"CacheClusters": [{ENTRY}], "NextToken": null}}',
    "an entry of output": ENTRY,
    "a list of entries": f"[{ENTRY}]",
}


@pytest.mark.parametrize("text", MISNAMED.values(), ids=MISNAMED)
@pytest.mark.parametrize("name", ["x.tf.json", "x.tofu.json"])
def test_a_document_that_is_called_configuration_is_one_error(
    name: str, text: str, evaluate: "Evaluate"
) -> None:
    (error,) = evaluate({name: text, "other/main.tf": group("7")}).errors
    assert error.startswith("Extraneous JSON object property: none is a block type")


def test_a_misspelt_block_type_is_an_error_of_its_own(evaluate: "Evaluate") -> None:
    text = f'{{"resources": {{"{KIND}": {{"a": {{}}}}}}, "variable": {{}}, "outputs": {{}}}}'
    assert evaluate({"x.tf.json": text}).errors == [
        'Extraneous JSON object property: no block type is named "resources"',
        'Extraneous JSON object property: no block type is named "outputs"',
    ]
