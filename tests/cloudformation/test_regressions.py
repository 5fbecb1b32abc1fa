"""Templates that once broke the program: none of them may pass, vanish or hang."""

from typing import TYPE_CHECKING

import pytest

from ecbackup_iac.model.policy import Requirements
from ecbackup_iac.model.value import Unknown
from ecbackup_iac.remedy.remedies import remedy_of
from ecbackup_iac.rule import judge

if TYPE_CHECKING:
    from conftest import EvaluateTemplates

CACHE = "AWS::ElastiCache::ReplicationGroup"
CHILD = """\
Parameters: {Days: {Type: Number, Default: 7}}
Resources: {C: {Type: "AWS::ElastiCache::ReplicationGroup", Properties: {SnapshotRetentionLimit: !Ref Days}}}
"""


def parent(parameters: str, more: str = "") -> str:
    """Return a template that nests child.yaml with these parameters."""
    return f"""\
{more}
Resources:
  S:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: child.yaml
      Parameters: {parameters}
"""


def cache(retention: str, more: str = "") -> str:
    """Return a template with one cache."""
    return f"""\
{more}
Resources:
  C:
    Type: {CACHE}
    Properties: {{SnapshotRetentionLimit: {retention}}}
"""


def with_macro(address: str, macro: str) -> str:
    """Return a template with one cache, whose properties contain a macro beside the retention."""
    return (
        f"Resources:\n  {address}:\n    Type: {CACHE}\n    Properties:\n"
        f"      SnapshotRetentionLimit: 7\n      Fn::Transform: {{Name: {macro}}}\n"
    )


LONG = "x" * 130 + "${AWS::Region}"
PROD = """\
Parameters: {E: {Type: String}}
Conditions: {Prod: !Equals [!Ref E, prod]}
"""

