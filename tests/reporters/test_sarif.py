"""SARIF: it is valid, GitHub finds all that it wants, and a finding keeps its name when code moves."""

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from ecbackup_iac.control.rule_cards import RULE_CARDS
from ecbackup_iac.model.cache import CacheResource
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import Diagnostic, Report, Severity
from ecbackup_iac.model.source import Source
from ecbackup_iac.model.urls import rule_url
from ecbackup_iac.model.value import Known, Unset
from ecbackup_iac.model.verdict import Level, Rule
from ecbackup_iac.reporters.render_options import RenderOptions
from ecbackup_iac.reporters.sarif_report import render

if TYPE_CHECKING:
    from conftest import Evaluate, Run
    from reporters.conftest import MakeFinding

# The schema that OASIS publishes, as it is in the tests of cfn-lint 1.58.0.
SCHEMA = json.loads(Path(__file__).with_name("sarif-schema-2.1.0.json").read_text("utf-8"))


def run_of(report: Report, options: RenderOptions = RenderOptions()) -> dict[str, Any]:
    document = json.loads(render(report, options))
    jsonschema.Draft7Validator(SCHEMA).validate(document)
    (run,) = document["runs"]
    assert isinstance(run, dict)
    return run


@pytest.fixture(scope="module")
def everything(report: Report) -> dict[str, Any]:
    return run_of(report, RenderOptions(folder="infra"))


def result_of(run: dict[str, Any], address: str) -> dict[str, Any]:
    found = [one for one in run["results"] if one["properties"]["address"] == address]
    first: dict[str, Any] = found[0]
    return first


def uri_of(location: dict[str, Any]) -> str:
    return str(location["physicalLocation"]["artifactLocation"]["uri"])


def test_the_schema_rejects_invalid_sarif() -> None:
    assert not jsonschema.Draft7Validator(SCHEMA).is_valid({"version": "2.1.0"})


def test_an_empty_report_is_valid() -> None:
    run = run_of(Report())
    assert (run["results"], run["invocations"][0]["executionSuccessful"]) == ([], True)


