"""CKV2_ECBACKUP_1 for Checkov: the rule of `ecbackup-iac check` for Terraform, plans and CloudFormation.

    checkov -d infra --external-checks-dir "$(ecbackup-iac checkov-dir)"

Checkov loads this file by its bare name, once for every framework. It needs nothing but itself, the package
beside it, installed or not, and PyYAML, which Checkov brings.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from typing import TYPE_CHECKING, Any

from checkov.cloudformation.checks.resource.base_resource_check import (
    BaseResourceCheck as CloudFormationCheck,
)
from checkov.common.bridgecrew.severities import Severities
from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import (
    BaseResourceCheck as TerraformCheck,
)

if TYPE_CHECKING:
    import types
    from collections.abc import Callable

ID = "CKV2_ECBACKUP_1"
NAME = "Ensure that ElastiCache caches have automatic backups enabled"
SEVERITY = "HIGH"
CATEGORIES = [CheckCategories.BACKUP_AND_RECOVERY]

UNKNOWN = "ECBACKUP_UNKNOWN"
MINIMUM_DAYS = "ECBACKUP_MINIMUM_DAYS"

TERRAFORM_TYPES = [
    "aws_elasticache_cluster",
    "aws_elasticache_replication_group",
    "aws_elasticache_serverless_cache",
    "awscc_elasticache_cache_cluster",
    "awscc_elasticache_replication_group",
    "awscc_elasticache_serverless_cache",
]
CLOUDFORMATION_TYPES = [
    "AWS::ElastiCache::CacheCluster",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::ElastiCache::ServerlessCache",
]

# Path → text. Empty here; a copy that `ecbackup-iac checkov-dir --copy` writes contains the part of the
# package that the check needs, so that there is one file to copy, to review and to sign.
BUNDLE: dict[str, str] = {}
BUNDLE_NAME = "ecbackup_iac"

_FOLDER = os.path.dirname(os.path.abspath(__file__))

OLDEST_PYTHON = (3, 11)


class Library:
    """The part of the package that the check needs: from this file, from beside it, or installed."""

    def __init__(self) -> None:
        if sys.version_info < OLDEST_PYTHON:
            raise ImportError("ecbackup-iac needs Python 3.11 or later")
        if BUNDLE_NAME not in sys.modules:  # Checkov loads this file often
            if BUNDLE:
                sys.meta_path.append(BundleLoader())
            else:
                _load_package_beside()
        self._blocks: Any = _module("checkov.blocks").BlockReader(sys.argv[1:])
        self._details = _module("checkov.details")
        self._urls = _module("model.urls")
        policies = _module("model.policy")
        requirements = policies.Requirements(_minimum_days(policies.MAXIMUM_DAYS))
        evaluation = _module("checkov.evaluation")
        self._not_evaluated: Any = evaluation.NotEvaluatedError
        self._evaluations: Any = evaluation.Evaluations(requirements, sys.argv[1:], os.environ)
        self._shows_details = self._details.may_show_details(sys.argv, os.environ)
        self.guideline: str | None = self._urls.CHECKOV_URL
        unknown = os.environ.get(UNKNOWN, "warn").strip().lower()
        if unknown not in ("warn", "fail", "ignore"):
            raise ImportError(f"{UNKNOWN} is {unknown!r}: expected warn, fail or ignore")
        self._unknown = CheckResult.FAILED if unknown == "fail" else CheckResult.UNKNOWN

    def of_terraform(self, check: TerraformCheck, conf: dict[str, Any]) -> CheckResult:
        """Return the result for a resource of Terraform configuration or a plan; set the check's details."""
        shown, _, name = check.entity_path.rpartition(f":{check.entity_type}:")
        file = self._blocks.file_of(conf, shown, getattr(check, "graph", None))
        address = conf.get("__address__")
        if not isinstance(address, str):
            address = f"{check.entity_type}.{name}"
        return self._result(check, file, address)

    def of_template(self, check: CloudFormationCheck, conf: dict[str, Any]) -> CheckResult:
        """Return the result for a resource of a template, of which Checkov shows no details."""
        shown, _, name = check.entity_path.rpartition(f":{check.entity_type}:")
        return self._result(check, self._blocks.template_of(conf, shown), name)

    def _result(self, check: Any, file: object, address: str) -> CheckResult:  # noqa: ANN401 - Checkov's class
        """Return the result for a resource; what the control does not apply to is UNKNOWN."""
        try:
            finding = self._evaluations.finding(file, address)
        except self._not_evaluated as error:
            check.details = [str(error)] if self._shows_details else []
            return CheckResult.FAILED if error.is_error else self._unknown
        if finding is None:
            return CheckResult.UNKNOWN
        results = {
            "pass": CheckResult.PASSED,
            "fail": CheckResult.FAILED,
            "unknown": self._unknown,
            "not_applicable": CheckResult.UNKNOWN,
        }
        result = results[str(finding.verdict.status)]
        # In SARIF neither may differ from resource to resource: the rule is described only once.
        if result is CheckResult.FAILED and self._shows_details:
            check.guideline = self._urls.rule_url(finding.verdict.rule)
            check.details = self._details.details_of(finding)
        return result


def _module(name: str) -> Any:  # noqa: ANN401 - a module
    return importlib.import_module(f"{BUNDLE_NAME}.{name}")


