"""Names of files → warnings about what other programs deploy and this one does not evaluate."""

import os
import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import suppress

from ecbackup_iac.files.bounded_read import read_regular_file
from ecbackup_iac.files.discovery import Listing
from ecbackup_iac.files.file_names import (
    ATMOS_FILES,
    OLD_TERRAGRUNT_FILE,
    STACKS_SUFFIXES,
    TERRAGRUNT_FILES,
    TERRAMATE_SUFFIXES,
)
from ecbackup_iac.files.paths import display_path_of
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import record
from ecbackup_iac.model.report import Diagnostic, Severity

MAX_SETTINGS_BYTES = 1_000_000
"""A file with the settings of another program; in a larger one, its output folder is not looked up."""


@record
class OtherProgram:
    """A program whose own files are not evaluated."""

    file: str
    """What one of its files is, with an article."""

    advice: str
    """What to run instead."""

    names: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()

    sets_inputs: bool = False
    """It passes values to the configuration in the folders below its file."""

    output: str = ""
    """The folder beside the file that the program writes, and that is read instead."""

    mention: bytes = b""
    """What its files contain that concern caches, where other programs have files of the same names."""


_CHECK_DEPLOYED = (
    "not evaluated; check what is deployed: "
    "aws elasticache describe-replication-groups | ecbackup-iac check -"
)
MANIFEST = OtherProgram("a Kubernetes manifest with a cache", _CHECK_DEPLOYED)
"""One of the controllers of AWS (ACK), of Crossplane, or of an operator for CloudFormation."""

PLAYBOOK = OtherProgram("an Ansible task with a cache", _CHECK_DEPLOYED)

TERRAMATE = OtherProgram(
    "a Terramate configuration with a cache",
    "not generated; run terramate generate, then ecbackup-iac check on the same path",
    suffixes=TERRAMATE_SUFFIXES,
    mention=b"elasticache",
)
TEMPLATE = OtherProgram(
    "a template with Terraform configuration of a cache",
    "not rendered; run ecbackup-iac check on the folder of what is rendered from it",
)
EMBEDDED = OtherProgram(
    "a Kubernetes manifest with Terraform configuration of a cache",
    "not evaluated; write the configuration to a .tf file, then run ecbackup-iac check on its folder",
)

_API = (
    rb"""apiVersion["']?\s*[:=]\s*["']?(?:elasti)?cache\.(?:services\.k8s\.aws|aws\.[\w.]+\.io)/"""
)
_KIND = rb"""kind["']?\s*[:=]\s*["']?(?:CacheCluster|Cluster|ReplicationGroup|ServerlessCache)\b"""

# In a text that a manifest hands to CloudFormation.
_RESOURCE = re.compile(
    rb"""^[ \t]+["']?Type["']?:\s*["']?"""
    rb"AWS::ElastiCache::(?:CacheCluster|ReplicationGroup|ServerlessCache)\b",
    re.MULTILINE,
)

# A task of Ansible; before 2.10 its module had no collection in its name, which many other keys have, too.
_TASK = re.compile(
    rb"community\.aws\.elasticache:"
    rb"|^[ \t-]*elasticache:(?:[^\n]*\bstate=|[ \t\r]*(?:\n[ \t][^\n]*){0,20}?\n[ \t]+state:[ \t]*)"
    rb"[\"']?(?:present|rebooted|\{\{)",
    re.MULTILINE,
)

_TEMPLATE_NAMES = re.compile(
    r"\.(?:ejs|erb|gotmpl|hbs|j2|jinja2?|liquid|mustache|njk|template|tftpl|tmpl|tpl)$",
    re.IGNORECASE,
)

_GENERATES = rb'\bgenerate_hcl\s+"([\w./-]+)"'
_GENERATED = b"TERRAMATE: GENERATED AUTOMATICALLY"

_CONFIGURATION = (
    rb'\bresource\s+"(?:aws|awscc)_elasticache_(?:(?:cache_)?cluster|replication_group|serverless_cache)"'
    rb'\s+"[^"\n]+"\s*\{|\bsource\s*=\s*"[^"\n]*elasticache'
)

