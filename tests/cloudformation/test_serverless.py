"""Files of the Serverless Framework: what is merged, inserted and resolved before AWS reads a template."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Result

HEAD = "service: shop\nprovider: { name: aws }\n"
GROUP = "Type: AWS::ElastiCache::ReplicationGroup"

Check = Callable[[Mapping[str, str]], Any]


@pytest.fixture
def check(run_here: "Callable[..., Result]", tmp_path: Path) -> Check:
    def check_them(files: Mapping[str, str]) -> Any:  # noqa: ANN401 - a JSON document
        (tmp_path / ".git").mkdir(exist_ok=True)
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        return json.loads(run_here("check", "--format", "json", ".").stdout)

    return check_them


def days(report: Any) -> dict[str, int | str | None]:  # noqa: ANN401 - a JSON document
    """The retention of each cache: the days, or the state where they are not known."""
    return {
        one["resource"]["address"]: one["retention"]["days"]
        if one["retention"]["state"] == "known"
        else one["retention"]["state"]
        for one in report["findings"]
    }


def service(*parts: str) -> str:
    """A service whose resources are a list."""
    return HEAD + "resources:\n" + "".join(f"  - {part}\n" for part in parts)


def service_with_cache(value: str, more: str = "") -> str:
    """A service with one cache, whose retention is `value`."""
    return (
        f"{HEAD}{more}resources:\n  Resources:\n    A:\n      {GROUP}\n"
        f"      Properties:\n        SnapshotRetentionLimit: {value}\n"
    )


FULL = "{Resources: {A: {Type: AWS::ElastiCache::ReplicationGroup, Properties: {SnapshotRetentionLimit: 4}}}}"

# The parts of `resources`, in order, and the retention that the merged cache has.
MERGED = {
    "a later part sets the retention": (
        (FULL.replace("4", "0"), "{Resources: {A: {Properties: {SnapshotRetentionLimit: 4}}}}"),
        4,
    ),
    "a later part unsets backups": (
        (FULL, "{Resources: {A: {Properties: {SnapshotRetentionLimit: 0}}}}"),
        0,
    ),
    "a later part has other attributes": ((FULL, "{Resources: {A: {DependsOn: B}}}"), 4),
    "an earlier part has other attributes": (("{Resources: {A: {DependsOn: B}}}", FULL), 4),
    "both declare the whole cache": ((FULL.replace("4", "0"), FULL), 4),
    "a part of another section": ((FULL, "{Outputs: {X: {Value: 1}}}"), 4),
    "an extension": ((FULL, "{extensions: {A: {Properties: {SnapshotRetentionLimit: 0}}}}"), 0),
    "an extension of what was merged": (
        (
            "{extensions: {A: {Properties: {SnapshotRetentionLimit: 9}}}}",
            FULL,
            "{Resources: {A: {Properties: {SnapshotRetentionLimit: 2}}}}",
        ),
        9,
    ),
    "an extension of another resource": (
        (FULL, "{extensions: {Lambda: {Properties: {SnapshotRetentionLimit: 0}}}}"),
        4,
    ),
    "an extension replaces a property as a whole": (
        (
            FULL.replace("4", "{'Fn::If': [C, 4, 5]}"),
            "{extensions: {A: {Properties: {SnapshotRetentionLimit: {Ref: Days}}}}}",
            "{Parameters: {Days: {Type: Number, Default: 6}}}",
        ),
        6,
    ),
}


@pytest.mark.parametrize("way", MERGED)
def test_a_list_of_resources_is_merged_deeply(way: str, check: Check) -> None:
    parts, expected = MERGED[way]
    report = check({"serverless.yml": service(*parts)})
    assert days(report) == {"A": expected}
    assert (report["diagnostics"], report["absent"]) == ([], [])


def test_extensions_of_a_map_of_resources_apply(check: Check) -> None:
    text = (
        service_with_cache("4")
        + "  extensions:\n    A:\n      Properties: {SnapshotRetentionLimit: 0}\n"
    )
    report = check({"serverless.yml": text})
    assert days(report) == {"A": 0}
    assert report["findings"][0]["location"]["line"] == 11


# What the variables below refer to. No option --stage is given: ${sls:stage} is dev, the framework's default.
CUSTOM = (
    "custom: {days: 5, stages: {dev: 0, prod: 6}, text: x, none: null, "
    "stage: \"${opt:stage, 'prod'}\"}\n"
    "params: {default: {all: 0, days: 1}, dev: {days: 2, none: null}, prod: {only: 3}}\n"
    "stages: {default: {params: {new: '${self:custom.days}'}}, dev: {params: {newer: 4}}}\n"
)
VALUES: Mapping[str, tuple[str, int | str]] = {
    "a value of the file": ("${self:custom.days}", 5),
    "in quotes": ('"${self:custom.days}"', 5),
    "with a default that is not needed": ("${self:custom.days, 7}", 5),
    "with a default": ("${self:custom.other, 7}", 7),
    "with a variable as default": ("${self:custom.other, ${self:custom.days}}", 5),
    "with a source as default": ("${self:custom.other, self:custom.days}", 5),
    "null and a default": ("${self:custom.none, 3}", 3),
    "a key that is a variable": ("${self:custom.stages.${self:custom.stage}}", 6),
    "the stage": ("${self:custom.stages.${sls:stage}}", 0),
    "an option with a default": ("${opt:days, 8}", 8),
    "a default in quotes": ("${opt:days, '8'}", 8),
    "in a text": ("1${self:custom.days}", 15),
    "in Fn::Sub": ("!Sub '${self:custom.days}'", 5),
    "a parameter of the stage": ("${param:days}", 2),
    "a parameter of all stages": ("${param:all}", 0),
    "a parameter of another stage": ("${param:only, 8}", 8),
    "a parameter that is null": ("${param:none, 8}", 8),
    "a parameter among the stages": ("${param:newer}", 4),
    "a parameter among the stages, of all": ("${param:new}", 5),
    "a switch": ("${strToBool(${opt:on, '1'})}", "invalid"),
    "a parameter that is not given": ("${param:other}", "unknown"),
    "a switch that is none": ("${strToBool(on)}", "unknown"),
    "an option": ("${opt:days}", "unknown"),
    "the environment": ("${env:DAYS}", "unknown"),
    "the environment with a default": ("${env:DAYS, 7}", "unknown"),
    "a default from the environment": ("${self:custom.other, env:DAYS}", "unknown"),
    "AWS": ("${ssm:/days}", "unknown"),
    "nothing": ("${self:custom.other}", "unknown"),
    "a map": ("${self:custom.stages}", "invalid"),
    "a program": ("${file(days.js):days}", "unknown"),
    "a file": ("${file(conf/days.yml):all.0}", 2),
    "a file by a variable": ("${file(conf/${self:custom.text}.json):days, 4}", 4),
    "a file in JSON": ("${file(./conf/days.json):days}", 3),
    "a file that is not there": ("${file(conf/other.yml):days}", "unknown"),
    "a file outside": ("${file(../outside.yml):days}", "unknown"),
    "a file by its absolute path": ("${file(/etc/days.yml):days}", "unknown"),
    "git's own": ("${file(.git/config.yml):days}", "unknown"),
    "itself": ("${self:resources.Resources.A.Properties.SnapshotRetentionLimit}", "unknown"),
}


@pytest.mark.parametrize("way", VALUES)
def test_a_variable_has_the_value_that_the_framework_gives_it(
    way: str, check: Check, tmp_path: Path
) -> None:
    written, expected = VALUES[way]
    (tmp_path.parent / "outside.yml").write_text("days: 9\n")
    files = {
        "serverless.yml": service_with_cache(written, CUSTOM),
        "conf/days.yml": "all: [2, 3]\n",
        "conf/days.json": '{"days": 3}',
        ".git/config.yml": "days: 9\n",
    }
    assert days(check(files)) == {"A": expected}


def test_the_reason_of_an_unknown_variable_is_reported(check: Check) -> None:
    report = check({"serverless.yml": service_with_cache("${opt:days}")})
    assert "the option --days is not given" in report["findings"][0]["message"]


COMPOSED_BY_PROGRAM = """\
const config = { services: { a: { path: "services/a", params: { days: "${b.days2}" } } } };
export default config;
"""
COMPOSED = "services: {a: {path: services/a, params: {days: '${b.days}'}}}\n"


@pytest.mark.parametrize(
    ("name", "compose", "expected"),
    [
        ("serverless-compose.yml", COMPOSED, "unknown"),
        ("serverless-compose.yaml", COMPOSED, "unknown"),
        ("serverless-compose.json", '{"services": {"a": {"params": {"days": 0}}}}', "unknown"),
        ("serverless-compose.yml", "stages: {prod: {params: {days: 0}}}\n", "unknown"),
        ("serverless-compose.yml", COMPOSED.replace("days: '", "other: '"), 7),
        ("serverless-compose.ts", COMPOSED_BY_PROGRAM, "unknown"),
        (
            "serverless-compose.js",
            "module.exports = {services: {a: {params: {'days': 0}}}};",
            "unknown",
        ),
        ("serverless-compose.ts", COMPOSED_BY_PROGRAM.replace("days:", "days2:"), 7),
    ],
)
def test_what_serverless_compose_passes_is_unknown(
    name: str, compose: str, expected: int | str, check: Check
) -> None:
    service = service_with_cache("${param:days}", "params: {default: {days: 7}}\n")
    files = {"services/a/serverless.yml": service, name: compose}
    assert days(check(files)) == {"A": expected}


def test_the_trace_and_the_remedy_lead_to_where_the_value_is_written(check: Check) -> None:
    finding = check(
        {"serverless.yml": service_with_cache("${self:custom.days}", "custom:\n  days: 0\n")}
    )["findings"][0]
    assert [step["text"] for step in finding["trace"]] == [
        "SnapshotRetentionLimit: ${self:custom.days}",
        "days: 0",
    ]
    assert "serverless.yml:4" in finding["remedy"]


INSERTED = {
    "a part": (
        service("${file(res/all.yml)}"),
        f"Resources:\n  A:\n    {GROUP}\n    Properties: BODY\n",
    ),
    "all resources": (
        HEAD + "resources: ${file(res/all.yml)}\n",
        f"Resources:\n  A:\n    {GROUP}\n    Properties: BODY\n",
    ),
    "the section": (
        HEAD + "resources:\n  Resources: ${file(res/all.yml)}\n",
        f"A:\n  {GROUP}\n  Properties: BODY\n",
    ),
    "the section by its key": (
        HEAD + "resources:\n  Resources: ${file(res/all.yml):Resources}\n",
        f"Resources:\n  A:\n    {GROUP}\n    Properties: BODY\n",
    ),
    "one resource": (
        HEAD + "resources:\n  Resources:\n    A: ${file(res/all.yml)}\n",
        f"{GROUP}\nProperties: BODY\n",
    ),
    "one resource by its key": (
        HEAD + "resources:\n  Resources:\n    A: ${file(res/all.yml):Cache}\n",
        f"Cache:\n  {GROUP}\n  Properties: BODY\n",
    ),
}


@pytest.mark.parametrize("way", INSERTED)
def test_what_is_in_another_file_is_evaluated_once_and_with_the_services_values(
    way: str, check: Check
) -> None:
    text, file = INSERTED[way]
    body = '{ SnapshotRetentionLimit: "${self:custom.days}" }'
    report = check(
        {
            "serverless.yml": text + "custom: { days: 0 }\n",
            "res/all.yml": file.replace("BODY", body),
        }
    )
    assert days(report) == {"A": 0}
    (finding,) = report["findings"]
    assert (finding["root"], finding["location"]["path"]) == ("serverless.yml", "res/all.yml")
    assert finding["trace"][-1]["path"] == "serverless.yml"
    assert (report["diagnostics"], report["absent"]) == ([], [])


@pytest.mark.parametrize("order", [("cache", "days"), ("days", "cache")])
def test_a_resource_whose_parts_are_in_two_files_is_one_cache(
    order: tuple[str, str], check: Check
) -> None:
    report = check(
        {
            "serverless.yml": service(*(f"${{file({name}.yml)}}" for name in order)),
            "cache.yml": f"Resources:\n  A:\n    {GROUP}\n",
            "days.yml": "Resources:\n  A:\n    Properties: {SnapshotRetentionLimit: 7}\n",
        }
    )
    assert days(report) == {"A": 7}
    assert (report["diagnostics"], report["absent"]) == ([], [])


@pytest.mark.parametrize(
    "kind",
    ["${self:custom.kind}", "${file(kinds.yml):cache}", "AWS::ElastiCache::${self:custom.form}"],
)
def test_a_type_and_a_condition_may_be_variables(kind: str, check: Check) -> None:
    text = (
        "custom: {kind: AWS::ElastiCache::ReplicationGroup, form: ReplicationGroup, when: Never}\n"
        "resources:\n  Conditions: {Never: !Equals [a, b]}\n  Resources:\n"
        f"    A: {{Type: '{kind}', Properties: {{SnapshotRetentionLimit: 0}}}}\n"
        f"    B: {{Type: '{kind}', Condition: '${{self:custom.when}}'}}\n"
    )
    kinds = "cache: AWS::ElastiCache::ReplicationGroup\n"
    report = check({"serverless.yml": HEAD + text, "kinds.yml": kinds})
    assert days(report) == {"A": 0}
    assert [one["address"] for one in report["absent"]] == ["B"]
    assert report["diagnostics"] == []


GROUP_IN_JSON = """{"Resources": {"A": {"Type": "AWS::ElastiCache::ReplicationGroup", "Properties": {
  "ReplicationGroupDescription": "Größe é", "SnapshotRetentionLimit": "${self:custom.days}"}}}}