VERDICTS = {
    "what a condition passes to a nested stack is what it is given": (
        {"p.yaml": parent("!If [Prod, {Days: 0}, {Days: 0}]", PROD), "child.yaml": CHILD},
        {"S/C": "fail"},
    ),
    "what a macro passes to a nested stack is not its default": (
        {"p.yaml": parent("{Fn::Transform: {Name: Make}}"), "child.yaml": CHILD},
        {"S/C": "unknown"},
    ),
    "a macro in a resource may change what is written beside it, a file that is included may not": (
        {
            "in.yaml": with_macro("In", "Make"),
            "beside.yaml": with_macro("Beside", "Make").replace("      Fn:", "    Fn:"),
            "off.yaml": with_macro("Off", "Make").replace("7", "0"),
            "include.yaml": with_macro("Include", "AWS::Include"),
        },
        {"In": "unknown", "Beside": "unknown", "Off": "unknown", "Include": "pass"},
    ),
    "a macro among the resources may set what none of them sets": (
        {"t.yaml": f"Resources:\n  C: {{Type: {CACHE}}}\n  Fn::Transform: {{Name: Make}}\n"},
        {"C": "unknown"},
    ),
    "a file that is included among the resources sets nothing in them": (
        {
            "t.yaml": f"Resources:\n  C: {{Type: {CACHE}}}\n  Fn::Transform: {{Name: AWS::Include}}\n"
        },
        {"C": "fail"},
    ),
    "properties that another program fills in are not refused": (
        {
            "t.yaml": f"Resources:\n  C:\n    Type: {CACHE}\n    Properties: '{{{{ properties }}}}'\n"
        },
        {"C": "unknown"},
    ),
    "the allowed values of a nested stack bound an unknown value": (
        {
            "p.yaml": parent("{Days: !ImportValue d}"),
            "child.yaml": CHILD.replace("Default: 7", "AllowedValues: [3, 5]"),
        },
        {"S/C": "pass"},
    ),
    "long expressions that differ at their end differ": (
        {
            "t.yaml": cache(
                "!If [Same, 7, 0]",
                f'Conditions: {{Same: !Equals [!Sub "{LONG}-a", !Sub "{LONG}-b"]}}',
            )
        },
        {"C": "unknown"},
    ),
    "a type over two lines is a type": (
        {"t.yaml": 'Resources:\n  C:\n    Type: "AWS::Elasti\\\n      Cache::ReplicationGroup"\n'},
        {"C": "fail"},
    ),
    "a type in escapes is a type": (
        {"t.json": '{"Resources": {"C": {"Type": "AWS::\\u0045lastiCache::ReplicationGroup"}}}'},
        {"C": "fail"},
    ),
    "a map of resources that are merged is a template": (
        {"t.yaml": f"x: &x {{C: {{Type: {CACHE}}}}}\nResources: {{<<: *x}}\n"},
        {"C": "fail"},
    ),
    "a text has no least value": (
        {"t.yaml": cache("!Ref D", "Parameters: {D: {Type: String, MinValue: 1}}")},
        {"C": "unknown"},
    ),
    "a property that an unknown loop may set is not unset": (
        {
            "t.yaml": (
                "Transform: AWS::LanguageExtensions\n"
                "Parameters: {Ps: {Type: CommaDelimitedList}}\n"
                f"Resources:\n  C:\n    Type: {CACHE}\n    Properties:\n"
                "      Fn::ForEach::P: [P, !Ref Ps, {'${P}': 7}]\n"
            )
        },
        {"C": "unknown"},
    ),
    "a nested template that an expression names is not evaluated by itself": (
        {
            "p.yaml": parent("{Days: 7}").replace("child.yaml", '!Sub "./child.yaml"'),
            "child.yaml": CHILD.replace("Default: 7", "Default: 0"),
        },
        {"S/C": "pass"},
    ),
    "each document of a nested file is evaluated": (
        {
            "p.yaml": parent("{Days: 7}"),
            "child.yaml": f"{CHILD}---\n{cache('0').replace('  C:', '  D:')}",
        },
        {"S/C": "pass", "D": "fail"},
    ),
    "digits that are no ASCII are no number": (
        {"t.yaml": f'Resources: {{C: {{Type: "{CACHE}", Properties: {{NumNodeGroups: "²"}}}}}}'},
        {"C": "fail"},
    ),
    "a node without backups, in cluster mode in some of more combinations than are listed": (
        {
            "t.yaml": f"""\
Parameters:
  Days: {{Type: Number, AllowedValues: {[*range(1, 21)]}}}
  Shards: {{Type: Number, AllowedValues: {[*range(1, 21)]}}}
Resources:
  C:
    Type: {CACHE}
    Properties:
      CacheNodeType: cache.t1.micro
      NumNodeGroups: !Ref Shards
      SnapshotRetentionLimit: !Ref Days
"""
        },
        {"C": "unknown"},
    ),
    "only the allowed values above the minimum can be given": (
        {
            "t.yaml": cache(
                "!Ref D", "Parameters: {D: {Type: Number, AllowedValues: [0, 7], MinValue: 7}}"
            )
        },
        {"C": "pass"},
    ),
    "only the allowed values that are long enough can be given": (
        {
            "t.yaml": cache(
                "!Ref D",
                "Parameters: {D: {Type: String, AllowedValues: ['0', '10'], MinLength: 2}}",
            )
        },
        {"C": "pass"},
    ),
    "Fn::FindInMap has a default without the transform": (
        {
            "t.yaml": cache(
                "!FindInMap [M, a, c, {DefaultValue: 7}]", "Mappings: {M: {a: {b: 0}}}"
            ),
        },
        {"C": "pass"},
    ),
    "a number of five thousand digits is refused by AWS": (
        {"t.yaml": cache(f"!!int 0x{'f' * 5000}")},
        {"C": "fail"},
    ),
}


@pytest.mark.parametrize("name", VERDICTS)
def test_a_hard_template_is_evaluated(name: str, evaluate_templates: "EvaluateTemplates") -> None:
    files, expected = VERDICTS[name]
    found = evaluate_templates(files)
    assert {one.address: str(judge(one, Requirements()).status) for one in found.caches} == expected
    assert found.errors == []


