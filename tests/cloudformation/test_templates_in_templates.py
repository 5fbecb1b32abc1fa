"""Templates that other templates deploy: by URL, in stack sets, in products, as texts."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecbackup_iac.cloudformation.templates.nested_stacks import NotReadError
from ecbackup_iac.cloudformation.templates.template_urls import TemplateUrls

if TYPE_CHECKING:
    from conftest import Result

URL = '!Sub "https://${Bucket}.s3.amazonaws.com/templates/data.yaml"'
BUCKET = "Parameters: {Bucket: {Type: String}}\n"

CHILD = """\
Parameters:
  Days: {Type: Number, Default: 7}
Resources:
  Cache:
    Type: AWS::ElastiCache::ReplicationGroup
    Properties:
      SnapshotRetentionLimit: !Ref Days
"""


def stack(url: str, passed: str = "{Days: 0}", name: str = "Data") -> str:
    return (
        f"  {name}:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n"
        f"      TemplateURL: {url}\n      Parameters: {passed}\n"
    )


def parent(url: str, passed: str = "{Days: 0}", head: str = BUCKET) -> str:
    return f"{head}Resources:\n{stack(url, passed)}"


def deployer(kind: str, properties: str) -> str:
    lines = "".join(f"      {line}\n" for line in properties.splitlines())
    return f"Resources:\n  Set:\n    Type: AWS::{kind}\n    Properties:\n{lines}"


SEVEN, ZERO = (
    f"{{ParameterOverrides: [{{ParameterKey: Days, ParameterValue: {days}}}]}}" for days in (7, 0)
)
NEVER = "Conditions: {Never: !Equals [a, b]}\n"
INLINE = """\
TemplateBody: |
  Parameters:
    Days: {Type: Number, Default: 7}
  Resources:
    Cache:
      Type: AWS::ElastiCache::ReplicationGroup
      Properties:
        SnapshotRetentionLimit: !Ref Days