"""
GROUP_IN_YAML = """\
Resources:
  A:
    Type: AWS::ElastiCache::ReplicationGroup
    Properties: {ReplicationGroupDescription: Größe é, SnapshotRetentionLimit: "${self:custom.days}"}
"""
SERVICE_IN_JSON = """{"service": "größe", "provider": {"name": "aws"},
 "custom": {"days": 0}, "resources": "${file(all.yml)}"}
"""
SERVICE_IN_YAML = """\
service: größe
provider: {name: aws}
custom: {days: 0}
resources: ${file(all.json)}
"""


@pytest.mark.parametrize(
    ("files", "line", "column"),
    [
        ({"serverless.yml": SERVICE_IN_YAML, "all.json": GROUP_IN_JSON}, 2, 45),
        ({"serverless.json": SERVICE_IN_JSON, "all.yml": GROUP_IN_YAML}, 4, 56),
    ],
    ids=("JSON in YAML", "YAML in JSON"),
)
def test_a_file_in_another_language_than_the_service_is_inserted(
    files: dict[str, str], line: int, column: int, check: Check
) -> None:
    report = check(files)
    (finding,) = report["findings"]
    first, second = finding["trace"]
    assert first["text"].replace('"', "") == "SnapshotRetentionLimit: ${self:custom.days}"
    assert (first["line"], first["column"]) == (line, column)
    assert second["text"].replace('"', "") == "days: 0"
    assert second["path"] == finding["root"] == next(iter(files))
    assert report["diagnostics"] == []


def test_a_file_of_which_a_part_is_inserted_is_evaluated_on_its_own_as_well(check: Check) -> None:
    file = f"A:\n  {GROUP}\nB:\n  {GROUP}\n"
    text = HEAD + "resources:\n  Resources:\n    A: ${file(all.yml):A}\n"
    report = check({"serverless.yml": text, "all.yml": file})
    found = [(one["root"], one["resource"]["address"]) for one in report["findings"]]
    assert sorted(found) == [("all.yml", "A"), ("all.yml", "B"), ("serverless.yml", "A")]
    assert report["diagnostics"] == []


@pytest.mark.parametrize(
    ("part", "severity"),
    [("${file(gone.yml)}", "error"), ("${file(gone.js)}", "warning"), ("${ssm:/x}", "warning")],
)
def test_a_part_that_is_not_read_is_reported(part: str, severity: str, check: Check) -> None:
    report = check({"serverless.yml": service(FULL, part)})
    assert days(report) == {"A": 4}
    assert [one["severity"] for one in report["diagnostics"]] == [severity]


@pytest.mark.parametrize(
    "resources", ["{Redis: '${file(redis.js)}'}", "${file(redis.js)}", "'${file(redis.ts):all}'"]
)
def test_resources_that_a_program_makes_are_reported_where_no_others_are(
    resources: str, check: Check
) -> None:
    report = check({"serverless.yml": f"{HEAD}resources:\n  Resources: {resources}\n"})
    (warning,) = (one for one in report["diagnostics"] if one["severity"] == "warning")
    assert warning["message"].startswith("not inspected here: ")


def test_properties_that_a_program_makes_are_unknown(check: Check) -> None:
    text = (
        service_with_cache("4").partition("      Properties:")[0]
        + "      Properties: ${file(made.js)}\n"
    )
    report = check({"serverless.yml": text})
    assert (days(report), report["diagnostics"]) == ({"A": "unknown"}, [])


def test_variables_that_lead_to_each_other_end(check: Check) -> None:
    loop = "custom: {a: '${self:custom.b}', b: '${self:custom.a}', c: '${self:custom}'}\n"
    assert days(check({"serverless.yml": service_with_cache("${self:custom.a}", loop)})) == {
        "A": "unknown"
    }


def test_variables_that_grow_end(check: Check) -> None:
    grown = "".join(
        f"  v{n}: ${{self:custom.v{n + 1}}}${{self:custom.v{n + 1}}}\n" for n in range(40)
    )
    text = service_with_cache("${self:custom.v0}", f"custom:\n{grown}  v40: x\n")
    assert days(check({"serverless.yml": text})) == {"A": "unknown"}


def test_a_string_with_a_dollar_in_another_template_is_not_a_variable(check: Check) -> None:
    template = service_with_cache("${self:custom.days}").partition("resources:\n")[2]
    assert days(check({"template.yml": template})) == {"A": "unknown"}
