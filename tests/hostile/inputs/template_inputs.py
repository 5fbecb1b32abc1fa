"""Templates of an attacker's, by name: each is at most a megabyte, and costs much to follow."""

import json
from collections.abc import Mapping

Files = Mapping[str, str | bytes]


def template(retention: str, before: str = "", more: str = "") -> Files:
    """Give a template whose retention is written so."""
    text = (
        f"AWSTemplateFormatVersion: '2010-09-09'\n{before}Resources:\n  Cache:\n"
        "    Type: AWS::ElastiCache::ReplicationGroup\n    Properties:\n"
        f"      SnapshotRetentionLimit: {retention}\n{more}"
    )
    return {"template.yaml": text}


def _nested(opening: str, inner: str, closing: str, depth: int) -> str:
    return opening * depth + inner + closing * depth


def _json(retention: str) -> Files:
    return {
        "template.json": '{"Resources": {"Cache": {"Type": "AWS::ElastiCache::ReplicationGroup", '
        f'"Properties": {{"SnapshotRetentionLimit": {retention}}}}}}}}}'
    }


def _laughs(levels: int, first: str, step: str) -> str:
    lines = [f"  a0: &a0 {first}"]
    lines += [f"  a{n}: &a{n} {step.replace('BEFORE', f'*a{n - 1}')}" for n in range(1, levels)]
    return "Metadata:\n" + "\n".join(lines) + "\n"


def _set(levels: int, step: str) -> Files:
    """Give a stack set whose instances are chosen."""
    body = "{Resources: {Cache: {Type: AWS::ElastiCache::ReplicationGroup}}}"
    text = (
        "Conditions: {C: !Equals [a, b]}\nResources:\n  Set:\n    Type: AWS::CloudFormation::StackSet\n"
        f"    Properties: {{StackInstancesGroup: *a{levels - 1}, TemplateBody: {body}}}\n"
    )
    return {"template.yaml": _laughs(levels, "[{ParameterOverrides: []}]", step) + text}


def _conditions(count: int, made: str) -> Files:
    lines = ["  C0: !Equals [!Ref P, x]"]
    lines += [f"  C{n}: {made.replace('BEFORE', f'C{n - 1}')}" for n in range(1, count)]
    before = "Parameters:\n  P: {Type: String}\nConditions:\n" + "\n".join(lines) + "\n"
    return template(f"!If [C{count - 1}, 7, 0]", before)


def _sam(overrides: str, more: str = "") -> Files:
    """Give a configuration of the SAM CLI that passes parameters to a template."""
    text = f'[x.deploy.parameters]\nparameter_overrides = "{overrides}"\n{more}'
    return {**template("!Ref P", "Parameters:\n  P: {Type: Number}\n"), "samconfig.toml": text}


def _parameters(count: int, retention: str) -> Files:
    lines = [f"  P{n}: {{Type: String, AllowedValues: [a, b, c, d]}}" for n in range(count)]
    conditions = [f"  C{n}: !Equals [!Ref P{n}, a]" for n in range(count)]
    before = "Parameters:\n" + "\n".join(lines) + "\nConditions:\n" + "\n".join(conditions) + "\n"
    return template(retention, before)


def _unknown_caches(count: int) -> Files:
    retention = "!Join ['', [" + ", ".join(f"!If [C{n}, '7', '']" for n in range(7)) + "]]"
    more = "".join(
        f"  Cache{n}:\n    Type: AWS::ElastiCache::ReplicationGroup\n"
        f"    Properties: {{SnapshotRetentionLimit: {retention}}}\n"
        for n in range(count)
    )
    before = next(iter(_parameters(7, "7").values()))
    assert isinstance(before, str)
    return {"template.yaml": before + more}