REJECTED = {
    "nothing is allowed": (
        cache("!Ref D", "Parameters: {D: {Type: Number, AllowedValues: []}}"),
        "cannot have any value",
    ),
    "an unknown type in a loop": (
        (
            "Transform: AWS::LanguageExtensions\nParameters: {Ks: {Type: CommaDelimitedList}}\n"
            "Resources:\n  Fn::ForEach::L: [K, !Ref Ks, {'C${K}': {Type: 'AWS::ElastiCache::${K}'}}]\n"
        ),
        "is not known",
    ),
    "a macro at the top of the template": (
        "AWSTemplateFormatVersion: x\nFn::Transform: {Name: AWS::Include, Parameters: {Location: s3://b/redis.yaml}}\n",
        "was not inspected",
    ),
    "a registry module": (
        "Resources: {M: {Type: My::Redis::Cache::MODULE}}\n",
        "was not inspected",
    ),
    "too many arguments for Fn::FindInMap": (
        cache("!FindInMap [M, a, b, {DefaultValue: 7}, c]", "Mappings: {M: {a: {b: 7}}}"),
        "Fn::FindInMap expects a list of 3 to 4",
    ),
    "something else than a default for Fn::FindInMap": (
        cache("!FindInMap [M, a, b, 7]", "Mappings: {M: {a: {b: 7}}}"),
        "Fn::FindInMap expects a DefaultValue",
    ),
    "aliases that double forty times, in conditions": (
        "x:\n  - &c0 !Equals [a, a]\n"
        + "".join(f"  - &c{i + 1} !Or [*c{i}, *c{i}]\n" for i in range(40))
        + cache("!If [C, 7, 0]", "Conditions: {C: !Not [!Not [*c40]]}").lstrip(),
        "",
    ),
}


@pytest.mark.parametrize("name", REJECTED)
def test_what_is_not_evaluated_is_reported(
    name: str, evaluate_templates: "EvaluateTemplates"
) -> None:
    text, message = REJECTED[name]
    found = evaluate_templates({"t.yaml": text})
    assert all(str(judge(one, Requirements()).status) != "fail" for one in found.caches)
    unknown = [one.retention.why for one in found.caches if isinstance(one.retention, Unknown)]
    if message:
        assert any(message in text for text in (*found.errors, *unknown))


@pytest.mark.parametrize(
    "retention",
    ["!FindInMap [!Ref D, a, b]", "!GetAtt [!Ref D, x]", "!Select [!Ref D, [1]]", "!Sub '${D}'"],
)
def test_a_secret_is_in_no_message(retention: str, evaluate_templates: "EvaluateTemplates") -> None:
    declared = "Parameters: {D: {Type: String, NoEcho: true, Default: hunter2}}\n"
    mapped = "Mappings: {hunter2: {a: {c: 1}}}"
    found = evaluate_templates({"t.yaml": cache(retention, declared + mapped)})
    texts = [one.message for one in found.diagnostics]
    texts += [judge(one, Requirements()).message for one in found.caches]
    texts += [step.text for one in found.caches for step in one.retention.trace]
    assert "hunter2" not in " ".join(texts)


@pytest.mark.parametrize(
    ("retention", "remedy"),
    [
        (
            "!Ref N",
            "change the MinValue and MaxValue of N to allow 7 days and nothing under 1, t.yaml:1",
        ),
        (
            "!Ref D",
            "pass the value of SnapshotRetentionLimit of C with --parameter or",
        ),
        (
            "!ImportValue d",
            "write SnapshotRetentionLimit: 7 into the template, or check what is deployed:",
        ),
        ("!Sub '3${Z}'", "set SnapshotRetentionLimit: 35 in t.yaml:5"),
    ],
)
def test_a_remedy_is_of_use(
    retention: str, remedy: str, evaluate_templates: "EvaluateTemplates"
) -> None:
    declared = (
        "Parameters: {N: {Type: Number, MaxValue: 0}, D: {Type: String}, "
        "Z: {Type: Number, Default: 90}}"
    )
    (found,) = evaluate_templates({"t.yaml": cache(retention, declared)}).caches
    verdict = judge(found, Requirements())
    assert (remedy_of(found, verdict, Requirements()) or "").startswith(remedy)
