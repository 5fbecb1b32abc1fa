"""What `terraform init` fetched counts for the source and version that it was fetched for, and for no other.

`terraform validate` 1.11.4 says so: it takes the module, or says that its source or version has changed.
"""

import json
from typing import TYPE_CHECKING

import pytest

from ecbackup_iac.terraform.modules.installed_modules import InstalledModule

if TYPE_CHECKING:
    from conftest import Evaluate

KIND = "aws_elasticache_replication_group"
GROUP = f'resource "{KIND}" "r" {{\n  snapshot_retention_limit = 7\n}}\n'
VPC = "terraform-aws-modules/vpc/aws"
FULL = f"registry.terraform.io/{VPC}"


@pytest.mark.parametrize(
    ("source", "noted"),
    [
        (VPC, VPC),
        (VPC, FULL),
        (VPC, f"registry.opentofu.org/{VPC}"),
        (f"{VPC}//sub", f"{FULL}//sub"),
        ("example.com/a/b/aws", "example.com/a/b/aws"),
        ("github.com/a/b", "git::https://github.com/a/b.git"),
        ("github.com/a/b//sub?ref=v1", "git::https://github.com/a/b.git//sub?ref=v1"),
        ("github.com/a/b.git//sub", "git::https://github.com/a/b.git//sub"),
        ("git::github.com/a/b", "git::https://github.com/a/b.git"),
        ("git@github.com:a/b.git?ref=v1", "git::ssh://git@github.com/a/b.git?ref=v1"),
        ("git::git@gitlab.com:a/b.git//s", "git::ssh://git@gitlab.com/a/b.git//s"),
        ("bitbucket.org/a/b", "git::https://bitbucket.org/a/b.git"),
        ("git::https://u:p@example.com/x.git", "git::https://u:p@example.com/x.git"),
        ("https://example.com/x.zip", "https://example.com/x.zip"),
    ],
)
def test_the_same_source_may_be_noted_in_full(source: str, noted: str) -> None:
    assert InstalledModule("x", noted, "").is_for(source, "")


@pytest.mark.parametrize(
    ("source", "noted"),
    [
        ("git::https://example.com/evil.git", "git::https://example.com/good.git"),
        ("git::https://example.com/x.git?ref=a", "git::https://example.com/x.git?ref=b"),
        ("git::https://example.com/x.git", "git::https://example.com/x.git//sub"),
        (VPC, f"example.com/{VPC}"),
        (VPC, f"{VPC}x"),
        (VPC, ""),
        ("git::https://github.com/a/b.git", "git::https://github.com.evil.org/a/b.git"),
    ],
)
def test_another_source_is_another_module(source: str, noted: str) -> None:
    assert not InstalledModule("x", noted, "").is_for(source, "")


@pytest.mark.parametrize(
    ("constraints", "version", "expected"),
    [
        ("", "5.4.0", True), ("~> 5.0", "5.4.0", True), ("~> 5.0.1", "5.4.0", False),
        ("4.0.0", "5.4.0", False), ("v5.4.0", "5.4.0", True), ("= 5.4", "5.4.0", True),
        (">= 5, < 6", "5.4.0", True), ("~> 5", "6.4.0", True), ("!= 5.4.0", "5.4.0", False),
        ("> 5.4", "5.4.0", False), ("<= 5.4", "5.4.0", True), (">= 5", "6.0.0-beta1", False),
        ("6.0.0-beta1", "6.0.0-beta1", True), (">= 5, x", "5.4.0", False), (">= 5", "", True),
    ],
)  # fmt: skip
def test_a_version_meets_the_constraints_of_the_call(
    constraints: str, version: str, *, expected: bool
) -> None:
    assert InstalledModule("x", FULL, version).is_for(VPC, constraints) is expected


@pytest.mark.parametrize(("noted", "days"), [("good", 7), ("evil", None)])
def test_a_module_that_was_fetched_for_another_source_is_not_read(
    noted: str, days: int | None, evaluate: "Evaluate"
) -> None:
    files = {
        "main.tf": 'module "elasticache" {\n  source = "git::https://example.com/elasticache-good.git"\n}\n',
        ".terraform/modules/x/main.tf": GROUP,
        ".terraform/modules/modules.json": json.dumps(
            {
                "Modules": [
                    {
                        "Key": "elasticache",
                        "Source": f"git::https://example.com/elasticache-{noted}.git",
                        "Dir": ".terraform/modules/x",
                    }
                ]
            }
        ),
    }
    (cache,) = evaluate(files).caches
    assert getattr(cache.retention, "value", None) == days
    assert ("contains another source" in getattr(cache.retention, "why", "")) is (days is None)


@pytest.mark.parametrize(("noted", "listed"), [("good", 0), ("evil", 1)])
def test_a_call_of_another_source_is_listed_as_unread(
    noted: str, listed: int, evaluate: "Evaluate"
) -> None:
    entry = {"Key": "x", "Source": f"git::https://example.com/{noted}.git", "Dir": "fetched"}
    files = {
        "main.tf": 'module "x" {\n  source = "git::https://example.com/good.git"\n}\n',
        "fetched/main.tf": "locals {\n  a = 1\n}\n",
        ".terraform/modules/modules.json": json.dumps({"Modules": [entry]}),
    }
    found = [one.message for one in evaluate(files).diagnostics]
    assert len([text for text in found if "the module was not read" in text]) == listed
