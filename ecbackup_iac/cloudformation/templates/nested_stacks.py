"""A resource that deploys other templates → those templates, and their local paths."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ecbackup_iac.cloudformation.evaluation.parameters import named_parameter
from ecbackup_iac.cloudformation.evaluation.template import Template
from ecbackup_iac.cloudformation.syntax.files import documents_in, file_bytes
from ecbackup_iac.cloudformation.syntax.nodes import (
    Entry,
    ListNode,
    Node,
    ScalarNode,
    function_of,
    member,
    members,
    text_of,
)
from ecbackup_iac.cloudformation.templates.stack_types import (
    NESTED,
    PRODUCT,
    PROVISIONED_PRODUCT,
    STACK_SET,
)
from ecbackup_iac.model.hidden import without_credentials
from ecbackup_iac.model.location import STANDARD_INPUT, Location
from ecbackup_iac.model.record import record, replace
from ecbackup_iac.syntax.encoding import to_utf8

MAX_FILE_BYTES = 50_000_000
"""CloudFormation accepts a megabyte."""

# The CDK's file names (cloud assembly schema). `cdk synth`, whose output may be on standard input, leaves
# nested templates in the folder.
_CDK_OUTPUT = "cdk.out"
_ASSET_LIST = ".assets.json"
_MANIFEST = "manifest.json"
_HASH = re.compile(r"/([0-9a-f]{64})\.json")


class NotReadError(Exception):
    """Why a nested stack's template is not read."""

    def __init__(
        self,
        message: str,
        *,
        is_elsewhere: bool = False,
        is_package: bool = False,
        candidates: Sequence[str] = (),
        location: Location | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.location = location
        """Where the problem is; None where it is reported at the nested stack."""
        self.is_elsewhere = is_elsewhere
        """The template is outside what is scanned, and need not be read."""
        self.is_package = is_package
        """It is in a package that is not installed."""
        self.candidates = candidates
        """The files, by absolute path, one of which may be it."""


@record(eq=False)
class DeployedTemplate:
    """A template that a resource deploys, as the resource names it."""

    suffix: str = ""
    """What distinguishes it from other templates of the resource, in addresses."""

    name: str = ""
    """The property that names it."""

    url: Node | None = None
    body: Node | None = None
    """The template itself."""

    parameters: tuple[Node, ...] = ()
    """What is passed to it; later ones override earlier ones."""

    urls: frozenset[str] = frozenset()
    """What the URL is, or ends with, where it names this template; empty where it always does."""

    is_launched_by_hand: bool = False
    """Whoever launches it chooses its parameters."""


def deployed_templates(body: Node, resources: Mapping[str, Entry]) -> list[DeployedTemplate]:
    """Return the templates that a resource of a type in NESTED deploys; `resources` are its neighbours."""
    kind = text_of(member(body, "Type")) or ""
    properties = member(body, "Properties")
    if kind == PRODUCT:
        return [
            DeployedTemplate(
                f"[{number}]" if number else "",
                "LoadTemplateFromURL",
                member(member(artifact, "Info"), "LoadTemplateFromURL"),
                is_launched_by_hand=True,
            )
            for number, artifact in enumerate(_items(member(properties, NESTED[PRODUCT])))
        ]
    passed = _present(member(properties, "Parameters"))
    if kind == PROVISIONED_PRODUCT:
        passed = _present(member(properties, "ProvisioningParameters"))
        product = _product_of(properties, resources)
        return [replace(product, parameters=passed, is_launched_by_hand=False)] if product else []
    name = NESTED.get(kind, "")
    deployed = DeployedTemplate(
        "", name, member(properties, name), member(properties, "TemplateBody"), passed
    )
    overrides = _overrides(member(properties, "StackInstancesGroup")) if kind == STACK_SET else []
    overriding = [
        replace(deployed, suffix=f"[{number}]", parameters=(*passed, parameters))
        for number, parameters in enumerate(overrides)
        if parameters is not _NOTHING
    ]
    replaces_all = overriding and len(overriding) == len(overrides)
    return overriding if replaces_all else [deployed, *overriding]


def _overrides(groups: Node | None) -> list[Node]:
    """Return the parameters that each group of instances of a stack set overrides, or `_NOTHING`."""
    if groups is None:
        return []
    return [
        member(group, "ParameterOverrides") or _NOTHING
        if function_of(group) is None
        else ListNode([group], group.start, group.end, None)  # not a parameter: all are unknown
        for group in (_items(groups) if function_of(groups) is None else [groups])
    ]


def _product_of(properties: Node | None, resources: Mapping[str, Entry]) -> DeployedTemplate | None:
    """Return the template of the product that a provisioned product names, where a neighbour defines it."""
    function = function_of(member(properties, "ProductId") or _NOTHING)
    logical_id = text_of(function[1]) if function and function[0] == "Ref" else None
    name = text_of(member(properties, "ProductName"))
    products = {
        key: body
        for key, (_, body) in resources.items()
        if text_of(member(body, "Type")) == PRODUCT
    }
    by_name = {text_of(member(member(one, "Properties"), "Name")): one for one in products.values()}
    product = products.get(logical_id or "") or (by_name.get(name) if name else None)
    if product is None:
        return None
    artifacts = _items(member(member(product, "Properties"), NESTED[PRODUCT]))
    artifact_name = text_of(member(properties, "ProvisioningArtifactName"))
    named = [
        template
        for artifact, template in zip(artifacts, deployed_templates(product, {}), strict=True)
        if artifact_name is None or text_of(member(artifact, "Name")) == artifact_name
    ]
    return replace(named[0], suffix="") if len(named) == 1 else None


def _present(node: Node | None) -> tuple[Node, ...]:
    return () if node is None else (node,)


def _items(node: Node | None) -> list[Node]:
    return node.items if isinstance(node, ListNode) else []


_NOTHING = ListNode([], 0, 0, None)


def not_in_repository(deployed: DeployedTemplate, parent: Template) -> str:
    """Return the message for a template that is outside the repository."""
    where = "the template of the nested stack is not in this repository"
    if deployed.url is None:  # a product that is not defined here
        return where
    shown = member(deployed.url, "ApplicationId") or deployed.url  # of a published application
    return f"{where}: {without_credentials(parent.source.excerpt(shown))}"


def passed_names(parameters: Iterable[Node]) -> Iterator[tuple[str, Entry]]:
    """Yield the names of the parameters that are passed to a nested stack, as far as they are literal."""
    for node in parameters:
        for item in node.items if isinstance(node, ListNode) else ():
            if (named := named_parameter(item)) is not None:
                yield named
        for name, entry in members(node).items():
            if not name.startswith("Fn::"):
                yield name, entry


def accepts(template: Template, deployed: DeployedTemplate, *, needs_all: bool) -> bool:
    """Whether a template declares what is passed to it and, if `needs_all`, is passed what it needs."""
    passed = dict(passed_names(deployed.parameters))
    if deployed.is_launched_by_hand or template.may_declare("Parameters"):
        return True
    declarations = [template.declaration(name) for name in template.section("Parameters")]
    needed = {entry.name for entry in declarations if entry and entry.default is None}
    is_declared = passed.keys() <= template.section("Parameters").keys()
    return is_declared and (needed <= passed.keys() or not needs_all)


class NestedPaths:
    """The paths of nested templates; the CDK's lists of assets are read once."""

    def __init__(self) -> None:
        self._assets_by_folder: dict[str, dict[str, str]] = {}

    def path_of(self, deployed: DeployedTemplate, body: Node, parent: Template) -> str | None:
        """Return the local path that a nested stack gives for its template; None where it gives none.

        The CDK uploads templates. It notes beside the stack which file it was (`aws:asset:path`), or in a
        list of assets under the hash at the end of the TemplateURL. CloudFormation ignores this metadata,
        so it counts only in the CDK's own folder, where the TemplateURL is an expression.
        """
        url = deployed.url
        is_text = isinstance(url, ScalarNode) and url.tag is None
        metadata = member(body, "Metadata")
        asset = text_of(member(metadata, "aws:asset:path"))
        is_asset = text_of(member(metadata, "aws:asset:property")) in (None, deployed.name)
        if asset and is_asset and not is_text and is_cdk_assembly(parent):
            return asset
        if isinstance(url, ScalarNode) and is_text and is_local(url.text):
            return url.text
        match = _HASH.search(parent.source.text_at(url)) if url is not None else None
        return self._assets(os.path.dirname(parent.path)).get(match[1]) if match else None

    def _assets(self, folder: str) -> dict[str, str]:
        """Return the paths of the templates among a CDK assembly's assets, by hash."""
        if folder not in self._assets_by_folder:
            assets: dict[str, str] = {}
            names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
            for name in names:
                path = os.path.join(folder, name)
                if name.endswith(_ASSET_LIST) and not os.path.islink(path):
                    assets |= _listed_assets(path)
            self._assets_by_folder[folder] = assets
        return self._assets_by_folder[folder]


def _listed_assets(path: str) -> dict[str, str]:
    """Return what one of the CDK's lists of assets contains; {} for anything else of that name."""
    try:
        if os.path.getsize(path) > MAX_FILE_BYTES:
            return {}
        documents, _ = documents_in(to_utf8(file_bytes(path)), path)
    except (OSError, UnicodeDecodeError):
        return {}
    files = member(documents[0].root, "files") if documents else None
    paths = {
        key: text_of(member(member(entry, "source"), "path"))
        for key, (_, entry) in members(files).items()
    }
    return {key: path for key, path in paths.items() if path}


def is_cdk_assembly(template: Template) -> bool:
    """Whether a template is in a folder that the CDK wrote."""
    is_stream = template.path == STANDARD_INPUT
    folder = _CDK_OUTPUT if is_stream else os.path.dirname(template.path)
    return os.path.isfile(os.path.join(folder, _MANIFEST))


def is_local(text: str) -> bool:
    """Whether a template's URL is a path, as `aws cloudformation package` accepts it."""
    return (
        bool(text) and "://" not in text and not text.startswith(("{{", "$")) and "${" not in text
    )


def real_paths(path: str, parent: Template) -> list[str]:
    """Return where a nested template may be, with links resolved; none for a string that is not a path."""
    if parent.path == STANDARD_INPUT:
        paths = [path, os.path.join(_CDK_OUTPUT, path)]
    else:
        paths = [os.path.join(os.path.dirname(parent.path), path)]
    try:
        return [*map(os.path.realpath, paths)]
    except ValueError:  # it contains a NUL, or half a surrogate pair
        return []