OTHER_PROGRAMS = (
    OtherProgram(
        "a Terraform Stacks file",
        "not evaluated, so modules lack the inputs of their components; check what is deployed: "
        "aws elasticache describe-replication-groups | ecbackup-iac check -",
        suffixes=STACKS_SUFFIXES,
        sets_inputs=True,
    ),
    OtherProgram(
        "an Atmos configuration",
        "not evaluated, so components lack the variables of their stacks; "
        "run atmos terraform generate planfile COMPONENT -s STACK --file PLAN.json, "
        "then ecbackup-iac check PLAN.json",
        names=ATMOS_FILES,
        sets_inputs=True,
    ),
    OtherProgram(
        "a configuration of Terragrunt before 0.19",
        "not evaluated, so modules lack its inputs; move it to terragrunt.hcl, or check what is deployed: "
        "aws elasticache describe-replication-groups | ecbackup-iac check -",
        names=(OLD_TERRAGRUNT_FILE,),
        sets_inputs=True,
    ),
    TERRAMATE,
    OtherProgram(
        "a CDK app",
        "not synthesized; run cdk synth, then ecbackup-iac check cdk.out",
        names=("cdk.json",),
        output="cdk.out",
    ),
    OtherProgram(
        "a CDK for Terraform app",
        "not synthesized; run cdktf synth, then ecbackup-iac check cdktf.out",
        names=("cdktf.json",),
        output="cdktf.out",
    ),
    OtherProgram(
        "a service of the Serverless Framework in TypeScript or JavaScript",
        "not evaluated; run serverless package, then ecbackup-iac check .serverless",
        names=("serverless.ts", "serverless.js", "serverless.cjs", "serverless.mjs"),
        output=".serverless",
        mention=b"ElastiCache",
    ),
    OtherProgram(
        "a Pulumi program",
        "not run; run pulumi preview --json --show-sames | ecbackup-iac check -",
        names=("Pulumi.yaml", "Pulumi.yml"),
    ),
    OtherProgram(
        "an SST app with Redis",
        "not run; check what is deployed: "
        "aws elasticache describe-replication-groups | ecbackup-iac check -",
        names=("sst.config.ts", "sst.config.js"),
        mention=b"aws.Redis",
    ),
    MANIFEST,
    PLAYBOOK,
    TEMPLATE,
    EMBEDDED,
)


def program_in(path: str, text: bytes) -> OtherProgram | None:
    """Return the program that a file with a cache belongs to, by what is written in it."""
    is_yaml = path.endswith((".yaml", ".yml"))
    if b"elasticache:" in text and _TASK.search(text):
        return PLAYBOOK
    if is_manifest(text) or (is_yaml and _contains_template(text)):
        return MANIFEST
    if b"elasticache" not in text:
        return None
    is_template = _TEMPLATE_NAMES.search(path) is not None
    is_embedded = is_yaml and b"apiVersion" in text
    if not (is_template or is_embedded) or re.search(_CONFIGURATION, text) is None:
        return None
    return TEMPLATE if is_template else EMBEDDED


def is_manifest(text: bytes) -> bool:
    """Whether a text declares a cache as a resource of Kubernetes."""
    if b"apiVersion" not in text or b"cache." not in text:
        return False
    either = rb"""%s[^\s,]{0,60}(?:[\s,]|\\n)+["']?%s"""
    return any(re.search(either % pair, text) for pair in ((_API, _KIND), (_KIND, _API)))


def _contains_template(text: bytes) -> bool:
    """Whether a manifest contains a template with a cache: that of an operator for CloudFormation."""
    if b"apiVersion:" not in text:
        return False
    manifests = (
        document
        for document in re.split(rb"(?m)^---", text)
        if re.search(rb"(?m)^apiVersion:", document)
    )
    return any(map(_RESOURCE.search, manifests))


def files_of_others(
    listings: Mapping[str, Listing],
    folders_above: Iterable[str],
    is_excluded: Callable[[str], bool],
) -> dict[str, OtherProgram]:
    """Return the files of other programs in the walked folders, by path.

    `folders_above` contain the folders that were not walked and whose files may concern what was.
    """
    programs = {
        os.path.join(folder, name): program
        for folder, (names, _) in listings.items()
        for name, program in _files_in(folder, names, listings)
    }
    for folder in folders_above:
        with suppress(OSError):
            for name, program in _files_in(folder, os.listdir(folder), listings):
                if program.sets_inputs:
                    programs[os.path.join(folder, name)] = program
    programs = {path: one for path, one in sorted(programs.items()) if not is_excluded(path)}
    return _without_generated(programs, listings)