def test_every_rule_is_described_as_github_wants_it() -> None:
    rules = run_of(Report())["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [*Rule]
    for rule in rules:
        texts = [rule[name]["text"] for name in ("shortDescription", "fullDescription", "help")]
        assert all(texts)
        assert len(rule["fullDescription"]["text"]) <= 1024
        assert rule["help"]["markdown"]
        assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")
        assert 0 < float(rule["properties"]["security-severity"]) <= 10
        assert "security" in rule["properties"]["tags"]
        assert rule["properties"]["precision"] in ("very-high", "high", "medium", "low")


def test_rules_do_not_depend_on_what_was_scanned(everything: dict[str, Any]) -> None:
    assert everything["tool"] == run_of(Report())["tool"]


def test_every_rule_has_its_card() -> None:
    assert set(RULE_CARDS) == set(Rule)
    assert {rule for rule, card in RULE_CARDS.items() if card.level is Level.ERROR} == {*Rule} - {
        Rule.RETENTION_UNKNOWN,
        Rule.RETENTION_NOT_MANAGED,
    }


def test_a_result_names_its_rule_and_its_level(everything: dict[str, Any]) -> None:
    rules = everything["tool"]["driver"]["rules"]
    for result in everything["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    levels = {one["properties"]["address"]: one["level"] for one in everything["results"]}
    assert levels["aws_elasticache_replication_group.unknown"] == "warning"
    assert levels["strict"] == "error"


def test_a_pass_is_in_the_properties_and_not_in_the_results(
    everything: dict[str, Any], report: Report
) -> None:
    others = everything["properties"]["others"]
    assert {one["status"] for one in others} == {"pass", "not_applicable", "unknown"}
    assert len(others) + len(everything["results"]) == len(report.findings)
    assert "kind" not in json.dumps(everything["results"][0]["message"])
    assert everything["properties"]["summary"] == report.counts


def test_a_place_is_the_attributes_own_line(everything: dict[str, Any]) -> None:
    result = result_of(everything, "module.ledger.aws_elasticache_replication_group.this")
    (location,) = result["locations"]
    assert uri_of(location) == "infra/modules/redis/main.tf"
    assert location["physicalLocation"]["region"] == {
        "startLine": 12,
        "startColumn": 3,
        "endLine": 12,
        "endColumn": 40,
    }


def test_a_result_without_a_line_has_the_first_which_code_scanning_requires(
    everything: dict[str, Any],
) -> None:
    (location,) = result_of(everything, "aws_x.zero")["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "infra/plan.json"},
        "region": {"startLine": 1},
    }
    assert all(
        one["physicalLocation"]["region"]["startLine"] >= 1
        for result in everything["results"]
        for one in result["locations"]
    )


@pytest.mark.parametrize(
    ("source", "uri"),
    [
        (None, "stdin.json"),
        ("stacks/live", "infra/stacks/live"),
        ("../live", "live"),
        (".", "infra"),
        ("../../elsewhere", "stdin.json"),
        ("/elsewhere", "stdin.json"),
    ],
)
def test_standard_input_is_located_in_the_folder_of_the_source(
    source: str | None, uri: str, report: Report
) -> None:
    run = run_of(report, RenderOptions(folder="infra", source=source))
    result = result_of(run, "sessions")
    assert uri_of(result["locations"][0]) == uri
    flow = result["codeFlows"][0]["threadFlows"][0]["locations"][0]
    assert uri_of(flow["location"]) == uri
    assert (
        result["partialFingerprints"]
        == (
            result_of(run_of(report, RenderOptions(folder="infra")), "sessions")[
                "partialFingerprints"
            ]
        )
    )


def test_a_rule_links_to_its_own_page() -> None:
    rules = run_of(Report())["tool"]["driver"]["rules"]
    assert [rule["helpUri"] for rule in rules] == [rule_url(rule) for rule in Rule]


def warnings_of(run: dict[str, Any]) -> list[str]:
    (invocation,) = run["invocations"]
    return [one["message"]["text"] for one in invocation["toolExecutionNotifications"]]


def test_results_without_a_line_are_counted_once_and_the_option_that_locates_them_is_named(
    make_finding: "MakeFinding", called: CacheResource
) -> None:
    plan = replace(
        called,
        source=Source.TERRAFORM_PLAN,
        location=Location("plan.json"),
        retention=Unset(),
        calls=(),
    )
    passing = make_finding(replace(plan, retention=Known(7)))
    plans = Report((make_finding(plan), make_finding(plan), passing))
    (warning,) = warnings_of(run_of(plans))
    assert warning == (
        "2 results have no line and are reported at line 1, because SARIF requires one; "
        "pass --source DIR to report the lines of the configuration"
    )
    live = Report((make_finding(replace(plan, source=Source.AWS_CLI)),))
    alone = "1 result has no line and is reported at line 1, because SARIF requires one"
    assert warnings_of(run_of(live)) == [alone]
    assert warnings_of(run_of(Report((make_finding(plan),)), RenderOptions(source="."))) == [alone]
    assert warnings_of(run_of(Report((make_finding(called), passing)))) == []


VALUES = {"engine": "redis", "snapshot_retention_limit": 0}
PLAN = json.dumps(
    {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "resource_changes": [
            {
                "address": "aws_elasticache_cluster.jobs",
                "mode": "managed",
                "name": "jobs",
                "type": "aws_elasticache_cluster",
                "provider_name": "registry.terraform.io/hashicorp/aws",
                "change": {"actions": ["create"], "before": None, "after": VALUES},
            }
        ],
    }
).encode()


def test_the_command_warns_of_results_without_a_line_on_standard_error(run: "Run") -> None:
    result = run("check", "-", "--format", "sarif", stdin=PLAN)
    sarif = json.loads(result.stdout)["runs"][0]
    location = sarif["results"][0]["locations"][0]["physicalLocation"]
    assert location == {"artifactLocation": {"uri": "stdin.json"}, "region": {"startLine": 1}}
    (warning,) = warnings_of(sarif)
    assert warning.startswith("1 result has no line and is reported at line 1")
    assert (result.stderr, result.status) == (f"ecbackup-iac: warning: {warning}\n", 1)
    assert run("check", "-", "--format", "sarif", "--quiet", stdin=PLAN).stderr == ""
    assert run("check", "-", stdin=PLAN).stderr == ""


ON_GITHUB = {
    "GITHUB_REPOSITORY": "acme/platform",
    "GITHUB_SERVER_URL": "https://github.acme.example",
    "GITHUB_SHA": "0a1b2c",
}


@pytest.mark.parametrize(
    ("options", "variables", "provenance"),
    [
        ((), {}, None),
        (("--title", "Platform", "--revision", "0a1b2c"), {}, None),
        (
            ("--title", "https://git.example/acme/infra", "--revision", "v1"),
            {},
            {"repositoryUri": "https://git.example/acme/infra", "revisionId": "v1"},
        ),
        (
            (),
            ON_GITHUB,
            {
                "repositoryUri": "https://github.acme.example/acme/platform",
                "revisionId": "0a1b2c",
            },
        ),
        (
            ("--revision", "v1"),
            {"CI_PROJECT_URL": "https://gitlab.example/acme/infra", "CI_COMMIT_SHA": "0a1b2c"},
            {"repositoryUri": "https://gitlab.example/acme/infra", "revisionId": "v1"},
        ),
        (
            (),
            {"GIT_URL": "https://robot:secret@git.example/a b.git"},
            {"repositoryUri": "https://git.example/a%20b.git"},
        ),
        ((), {"GIT_URL": "git@git.example:acme/infra.git", "GIT_COMMIT": "0a1b2c"}, None),
    ],
)
def test_the_repository_and_its_revision_are_the_version_control_provenance(
    options: tuple[str, ...],
    variables: dict[str, str],
    provenance: dict[str, str] | None,
    run: "Run",
) -> None:
    result = run("check", "-", "--format", "sarif", *options, stdin=PLAN, env=variables)
    written = json.loads(result.stdout)["runs"][0].get("versionControlProvenance")
    assert written == (provenance and [provenance])


def test_a_trace_is_a_code_flow(everything: dict[str, Any]) -> None:
    result = result_of(everything, "module.ledger.aws_elasticache_replication_group.this")
    (flow,) = result["codeFlows"][0]["threadFlows"]
    steps = [
        (uri_of(one["location"]), one["location"]["message"]["text"]) for one in flow["locations"]
    ]
    assert steps == [
        ("infra/modules/redis/main.tf", "snapshot_retention_limit = var.days"),
        ("infra/stacks/a%20b/main.tf", "days = local.days"),
        ("infra/stacks/a%20b/main.tf", "days = 0"),
    ]
    related = [one["message"]["text"] for one in result["relatedLocations"]]
    assert related == ["the module is called here", "decided here: days = 0"]


def test_a_finding_in_a_downloaded_module_is_located_at_the_module_call(
    everything: dict[str, Any],
) -> None:
    address = 'module.web["a"].module.inner.aws_elasticache_replication_group.this'
    result = result_of(everything, address)
    assert [uri_of(one) for one in result["locations"]] == ["infra/stacks/main.tf"]
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 3
    first = result["relatedLocations"][0]
    assert uri_of(first) == "infra/stacks/.terraform/modules/web.inner/main.tf"
    assert first["physicalLocation"]["region"]["startLine"] == 9


def test_a_suppression_has_its_location_and_reason(everything: dict[str, Any]) -> None:
    (policy,) = result_of(everything, "accepted")["suppressions"]
    assert (policy["kind"], policy["status"]) == ("external", "accepted")
    assert policy["justification"] == "rebuilt on login (until 2027-06-30)"
    assert uri_of(policy["location"]) == "infra/.ecbackup.toml"
    (comment,) = result_of(everything, "commented")["suppressions"]
    assert comment["kind"] == "inSource"


def test_diagnostics_are_notifications_and_an_error_fails_the_invocation(
    everything: dict[str, Any], report: Report
) -> None:
    (invocation,) = everything["invocations"]
    assert invocation["executionSuccessful"] is False
    reported = invocation["toolExecutionNotifications"]
    *levels, lineless = [one["level"] for one in reported]
    assert levels == [one.severity for one in report.diagnostics]
    assert lineless == "warning"
    warning = Diagnostic("odd", Location("a.tf", 3), Severity.WARNING)
    (invocation,) = run_of(Report((), (warning,)))["invocations"]
    assert invocation["executionSuccessful"] is True


def test_every_path_is_a_relative_uri(everything: dict[str, Any]) -> None:
    text = json.dumps(everything)
    uris = re.findall(r'"uri": "([^"]*)"', text)
    assert len(uris) > 30
    assert [
        uri for uri in uris if not re.fullmatch(r"(?:[\w.~/-]|%[0-9A-F]{2})+", uri, re.ASCII)
    ] == []
    assert [uri for uri in uris if uri.startswith(("/", "./")) or ".." in uri.split("/")] == []


@pytest.mark.parametrize(
    ("folder", "category"),
    [("", "ecbackup-iac/"), ("infra/a b", "ecbackup-iac/infra/a%20b/")],
)
def test_the_category_is_the_working_folder(folder: str, category: str) -> None:
    assert run_of(Report(), RenderOptions(folder=folder))["automationDetails"]["id"] == category


def test_fingerprints_are_each_a_findings_own(everything: dict[str, Any]) -> None:
    prints = [one["partialFingerprints"]["ecbackupResource/v1"] for one in everything["results"]]
    assert len(set(prints)) == len(prints)


def test_a_fingerprint_survives_what_does_not_concern_the_finding(
    make_finding: "MakeFinding", called: CacheResource
) -> None:
    def fingerprint(*caches: CacheResource) -> str:
        run = run_of(Report(tuple(map(make_finding, caches))))
        result = result_of(run, called.address)
        return str(result["partialFingerprints"]["ecbackupResource/v1"])

    moved = replace(called, location=replace(called.location, line=99, end_line=99))
    another = replace(called, address="another")
    elsewhere = replace(called, root="stacks/other")
    assert fingerprint(called) == fingerprint(moved) == fingerprint(another, called)
    assert fingerprint(elsewhere) != fingerprint(called)
    assert fingerprint(replace(called, previous_days=7)) != fingerprint(called)


def test_the_reader_gives_the_calls_that_lead_into_a_downloaded_module(
    evaluate: "Evaluate", make_finding: "MakeFinding"
) -> None:
    cache = 'resource "aws_elasticache_replication_group" "this" {\n  description = "x"\n}\n'
    manifest = {
        "Modules": [
            {"Key": "", "Source": "", "Dir": "."},
            {"Key": "web", "Source": "acme/web/aws", "Dir": ".terraform/modules/web"},
            {"Key": "web.inner", "Source": "./inner", "Dir": ".terraform/modules/web/inner"},
        ]
    }
    evaluated = evaluate(
        {
            "main.tf": '\nmodule "web" {\n  source = "acme/web/aws"\n}\n',
            ".terraform/modules/modules.json": json.dumps(manifest),
            ".terraform/modules/web/main.tf": 'module "inner" {\n  source = "./inner"\n}\n',
            ".terraform/modules/web/inner/main.tf": cache,
        }
    )
    (found,) = evaluated.caches
    assert [str(call.location) for call in found.calls] == [
        "main.tf:2:1",
        ".terraform/modules/web/main.tf:1:1",
    ]
    (result,) = run_of(Report((make_finding(found),)))["results"]
    assert [uri_of(one) for one in result["locations"]] == ["main.tf"]