"""
QUOTED = json.dumps(
    {
        "Resources": {
            "Cache": {
                "Type": "AWS::ElastiCache::ReplicationGroup",
                "Properties": {"SnapshotRetentionLimit": 0},
            }
        }
    }
)

CASES: Mapping[str, tuple[Mapping[str, str], Mapping[str, str]]] = {
    "the file whose path ends as the URL does gets what its parent passes": (
        {"main.yaml": parent(URL), "templates/data.yaml": CHILD},
        {"Data/Cache": "fail"},
    ),
    "its default counts where the parent passes nothing": (
        {"main.yaml": parent(URL, "{}"), "templates/data.yaml": CHILD},
        {"Data/Cache": "pass"},
    ),
    "the longest common ending decides": (
        {
            "main.yaml": parent(URL),
            "stacks/templates/data.yaml": CHILD,
            "old/data.yaml": CHILD.replace("  Cache:", "  Old:"),
        },
        {"Data/Cache": "fail", "Old": "pass"},
    ),
    "two files that end alike are not chosen between": (
        {
            "main.yaml": parent(URL),
            "a/templates/data.yaml": CHILD,
            "b/templates/data.yaml": CHILD.replace("  Cache:", "  Other:"),
        },
        {"Data": "unknown", "Cache": "pass", "Other": "pass"},
    ),
    "a file of the same name that is no template is not meant": (
        {
            "main.yaml": parent(URL),
            "templates/data.yaml": CHILD,
            "k8s/templates/data.yaml": "kind: Service\n",
        },
        {"Data/Cache": "fail"},
    ),
    "a URL that ends like the path of a file that is no template": (
        {"main.yaml": parent(URL), "k8s/templates/data.yaml": "kind: Service\n"},
        {},
    ),
    "a bare name that agrees is not enough where the parameters do not": (
        {
            "main.yaml": parent("https://s3.amazonaws.com/b/data.yaml", "{Host: x}"),
            "other/data.yaml": CHILD,
        },
        {"Cache": "pass"},
    ),
    "the copy in the bucket is another version where it is passed what the file does not declare": (
        {"main.yaml": parent(URL, "{Days: 0, Weeks: 1}"), "templates/data.yaml": CHILD},
        {"Data": "unknown", "Cache": "pass"},
    ),
    "a URL whose beginning is given at deployment": (
        {
            "main.yaml": parent(
                "!Join ['', [!Ref Prefix, templates/data.yaml]]",
                head="Parameters: {Prefix: {Type: String, Default: ''}}\n",
            ),
        },
        {},
    ),
    "a URL whose beginning is given at deployment, of a file of the repository": (
        {
            "main.yaml": parent(
                "!Join ['', [!Ref Prefix, templates/data.yaml]]",
                head="Parameters: {Prefix: {Type: String, Default: ''}}\n",
            ),
            "cf/templates/data.yaml": CHILD,
        },
        {"Data/Cache": "fail"},
    ),
    "another version of a template without caches": (
        {
            "main.yaml": parent(URL, "{Weeks: 1}"),
            "templates/data.yaml": "Resources: {Topic: {Type: AWS::SNS::Topic}}",
        },
        {},
    ),
    "a part of the URL may be a parameter with a default": (
        {
            "main.yaml": parent(
                "!Sub 'https://${B}/${P}/${N}.yaml'",
                head="Parameters: {B: {Type: String}, P: {Type: String, Default: nested},"
                " N: {Type: String, Default: data}}\n",
            ),
            "nested/data.yaml": CHILD,
            "data.yaml": CHILD.replace("  Cache:", "  Other:"),
        },
        {"Data/Cache": "fail", "Other": "pass"},
    ),
    "a URL that is joined, with a version": (
        {
            "main.yaml": parent(
                "!Join ['/', [!Sub 'https://${Bucket}.s3.amazonaws.com', templates, 'data.yaml?versionId=1']]"
            ),
            "templates/data.yaml": CHILD,
        },
        {"Data/Cache": "fail"},
    ),
    "a URL with two possible files is followed to each": (
        {
            "main.yaml": parent(
                "!Sub 'https://${Bucket}/${Which}.yaml'",
                head="Parameters: {Bucket: {Type: String}, Which: {Type: String, AllowedValues: [a, b]}}\n",
            ),
            "a.yaml": CHILD,
            "b.yaml": CHILD.replace("  Cache:", "  Other:"),
        },
        {"Data/Cache": "fail", "Data/Other": "fail"},
    ),
    "each of two possible files is passed what its parent passes where the URL names it": (
        {
            "main.yaml": parent(
                "!If [IsA, 'https://b/a.yaml', 'https://b/b.yaml']",
                "{Days: !If [IsA, 3, 0]}",
                head="Parameters: {Which: {Type: String}}\n"
                "Conditions: {IsA: !Equals [!Ref Which, a]}\n",
            ),
            "a.yaml": CHILD,
            "b.yaml": CHILD.replace("  Cache:", "  Other:"),
        },
        {"Data/Cache": "pass", "Data/Other": "fail"},
    ),
    "a URL that names a file, or one that is not here": (
        {
            "main.yaml": parent(
                "!Sub 'https://b/redis-${Which}.yaml'",
                head="Parameters: {Which: {Type: String, AllowedValues: [a, b]}}\n",
            ),
            "redis-a.yaml": CHILD,
        },
        {"Data/Cache": "fail", "Data": "unknown"},
    ),
    "a file that the URL does not name where the stack is created": (
        {
            "main.yaml": parent(
                "!If [IsA, 'https://b/a.yaml', 'https://b/b.yaml']",
                "{Days: 3}",
                head="Parameters: {Which: {Type: String}}\n"
                "Conditions: {IsA: !Equals [!Ref Which, a]}\n",
            ).replace("    Properties", "    Condition: IsA\n    Properties"),
            "a.yaml": CHILD,
            "b.yaml": CHILD.replace("  Cache:", "  Other:"),
        },
        {"Data/Cache": "pass", "Other": "pass"},
    ),
    "an output of a stack whose template may be either of two": (
        {
            "main.yaml": parent(
                "!Sub 'https://b/${Which}.yaml'",
                "{}",
                head="Parameters: {Which: {Type: String, AllowedValues: [a, b]}}\n",
            )
            + "  Own:\n    Type: AWS::ElastiCache::ReplicationGroup\n"
            "    Properties: {SnapshotRetentionLimit: !GetAtt Data.Outputs.Days}\n",
            "a.yaml": CHILD + "Outputs: {Days: {Value: 7}}\n",
            "b.yaml": CHILD.replace("  Cache:", "  Other:") + "Outputs: {Days: {Value: 0}}\n",
        },
        {"Own": "unknown", "Data/Cache": "pass", "Data/Other": "pass"},
    ),
    "a branch decided by a condition": (
        {
            "main.yaml": parent(
                "!If [IsOn, 'https://b/templates/data.yaml', 'https://b/templates/none.yaml']",
                head="Conditions: {IsOn: !Equals [a, a]}\n",
            ),
            "templates/data.yaml": CHILD,
        },
        {"Data/Cache": "fail"},
    ),
    "three levels, all by URL": (
        {
            "z-main.yaml": parent("https://b/x/middle.yaml"),
            "x/middle.yaml": "Parameters: {Days: {Type: Number, Default: 9}}\nResources:\n"
            + stack("https://b/y/data.yaml", "{Days: !Ref Days}", "Inner"),
            "y/data.yaml": CHILD,
        },
        {"Data/Inner/Cache": "fail"},
    ),
    "a template is not nested in itself": (
        {"data.yaml": f"{CHILD}{stack('https://b/templates/data.yaml')}"},
        {"Cache": "pass"},
    ),
    "a stack set with its template as a text": (
        {"t.yaml": deployer("CloudFormation::StackSet", INLINE)},
        {"Set/Cache": "pass"},
    ),
    "a stack set passes a list of parameters": (
        {
            "t.yaml": deployer(
                "CloudFormation::StackSet",
                f"{INLINE}Parameters:\n  - {{ParameterKey: Days, ParameterValue: 0}}\n",
            )
        },
        {"Set/Cache": "fail"},
    ),
    "some instances of a stack set have other parameters": (
        {
            "t.yaml": deployer(
                "CloudFormation::StackSet",
                f"{INLINE}StackInstancesGroup:\n  - Regions: [a]\n  - Regions: [b]\n"
                "    ParameterOverrides: [{ParameterKey: Days, ParameterValue: 0}]\n",
            )
        },
        {"Set/Cache": "pass", "Set[1]/Cache": "fail"},
    ),
    "what a condition chooses for instances of a stack set is unknown": (
        {
            "t.yaml": deployer(
                "CloudFormation::StackSet",
                f"{INLINE}StackInstancesGroup:\n  - !If [Never, {SEVEN}, {ZERO}]\n",
            )
            + NEVER
        },
        {"Set[0]/Cache": "unknown"},
    ),
    "a condition chooses the instances of a stack set": (
        {
            "t.yaml": deployer(
                "CloudFormation::StackSet",
                f"{INLINE}StackInstancesGroup: !If [Never, [{SEVEN}], [{SEVEN}, {ZERO}]]\n",
            )
            + NEVER
        },
        {"Set[0]/Cache": "unknown"},
    ),
    "a macro makes the instances of a stack set": (
        {
            "t.yaml": deployer(
                "CloudFormation::StackSet",
                f"{INLINE}StackInstancesGroup: {{Fn::Transform: {{Name: M}}}}\n",
            )
        },
        {"Set[0]/Cache": "unknown"},
    ),
    "what a macro passes is unknown": (
        {
            "t.yaml": deployer(
                "CloudFormation::StackSet",
                f"{INLINE}Parameters:\n  - Fn::Transform: {{Name: M}}\n",
            )
        },
        {"Set/Cache": "unknown"},
    ),
    "a stack set by URL": (
        {
            "t.yaml": deployer(
                "CloudFormation::StackSet",
                "TemplateURL: https://b/templates/data.yaml\n"
                "Parameters: [{ParameterKey: Days, ParameterValue: 0}]\n",
            ),
            "templates/data.yaml": CHILD,
        },
        {"Set/Cache": "fail"},
    ),
    "a template in quotes": (
        {"t.yaml": deployer("CloudFormation::StackSet", f"TemplateBody: '{QUOTED}'")},
        {"Set/Cache": "fail"},
    ),
    "a template that is written as a map": (
        {
            "t.json": json.dumps(
                {
                    "Resources": {
                        "S": {
                            "Type": "AWS::CloudFormation::Stack",
                            "Properties": {"TemplateBody": json.loads(QUOTED)},
                        }
                    }
                }
            )
        },
        {"S/Cache": "fail"},
    ),
    "a text with a parameter in it": (
        {
            "t.yaml": "Parameters: {Days: {Type: Number, Default: 0}}\n"
            + deployer(
                "CloudFormation::StackSet",
                INLINE.replace("!Ref Days", "${Days}").replace(": |", ": !Sub |"),
            )
        },
        {"Set/Cache": "fail"},
    ),
    "a text that only the deployment knows": (
        {
            "t.yaml": "Parameters: {Days: {Type: Number}}\n"
            + deployer(
                "CloudFormation::StackSet",
                INLINE.replace("!Ref Days", "${Days}").replace(": |", ": !Sub |"),
            )
        },
        {"Set": "unknown"},
    ),
    "every version of a product": (
        {
            "t.yaml": deployer(
                "ServiceCatalog::CloudFormationProduct",
                "ProvisioningArtifactParameters:\n"
                "  - {Name: v1, Info: {LoadTemplateFromURL: ./data.yaml}}\n"
                "  - {Name: v2, Info: {LoadTemplateFromURL: 'https://b/open.yaml'}}\n",
            ),
            "data.yaml": CHILD,
            "open.yaml": CHILD.replace(", Default: 7", ""),
        },
        {"Set/Cache": "pass", "Set[1]/Cache": "unknown"},
    ),
    "a product that is provisioned beside it": (
        {
            "t.yaml": deployer(
                "ServiceCatalog::CloudFormationProduct",
                "Name: redis\n"
                "ProvisioningArtifactParameters: [{Name: v1, Info: {LoadTemplateFromURL: ./data.yaml}}]\n",
            )
            + "  Mine:\n    Type: AWS::ServiceCatalog::CloudFormationProvisionedProduct\n    Properties:\n"
            "      ProductId: !Ref Set\n      ProvisioningParameters: [{Key: Days, Value: 0}]\n"
            "  Named:\n    Type: AWS::ServiceCatalog::CloudFormationProvisionedProduct\n    Properties:\n"
            "      ProductName: redis\n      ProvisioningParameters: [{Key: Days, Value: 0}]\n",
            "data.yaml": CHILD,
        },
        {"Set/Cache": "pass", "Mine/Cache": "fail", "Named/Cache": "fail"},
    ),
}


@pytest.fixture
def statuses(
    run_here: "Callable[..., Result]", tmp_path: Path
) -> Callable[..., tuple[dict[str, str], dict[str, Any]]]:
    """Lay out a repository and check it: the status of every cache, and the whole report."""

    def check(files: Mapping[str, str], *words: str) -> tuple[dict[str, str], dict[str, Any]]:
        (tmp_path / ".git").mkdir(exist_ok=True)
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text, "utf-8")
        report = json.loads(run_here("check", "--format", "json", *(words or (".",))).stdout)
        found = {one["resource"]["address"]: one["status"] for one in report["findings"]}
        assert len(found) == len(report["findings"])
        return found, report

    return check


Statuses = Callable[..., tuple[dict[str, str], dict[str, Any]]]


@pytest.mark.parametrize("name", CASES)
def test_a_template_in_a_template_is_evaluated_with_what_is_passed(
    name: str, statuses: Statuses
) -> None:
    files, expected = CASES[name]
    found, report = statuses(files)
    assert found == expected
    assert [one for one in report["diagnostics"] if one["severity"] == "error"] == []


S3 = "https://s3.amazonaws.com/b/templates/data.yaml"


@pytest.mark.parametrize(
    ("url", "head"),
    [
        (URL, BUCKET),
        ("!Ref Url", f"Parameters: {{Url: {{Type: String, Default: '{S3}'}}}}\n"),
        ("!FindInMap [Urls, data, url]", f"Mappings: {{Urls: {{data: {{url: '{S3}'}}}}}}\n"),
        ("!Sub '${Bucket}data.yaml'", BUCKET),
    ],
    ids=["in the stack", "a default", "in a mapping", "after a parameter"],
)
def test_a_template_that_is_named_without_its_parent_is_found_by_the_parents_url(
    url: str, head: str, statuses: Statuses
) -> None:
    files = {"main.yaml": parent(url, head=head), "templates/data.yaml": CHILD}
    assert statuses(files, "templates/data.yaml")[0] == {"Data/Cache": "fail"}


def test_a_note_says_which_file_a_url_was_taken_for(statuses: Statuses) -> None:
    _, report = statuses({"main.yaml": parent(URL), "templates/data.yaml": CHILD})
    (finding,) = report["findings"]
    (note,) = finding["notes"]
    assert note["text"].startswith("Data: its template is assumed to be templates/data.yaml")
    assert finding["remedy"] == "set Days: 7 in main.yaml:7"


def test_the_policy_names_the_file_of_a_url(statuses: Statuses) -> None:
    files = {
        "main.yaml": parent(URL),
        "a/templates/data.yaml": CHILD,
        "b/templates/data.yaml": CHILD.replace("  Cache:", "  Other:"),
        ".ecbackup.toml": '[[templates]]\nurl = "https://*/templates/data.yaml"\n'
        'path = "b/templates/data.yaml"\n',
    }
    assert statuses(files)[0] == {"Data/Other": "fail", "Cache": "pass"}
    files[".ecbackup.toml"] = (
        "[[templates]]\nurl = " + json.dumps(URL[6:-1]) + '\npath = "a/templates/data.yaml"\n'
    )
    assert statuses(files)[0] == {"Data/Cache": "fail", "Other": "pass"}


def test_a_copy_that_is_excluded_is_not_meant(statuses: Statuses) -> None:
    files = {
        "main.yaml": parent(URL),
        "a/templates/data.yaml": CHILD,
        "build/templates/data.yaml": CHILD,
        ".ecbackup.toml": 'exclude = ["build/"]\n',
    }
    assert statuses(files)[0] == {"Data/Cache": "fail"}


@pytest.mark.parametrize("name", ["outside.yaml", "link.yaml"])
def test_the_policy_cannot_name_a_file_outside_the_repository(
    name: str,
    run_here: "Callable[..., Result]",
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "outside.yaml"
    outside.write_text(CHILD)
    (tmp_path / ".git").mkdir()
    (tmp_path / "link.yaml").symlink_to(outside)
    path = name if name == "link.yaml" else str(outside)
    (tmp_path / ".ecbackup.toml").write_text(f'[[templates]]\nurl = "*"\npath = "{path}"\n')
    (tmp_path / "main.yaml").write_text(parent(URL))
    result = run_here("check", "main.yaml")
    assert result.status == 2
    assert "leads outside the repository" in result.stderr


CONSUMERS = {
    "the attribute of a cache": "{RedisHost: !GetAtt Store.PrimaryEndPoint.Address}",
    "the security group beside it": "{RedisSecurityGroup: !Ref Group}",
    "the output of another stack": "{CacheRedis: !GetAtt Other.Outputs.Host}",
    "a value of another stack": "{RedisPort: !ImportValue port}",
    "an address that a parameter passes on": "{RedisEndpoint: !Ref Endpoint}",
}


@pytest.mark.parametrize("name", CONSUMERS)
def test_a_stack_that_uses_a_cache_is_not_a_cache(name: str, statuses: Statuses) -> None:
    text = parent(
        "https://b/frontend.yaml", CONSUMERS[name], "Parameters: {Endpoint: {Type: String}}\n"
    )
    text += "  Group: {Type: AWS::EC2::SecurityGroup}\n" + stack("https://b/x.yaml", "{}", "Other")
    found, report = statuses({"main.yaml": text})
    assert found == {}
    assert [one["severity"] for one in report["diagnostics"]] == ["warning"]


@pytest.mark.parametrize(
    "passed", ["{NodeType: cache.t4g.small}", "{RedisVersion: '7'}", "{SnapshotRetention: !Ref D}"]
)
def test_a_stack_with_the_parameters_of_a_cache_is_an_unknown_one(
    passed: str, statuses: Statuses
) -> None:
    found, report = statuses(
        {"main.yaml": parent("https://b/tier.yaml", passed, "Parameters: {D: {Type: Number}}\n")}
    )
    assert found == {"Data": "unknown"}
    assert report["diagnostics"] == []


def test_stacks_elsewhere_are_one_warning(statuses: Statuses) -> None:
    stacks = "".join(stack("https://b/alarms.yaml", "{}", f"S{number}") for number in range(12))
    _, report = statuses({"main.yaml": f"Resources:\n{stacks}"})
    (warning,) = report["diagnostics"]
    assert warning["severity"] == "warning"
    assert (
        "the templates of 12 nested stacks are not in this repository (main.yaml:2, "
        in warning["message"]
    )


def test_packages_that_are_not_installed_are_one_warning(statuses: Statuses) -> None:
    stacks = "".join(
        stack(f"./node_modules/@acme/bucket/{name}.yml", "{}", name) for name in ("A", "B")
    )
    _, report = statuses({"main.yaml": f"Resources:\n{stacks}"})
    (warning,) = report["diagnostics"]
    assert warning["severity"] == "warning"
    assert "not installed: run npm install (main.yaml:2, main.yaml:7)" in warning["message"]


def test_an_installed_package_is_evaluated_and_never_edited(
    statuses: Statuses, run_here: "Callable[..., Result]", tmp_path: Path
) -> None:
    path = "node_modules/@acme/cache/module.yml"
    open_child = CHILD.replace(", Default: 7", ", Default: 0")
    found, report = statuses(
        {"main.yaml": f"Resources:\n{stack(f'./{path}', '{}')}", path: open_child}
    )
    assert found == {"Data/Cache": "fail"}
    assert report["findings"][0]["remedy"].endswith("main.yaml:2")
    run_here("fix", ".")
    assert (tmp_path / path).read_text() == open_child


def test_a_block_in_a_template_is_located_and_edited_where_it_is(
    statuses: Statuses, run_here: "Callable[..., Result]", tmp_path: Path
) -> None:
    text = deployer("CloudFormation::StackSet", INLINE.replace("!Ref Days", "0"))
    _, report = statuses({"t.yaml": text})
    location = report["findings"][0]["location"]
    assert (location["path"], location["line"], location["column"]) == ("t.yaml", 12, 15)
    run_here("fix", ".")
    assert (tmp_path / "t.yaml").read_text() == text.replace("Limit: 0", "Limit: 7")


@pytest.mark.parametrize(
    "body",
    [f"TemplateBody: '{QUOTED}'", INLINE.replace(": |", ": >-").replace("!Ref Days", "0")],
)
def test_a_string_without_lines_of_its_own_is_not_edited(
    body: str, statuses: Statuses, run_here: "Callable[..., Result]", tmp_path: Path
) -> None:
    text = deployer("CloudFormation::StackSet", body)
    statuses({"t.yaml": text})
    run_here("fix", ".")
    assert (tmp_path / "t.yaml").read_text() == text


names = st.sampled_from(["a", "b", "data.yaml", "main.yaml"])


@settings(max_examples=100, deadline=None)
@given(
    paths=st.sets(st.lists(names, min_size=1, max_size=3).map(tuple), max_size=6),
    url=st.lists(names, min_size=1, max_size=4),
)
def test_the_file_of_a_url_is_the_only_one_with_the_longest_common_ending(
    paths: set[tuple[str, ...]], url: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    top = tmp_path_factory.mktemp("top")
    made = []
    for parts in sorted(paths, key=len, reverse=True):
        path = top.joinpath(*parts[:-1], f"{parts[-1]}")
        if not path.exists() and not any(one.is_file() for one in path.parents):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("Resources: {}\n", "utf-8")
            made.append(path.relative_to(top).parts)
    endings = {parts: common_ending(parts, url) for parts in made}
    longest = max(endings.values(), default=0)
    best = {str(top.joinpath(*parts)) for parts, n in endings.items() if n == longest > 0}
    urls, address = TemplateUrls(()), "https://host.example/" + "/".join(url)
    if len(best) > 1:
        with pytest.raises(NotReadError) as ambiguous:
            urls.file_of((address,), str(top), ())
        assert set(ambiguous.value.candidates) == best
    else:
        found = urls.file_of((address,), str(top), ())
        assert ({found.path} if found else set()) == best


def common_ending(parts: tuple[str, ...], url: list[str]) -> int:
    numbers = range(1, min(len(parts), len(url)) + 1)
    return max((n for n in numbers if list(parts[-n:]) == url[-n:]), default=0)