def _stacks(count: int, url: str, calls: int, value: str) -> Files:
    """Give stacks that nest the next one, and hand a parameter on."""
    files = {}
    for n in range(count):
        stacks = "".join(
            f"  S{call}:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n"
            f"      TemplateURL: {url.format(n + 1)}\n      Parameters: {{P: {value}}}\n"
            for call in range(calls)
        )
        parameters = "Parameters:\n  P: {Type: String, Default: abcdefgh}\n"
        files[f"t{n}.yaml"] = f"{parameters}Resources:\n{stacks}"
    files[f"t{count}.yaml"] = "\n".join(
        template("7", "Parameters:\n  P: {Type: String, Default: x}\n").values()  # type: ignore[arg-type]
    )
    return files


def _loops(depth: int, size: int, key: str) -> Files:
    items = json.dumps([f"v{n}" for n in range(size)])
    body = '{"Type": "AWS::ElastiCache::ReplicationGroup", "Properties": {"SnapshotRetentionLimit": 7}}'
    text = f'{{"Cache{key}": {body}}}'
    for n in range(depth):
        text = f'{{"Fn::ForEach::L{n}": ["X{n}", {items}, {text}]}}'
    return {"template.json": f'{{"Transform": "AWS::LanguageExtensions", "Resources": {text}}}'}


def _caches(count: int, properties: str, more: str = "") -> str:
    kind = "AWS::ElastiCache::ReplicationGroup"
    return "".join(
        f"  C{n}:\n    Type: {kind}\n    Properties: {properties}\n{more.replace('NUMBER', str(n))}"
        for n in range(count)
    )


_BIG = "x" * 90_000
_LIST = ",".join(f"a{n}" for n in range(1_000))
_LOOP = "[X, !Ref L, {'C${X}': {Type: AWS::ElastiCache::ReplicationGroup}}]"
_SEVEN = "{SnapshotRetentionLimit: 7}"

_KEY = "".join(f"${{X{n}}}" for n in range(8))
_IF = "7"
for _n in range(14):
    _IF = f"!If [C{_n}, {_IF}, !If [C{(_n + 7) % 14}, {_n}, 9]]"