def _minimum_days(maximum: int) -> int:
    text = os.environ.get(MINIMUM_DAYS, "1").strip()
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= maximum):
        raise ImportError(f"{MINIMUM_DAYS} is {text!r}: expected a number from 1 to {maximum}")
    return int(text)


class BundleLoader(MetaPathFinder, Loader):
    """Imports the modules of the bundle under its own name, each when it is first imported."""

    def find_spec(
        self, name: str, _path: object = None, _target: object = None
    ) -> ModuleSpec | None:
        """Return where a module of the bundle is; None for any other."""
        file = name.replace(".", "/")
        for path, is_package in ((f"{file}.py", False), (f"{file}/__init__.py", True)):
            if path in BUNDLE:
                origin = os.path.join(_FOLDER, path)
                spec = ModuleSpec(name, self, origin=origin, is_package=is_package)
                spec.has_location = True
                return spec
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        """Execute a module's text."""
        path = str(module.__file__)
        exec(compile(self.get_data(path), path, "exec"), module.__dict__)  # noqa: S102 - the text is part of this file

    def get_data(self, path: str) -> bytes:
        """Return the content of a file of the bundle."""
        return BUNDLE[os.path.relpath(path, _FOLDER).replace(os.sep, "/")].encode()


def _load_package_beside() -> None:
    """Load the package that this file belongs to, without adding its folder to sys.path.

    In a clone the package is beside this folder; installed, this folder is in it. Otherwise an installed
    package is imported as usual.
    """
    above = os.path.dirname(_FOLDER)
    for folder in (os.path.join(above, BUNDLE_NAME), above):
        if os.path.isfile(os.path.join(folder, "checkov", "evaluation.py")):
            spec = importlib.util.spec_from_file_location(
                BUNDLE_NAME,
                os.path.join(folder, "__init__.py"),
                submodule_search_locations=[folder],
            )
            if spec is not None and spec.loader is not None:
                module = importlib.util.module_from_spec(spec)
                sys.modules[BUNDLE_NAME] = module
                spec.loader.exec_module(module)
                return


class Broken:
    """Replaces the library where it cannot be loaded."""

    guideline: str | None = None

    def __init__(self, error: Exception) -> None:
        self._error = error

    def of_terraform(self, _check: TerraformCheck, _conf: object) -> CheckResult:
        """Raise why it cannot be loaded."""
        raise self._error

    def of_template(self, _check: CloudFormationCheck, _conf: object) -> CheckResult:
        """Raise why it cannot be loaded."""
        raise self._error


def _library() -> Library | Broken:
    try:
        return Library()
    except Exception as error:  # noqa: BLE001 - the check must never be silent
        return Broken(error)


LIBRARY = _library()


def _or_failed(result: Callable[[], CheckResult]) -> CheckResult:
    """Return a result; FAILED if an error prevents it, because Checkov drops a check that raises one."""
    try:
        return result()
    except Exception as error:  # noqa: BLE001 - the check must never be silent
        # Say why at the first cache: Checkov loads this file in a process for each of its frameworks.
        if not getattr(sys, "_ecbackup_has_warned", False):
            message = f"{ID}: the check cannot run, so every cache fails: {error}"
            sys.stderr.write(
                "".join(c if c.isprintable() else ascii(c)[1:-1] for c in message) + "\n"
            )
            setattr(sys, "_ecbackup_has_warned", True)  # noqa: B010 - this file is loaded again in a process
        return CheckResult.FAILED


class ElastiCacheBackups(TerraformCheck):
    """Terraform configuration, .tf.json and plans."""

    def __init__(self) -> None:
        super().__init__(
            name=NAME,
            id=ID,
            categories=CATEGORIES,
            supported_resources=TERRAFORM_TYPES,
            guideline=LIBRARY.guideline,
        )
        self.severity = Severities[SEVERITY]

    def run(self, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - as Checkov calls it
        """Return the result for one resource; its guideline is that of no other resource."""
        self.guideline = LIBRARY.guideline
        return super().run(*arguments, **named)

    def scan_entity_conf(self, conf: dict[str, Any], entity_type: str) -> CheckResult:
        """Return the result for one resource instance, before Checkov reads anything into its attributes."""
        self.entity_type = entity_type
        return self.scan_resource_conf(conf)

    def scan_resource_conf(self, conf: dict[str, Any]) -> CheckResult:
        """Return the result for one resource instance as Checkov passes it."""
        self.evaluated_keys = ["snapshot_retention_limit"]
        return _or_failed(lambda: LIBRARY.of_terraform(self, conf))


class ElastiCacheTemplateBackups(CloudFormationCheck):
    """CloudFormation templates."""

    def __init__(self) -> None:
        super().__init__(
            name=NAME,
            id=ID,
            categories=CATEGORIES,
            supported_resources=CLOUDFORMATION_TYPES,
            guideline=LIBRARY.guideline,
        )
        self.severity = Severities[SEVERITY]

    def run(self, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - as Checkov calls it
        """Return the result for one resource; its guideline is that of no other resource."""
        self.guideline = LIBRARY.guideline
        return super().run(*arguments, **named)

    def scan_resource_conf(self, conf: dict[str, Any]) -> CheckResult:
        """Return the result for one resource as Checkov passes it."""
        self.evaluated_keys = ["Properties/SnapshotRetentionLimit"]
        return _or_failed(lambda: LIBRARY.of_template(self, conf))


check = (ElastiCacheBackups(), ElastiCacheTemplateBackups())