def program_of(path: str) -> OtherProgram | None:
    """Return the program that a file belongs to, by its name; variables are seldom those of Terragrunt."""
    name = os.path.basename(path)
    for program in OTHER_PROGRAMS:
        if name in program.names or name.endswith(program.suffixes):
            return program if name != OLD_TERRAGRUNT_FILE or _is_old_terragrunt(path) else None
    return None


def _is_old_terragrunt(path: str) -> bool:
    from ecbackup_iac.terraform.roots.wrappers import old_terragrunt  # with the parser of HCL

    beside = (os.path.join(os.path.dirname(path), name) for name in TERRAGRUNT_FILES)
    if any(map(os.path.exists, beside)):
        return False
    try:
        content = read_regular_file(path, MAX_SETTINGS_BYTES)
    except OSError:
        return False
    return isinstance(content, bytes) and old_terragrunt(path, content) is not None


def warnings(
    programs: Mapping[str, OtherProgram], rendered: Container[str]
) -> Iterator[Diagnostic]:
    """Yield one warning for each program that has files among those found.

    Templates that were `rendered`, because a unit of Terragrunt reads them, are left out.
    """
    for program in OTHER_PROGRAMS:
        paths = [
            path
            for path, other in programs.items()
            if other is program and not (program is TEMPLATE and path in rendered)
        ]
        if paths:
            more = f" (and {len(paths) - 1} more)" if len(paths) > 1 else ""
            text = f"{program.file}{more}: {program.advice}"
            yield Diagnostic(text, Location(display_path_of(paths[0])), Severity.WARNING)


def _files_in(
    folder: str, names: Iterable[str], listings: Mapping[str, Listing]
) -> Iterator[tuple[str, OtherProgram]]:
    """Yield the files of other programs in a folder, except where their output was walked, too."""
    for name in names:
        path = os.path.join(folder, name)
        program = program_of(path)
        if program is None or (program.mention and program.mention not in _content(path)):
            continue
        output = program.output and _output(path, program.output)
        if not output or not any(listings.get(os.path.join(folder, output), ())):
            yield name, program


def _content(path: str) -> bytes:
    """Return the content of a file; nothing for one that cannot be read or is too large."""
    try:
        content = read_regular_file(path, MAX_SETTINGS_BYTES)
    except OSError:
        return b""
    return content if isinstance(content, bytes) else b""


def _without_generated(
    programs: Mapping[str, OtherProgram], listings: Mapping[str, Listing]
) -> dict[str, OtherProgram]:
    """Return files of other programs without those of Terramate whose output was walked, too."""
    outputs = {
        path: {os.path.basename(name.decode()) for name in re.findall(_GENERATES, content)}
        for path, program in programs.items()
        if program is TERRAMATE and (content := _content(path))
    }
    output_names = {name for names in outputs.values() for name in names}
    generated: dict[str, bool] = {}
    """Whether one of the files of a name mentions caches."""

    for folder, (names, _) in listings.items():
        for name in output_names.intersection(names) if output_names else ():
            content = _content(os.path.join(folder, name))
            if _GENERATED in content:
                generated[name] = generated.get(name, False) or TERRAMATE.mention in content

    def is_generated(path: str) -> bool:
        names = outputs.get(path, set())
        return names <= generated.keys() and any(map(generated.get, names))

    return {path: program for path, program in programs.items() if not is_generated(path)}


def _output(path: str, default: str) -> str:
    """Return the folder that a program writes, as its settings say, relative to theirs."""
    import json  # few trees have such settings

    try:
        content = read_regular_file(path, MAX_SETTINGS_BYTES)
        settings = json.loads(content) if isinstance(content, bytes) else {}
    except (OSError, ValueError, RecursionError):
        return default
    output = settings.get("output") if isinstance(settings, dict) else None
    return os.path.normpath(output) if isinstance(output, str) and output else default