TEMPLATE: dict[str, Files] = {
    "JSON of 100,000 lists": _json(_nested("[", "7", "]", 100_000)),
    "JSON of 100,000 objects": _json(_nested('{"a": ', "7", "}", 100_000)),
    "JSON of 10,000 functions": _json(_nested('{"Fn::If": ["C", ', "7", ", 7]}", 10_000)),
    "100,000 opened lists": _json("[" * 100_000),
    "YAML of 10,000 lists": template(_nested("[", "7", "]", 10_000)),
    "YAML of 100,000 opened lists": template("[" * 100_000),
    "YAML of 10,000 dashes": template("- " * 10_000),
    "YAML of 1,000 levels": template("\n" + "".join(f"{'  ' * n}a:\n" for n in range(4, 900))),
    "10,000 calls of Sub": template(_nested("!Sub [x, {a: ", "7", "}]", 10_000)),
    "400 calls of Join": template(_nested("!Join ['', [", "7", "]]", 90)),
    "an alias bomb": template("7", _laughs(40, "[lol, lol]", "[BEFORE, BEFORE]")),
    "an alias bomb as the value": template("*a39", _laughs(40, "[lol, lol]", "[BEFORE, BEFORE]")),
    "an alias bomb, as JSON": template(
        "!Length [*a39]",
        _laughs(40, "[lol, lol]", "[BEFORE, BEFORE]").replace(
            "Metadata", "Transform: AWS::LanguageExtensions\nMetadata"
        ),
    ),
    "an alias bomb in a text": template(
        "!ToJsonString [*a39]",
        _laughs(40, "[lol, lol]", "[BEFORE, BEFORE]").replace(
            "Metadata", "Transform: AWS::LanguageExtensions\nMetadata"
        ),
    ),
    "choices of the same choices for a stack set": _set(40, "!If [C, BEFORE, BEFORE]"),
    "5,000 choices in each other for a stack set": _set(5_000, "!If [C, BEFORE, []]"),
    "interfaces of Kubernetes without kinds": {
        **template("7"),
        "m.yaml": f"x: '{'apiVersion:cache.services.k8s.aws/' * 20_000}'\n",
    },
    "500,000 empty lines of a deployment file": {
        **template("7"),
        "d.yaml": "\n" * 500_000 + "# template-file-path\n",
    },
    "10,000 parameters of the SAM CLI": _sam(" ".join(f"P{n}={n}" for n in range(9_000))),
    "90,000 opened quotes of the SAM CLI": _sam("A='" * 30_000),
    "90,000 blanks of the SAM CLI": _sam("A" + " " * 90_000),
    "10,000 tables of the SAM CLI": _sam("A=1", "[[a]]\n" * 10_000),
    "1,000 environments of the SAM CLI": _sam(
        "P=1",
        "".join(f"[e{n}.deploy.parameters]\nparameter_overrides = 'P=7'\n" for n in range(1_000)),
    ),
    "lists of the SAM CLI in each other": _sam("A=1", f"x = {'[' * 900}{']' * 900}\n"),
    "merges of merges": template("7", _laughs(40, "{x: 1}", "{<<: [BEFORE, BEFORE]}")),
    "an alias of itself": template("&a [*a]"),
    "a merge of itself": template("7", "Metadata: &a\n  <<: *a\n"),
    "100,000 anchors": template(
        "7", "Metadata:\n" + "".join(f"  k{n}: &a{n} 1\n" for n in range(50_000))
    ),
    "100,000 documents": {
        "template.yaml": "--- 1\n" * 100_000 + next(iter(template("7").values())).__str__()
    },
    "50,000 keys that are one": template("7", "Metadata:\n" + "  k: 1\n" * 50_000),
    "a key of 900,000 characters": template("7", "Metadata:\n  ? " + "x" * 900_000 + "\n  : 1\n"),
    "a line of 900,000 characters": template("'" + "7" * 900_000 + "'"),
    "a number of 900,000 digits": template("7" * 900_000),
    "a number of base 60": template(":".join(["59"] * 100_000)),
    "a number of a billion digits": template("1e1000000000"),
    "a binary number": template("0b" + "1" * 900_000),
    "a Python object": template("!!python/object/apply:os.system ['true']"),
    "900,000 tabs": template("\t" * 900_000 + "7"),
    "900,000 blanks": template(" " * 900_000 + "7"),
    "900,000 line breaks": template("7", "\n" * 900_000),
    "a text that never ends": template('"' + "x\n" * 400_000),
    "400,000 commas": template("[" + "," * 400_000 + "]"),
    "a chain of 1,000 conditions": _conditions(1_000, "!Not [!Condition BEFORE]"),
    "a chain of 10,000 conditions": _conditions(10_000, "!Not [!Condition BEFORE]"),
    "conditions that double": _conditions(60, "!And [!Condition BEFORE, !Condition BEFORE]"),
    "conditions that double their doubt": _conditions(
        60, "!Or [!Condition BEFORE, !Equals [!Ref P, !Ref Q]]"
    ),
    "a circle of conditions": template(
        "!If [A, 7, 0]", "Conditions:\n  A: !Not [!Condition B]\n  B: !Not [!Condition A]\n"
    ),
    "200 conditions that are independent": _parameters(
        200, "!Join ['', [" + ", ".join(f"!If [C{n}, 1, 2]" for n in range(200)) + "]]"
    ),
    "100 caches of 128 cases": _unknown_caches(100),
    "2,000 URLs of 500 files": {
        **{f"d{n}/redis.yaml": "Resources:\n  C:\n    Type: AWS::SNS::Topic\n" for n in range(500)},
        "t.yaml": "Resources:\n"
        + "".join(
            f"  S{n}:\n    Type: AWS::CloudFormation::Stack\n"
            f"    Properties: {{TemplateURL: 'https://{n}/redis.yaml'}}\n"
            for n in range(2_000)
        ),
    },
    "conditions in conditions": _parameters(14, _IF),
    "a parameter of 40,000 values": template(
        "!Ref P",
        "Parameters:\n  P:\n    Type: Number\n    AllowedValues: ["
        + ", ".join(map(str, range(100_000)))
        + "]\n",
    ),
    "a pattern that backtracks": template(
        "!Ref P",
        "Parameters:\n  P:\n    Type: String\n    Default: "
        + "a" * 3_000
        + "!\n    AllowedPattern: (a+)+$\n",
    ),
    "Sub of Sub": template(
        "!Sub '" + "${P}" * 100_000 + "'",
        "Parameters:\n  P: {Type: String, Default: abcdefghijklmnop}\n",
    ),
    "Split of much": template("!Select [0, !Split ['', '" + "a" * 500_000 + "']]"),
    "Split of commas": template("!Select [99, !Split [',', '" + "a," * 400_000 + "']]"),
    "Cidr of a billion": template("!Select [0, !Cidr [10.0.0.0/8, 1000000000, 1]]"),
    "Select of a billion": template("!Select [1000000000000000000000, [7]]"),
    "Base64 of much": template("!Base64 '" + "a" * 900_000 + "'"),
    "FindInMap of much": template(
        "!FindInMap [M, !Ref P, v]",
        "Parameters:\n  P: {Type: String}\nMappings:\n  M:\n"
        + "".join(f"    k{n}: {{v: {n}}}\n" for n in range(20_000)),
    ),
    "loops in loops": _loops(8, 10, _KEY),
    "a loop of 10,000": _loops(1, 10_000, "${X0}"),
    "loops whose names double": _loops(20, 2, "".join(f"${{X{n}}}" for n in range(20))),
    "5,000 caches": template(
        "7",
        more="".join(
            f"  Cache{n}:\n    Type: AWS::ElastiCache::ReplicationGroup\n"
            "    Properties: {SnapshotRetentionLimit: 7}\n"
            for n in range(5_000)
        ),
    ),
    "80,000 aliases of a cache": template(
        "7",
        more="  A: &a" + _caches(1, _SEVEN)[5:] + "".join(f"  B{n}: *a\n" for n in range(80_000)),
    ),
    "8,000 loops over a list of 1,000": {
        "template.yaml": "Transform: AWS::LanguageExtensions\n"
        f"Parameters: {{L: {{Type: CommaDelimitedList, Default: '{_LIST}'}}}}\nResources:\n"
        + "".join(f"  Fn::ForEach::L{n}: {_LOOP.replace('C$', f'C{n}$')}\n" for n in range(8_000))
    },
    "990 stacks of 6,000 caches": {
        "parent.yaml": "Resources:\n"
        + "".join(
            f"  S{n}:\n    Type: AWS::CloudFormation::Stack\n"
            "    Properties: {TemplateURL: ./child.yaml}\n"
            for n in range(990)
        ),
        "child.yaml": f"Resources:\n{_caches(6_000, _SEVEN)}",
    },
    "6,000 caches of a long text": template(
        "7",
        f"Parameters: {{P: {{Type: String, Default: {_BIG}}}}}\n",
        _caches(6_000, "{SnapshotRetentionLimit: !Sub '${P}${P}'}"),
    ),
    "5,000 caches of 5,000 conditions": template(
        "7",
        "Parameters: {P: {Type: String, Default: a}}\nConditions:\n"
        + "".join(f"  C{n}: !Equals [!Ref P, x{n}]\n" for n in range(5_000)),
        _caches(5_000, _SEVEN, "    Condition: CNUMBER\n"),
    ),
    "a stack that nests itself": _stacks(1, "./t0.yaml", 1, "x"),
    "a stack that nests itself twice": _stacks(1, "./t0.yaml", 2, "x"),
    "stacks that nest the next one twice": _stacks(24, "./t{}.yaml", 2, "x"),
    "300 stacks in each other": _stacks(300, "./t{}.yaml", 1, "x"),
    "stacks whose parameter doubles": _stacks(40, "./t{}.yaml", 1, "!Sub '${P}${P}'"),
    "20,000 suppressions": template("0", "# ecbackup:ignore[ECB001] no data\n" * 20_000),
    "20,000 suppressions in metadata": template(
        "0",
        more="    Metadata:\n      checkov:\n        skip:\n"
        + "          - {id: CKV_AWS_134, comment: x}\n" * 18_000,
    ),
}
