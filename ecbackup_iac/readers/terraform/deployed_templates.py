"""Resources that deploy CloudFormation templates → what they deploy, for the reader of templates.

Nothing here knows what a template says: the two languages meet in `ecbackup_iac.readers.inputs`.
"""

from collections.abc import Iterator

from ecbackup_iac.hcl.expression import (
    FunctionCall,
    GetAttribute,
    Interpolation,
    Name,
    Node,
    ObjectNode,
    Template,
)
from ecbackup_iac.hcl.structure import Attribute, Block
from ecbackup_iac.model.cache import CacheResource, Form
from ecbackup_iac.model.deployment import TemplateDeployment
from ecbackup_iac.model.hidden import placeholder_of
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import record, replace
from ecbackup_iac.model.report import Diagnostic, Severity
from ecbackup_iac.model.source import Source
from ecbackup_iac.model.value import StepKind, Unknown
from ecbackup_iac.readers.other_programs import is_manifest
from ecbackup_iac.readers.terraform.arguments import Arguments, rejected
from ecbackup_iac.readers.terraform.deployed_parameters import with_parameters
from ecbackup_iac.readers.terraform.deployers import (
    DEPLOYERS,
    MANIFESTS,
    TEMPLATE_TYPES,
    Deployer,
    as_template,
    text_mentions_cache,
)
from ecbackup_iac.readers.terraform.origin import with_origin
from ecbackup_iac.readers.terraform.partly_known_text import has_written_types, partly_known_text
from ecbackup_iac.readers.terraform.settings import step_of
from ecbackup_iac.terraform.evaluation.evaluator import Evaluator
from ecbackup_iac.terraform.functions.call_context import UnknownResultError
from ecbackup_iac.terraform.modules.expansion import EmptyBlock, ResourceInstance
from ecbackup_iac.terraform.modules.instances import BlockScope
from ecbackup_iac.terraform.modules.module import ResourceKey
from ecbackup_iac.terraform.modules.repetitions import Repetition
from ecbackup_iac.terraform.values.errors import EvaluationError
from ecbackup_iac.terraform.values.marks import marks_in
from ecbackup_iac.terraform.values.steps import SourceStep
from ecbackup_iac.terraform.values.value import UnknownRaw


@record
class _Text:
    """An argument that is a string."""

    text: str | None = None
    """None where it is not written, null or not known."""

    why: str = ""
    """Why it is not known; empty where it is."""

    location: Location | None = None
    """None where it is not written."""

    error: Diagnostic | None = None
    """What Terraform rejects about it."""

    is_hidden: bool = False
    """No part of it may be shown."""

    unknown_part: str = ""
    """Why a part of the text is a placeholder; empty where none is."""

    is_open: bool = False
    """A part of the text is a placeholder for an unknown value, which may be a resource."""


def mentions_cache(block: Block) -> bool:
    """Whether a resource that deploys a template mentions caches where it is written."""
    if block.labels[0] in MANIFESTS:
        return is_manifest(block.range.text.encode())
    return text_mentions_cache(block.range.text)


class DeployedTemplates:
    """The templates that the resources of one root deploy."""

    def __init__(self, root: str, diagnostics: list[Diagnostic]) -> None:
        self._root = root
        self._diagnostics = diagnostics
        self.found: list[TemplateDeployment] = []

    def read(
        self, found: ResourceInstance, arguments: Arguments, basis: CacheResource
    ) -> Iterator[CacheResource]:
        """Add what a resource deploys, or yield an unknown cache; `basis` has what all its caches share."""
        deployer = DEPLOYERS[found.kind]
        if deployer.nested:
            nested = found.block.body.blocks(deployer.nested)
            blocks = [Arguments(one, found.scope, arguments.give_up) for one in nested]
        else:
            blocks = [arguments]
        for one in blocks:
            why = self._add(found, deployer, one, basis)
            if why:
                yield replace(basis, retention=Unknown(why, trace=basis.retention.trace))

    def _add(
        self,
        found: ResourceInstance,
        deployer: Deployer,
        arguments: Arguments,
        basis: CacheResource,
    ) -> str:
        """Add what a resource deploys; return why that is not known where it may be a cache."""
        kind, body = self._text(arguments, deployer.type), self._text(arguments, deployer.body)
        if kind.text is not None and kind.text not in TEMPLATE_TYPES:
            return kind.unknown_part if text_mentions_cache(kind.text) else ""
        file = _file_of(found, deployer)
        deployment = TemplateDeployment(
            address=found.address,
            type=found.kind,
            root=self._root,
            location=body.location or basis.location,
            block=found.block.range.location,
            looks_like_cache=mentions_cache(found.block)
            or (file is not None and text_mentions_cache(file.text.decode(errors="replace"))),
            file=file.path if file is not None else "",
            assumptions=basis.assumptions,
            overrides=basis.overrides,
            calls=basis.calls,
            hidden_words=_hidden_words(body, found, file) if body.is_hidden else frozenset(),
        )
        is_seen = file is not None or (
            body.error is not None and _is_written_here(arguments, deployer)
        )
        if body.why and is_seen and not deployment.looks_like_cache:
            return self._skip(deployment, body.why)
        if body.why or kind.why:
            if file is not None:
                self.found.append(deployment)
            if body.error is not None:
                self._diagnostics.append(body.error)
            return body.why or kind.why
        if body.text is None:
            return self._add_url(deployment, deployer, found, arguments)
        if kind.text is None:
            looks = deployment.looks_like_cache or body.is_open
            deployment = replace(deployment, text=body.text, looks_like_cache=looks)
            self.found.append(with_parameters(deployment, deployer, found, arguments))
            return ""
        template = as_template(body.text, address=found.address, kind=kind.text)
        if template is None:
            return f"{deployer.body} is not a JSON object"
        self.found.append(replace(deployment, text=template, is_resource=True))
        return ""

    def _add_url(
        self,
        deployment: TemplateDeployment,
        deployer: Deployer,
        found: ResourceInstance,
        arguments: Arguments,
    ) -> str:
        if not deployer.url:
            is_here = "servicecatalog_product." in found.block.range.text
            is_cache = deployment.looks_like_cache and not is_here
            in_manifest = found.kind in MANIFESTS
            why = (
                "a Kubernetes manifest is not evaluated"
                if in_manifest
                else "its template is not known"
            )
            return why if is_cache else ""
        url = self._text(arguments, deployer.url)
        if url.location is None or (url.why and deployment.looks_like_cache):
            return url.why
        if url.is_hidden:
            url = _Text(
                why=f"{deployer.url} is {placeholder_of(url.text or '')}", location=url.location
            )
        deployment = replace(deployment, location=url.location, url=url.text or "")
        if url.text is not None:
            self.found.append(with_parameters(deployment, deployer, found, arguments))
        elif url.why:
            return self._skip(deployment, url.why)
        return ""

    def _skip(self, deployment: TemplateDeployment, why: str) -> str:
        """Report a template that cannot be known and mentions no cache; return that nothing is unknown."""
        text = f"{deployment.address} was not inspected: {why}"
        self._diagnostics.append(
            Diagnostic(text, deployment.location, Severity.WARNING, is_detail=True)
        )
        return ""

    @staticmethod
    def _text(arguments: Arguments, name: str) -> _Text:
        """Return an argument that is a string."""
        argument = arguments.attribute(name) if name else None
        if argument is None:
            return _Text()
        location = argument.range.location
        try:
            value = arguments.value(argument)
        except EvaluationError as error:
            why = f"Terraform rejects {name}: {error.message}"
            return _Text(why=why, location=location, error=rejected(error, location))
        if value.is_null:
            return _Text(location=location)
        if isinstance(value.raw, str) and not value.is_sensitive:
            is_hidden = value.is_hidden and not _is_own_file(argument, arguments)
            return _Text(value.raw, location=location, is_hidden=is_hidden)
        if not isinstance(value.raw, UnknownRaw):
            why = f"{name} is unknown: it is not a string, or is sensitive"
            return _Text(why=why, location=location)
        why, text = f"{name} is unknown: {value.raw.why}", partly_known_text(argument, arguments)
        if text is None:
            return _Text(why=why, location=location)
        is_open = not has_written_types(argument)
        return _Text(text, location=location, unknown_part=why, is_open=is_open)


@record
class _File:
    """The file that a template is made of."""

    path: str
    """Absolute."""

    text: bytes


def _file_of(found: ResourceInstance, deployer: Deployer) -> _File | None:
    """Return the file that a template is read or rendered from; None where it is made otherwise."""
    path = _path_in(_expression(found.block, deployer.body), found)
    if path is None:
        return None
    files = found.scope.files
    try:
        name = Evaluator(found.scope).value(path).raw
        return _File(files.absolute(name), files.read(name)) if isinstance(name, str) else None
    except (EvaluationError, UnknownResultError, RecursionError):
        return None


def _path_in(text: Node | None, found: ResourceInstance) -> Node | None:
    """Return the path of the file that a text is read or rendered from, also by a data source."""
    match text:
        case FunctionCall(name="templatefile" | "file", arguments=(path, *_)):
            return path
        case Template(parts=(Interpolation(expression=inner),)):
            return _path_in(inner, found)
        case GetAttribute(
            of=GetAttribute(of=GetAttribute(of=Name(name="data"), name=kind), name=name)
        ):
            data = found.scope.instance.module.resources.get(ResourceKey("data", kind, name))
            if data is not None and kind == "template_file":
                return _path_in(_expression(data, "template"), found)
            return _expression(data, "filename") if data and kind == "local_file" else None
        case _:
            return None


def _expression(block: Block, name: str) -> Node | None:
    argument = block.body.attribute(name)
    return argument.expression if argument is not None else None


def _hidden_words(body: _Text, found: ResourceInstance, file: _File | None) -> frozenset[str]:
    """Return the words of a template that are neither in the resource's file nor in that of the template."""
    from ecbackup_iac.readers.hidden_words import hidden_words  # few templates hide anything

    literal = (found.block.range.file.text, file.text if file is not None else b"")
    return hidden_words([body.text or ""], literal)


def _is_own_file(argument: Attribute, arguments: Arguments) -> bool:
    """Whether a string is that of a file in the tree, with nothing in it that must not be shown."""
    match argument.expression:
        case FunctionCall(name="file"):
            return True
        case FunctionCall(name="templatefile", arguments=(_, variables)):
            try:
                return not marks_in(arguments.evaluated(variables, argument)).is_hidden
            except EvaluationError:
                return False
        case _:
            return False


def _is_written_here(arguments: Arguments, deployer: Deployer) -> bool:
    """Whether the resource contains the text of its template, apart from what that refers to."""
    argument = arguments.attribute(deployer.body)
    match argument.expression if argument is not None else None:
        case Template() | FunctionCall(name="jsonencode" | "yamlencode", arguments=(ObjectNode(),)):
            return True
        case _:
            return False


def declares_cache(found: EmptyBlock) -> bool:
    """Whether a resource without instances would deploy a cache, as far as its template is known."""
    if mentions_cache(found.block):
        return True
    argument = found.block.body.attribute(DEPLOYERS[found.kind].body)
    scope = BlockScope(found.instance, Repetition())
    try:
        value = Evaluator(scope).value(argument.expression) if argument is not None else None
    except (EvaluationError, RecursionError):
        return False
    text = value.raw if value is not None else None
    return isinstance(text, str) and text_mentions_cache(text)


def unknown_cache(found: ResourceInstance, root: str) -> CacheResource:
    """Return what is known of every cache that a resource may deploy."""
    header = found.block.header
    step = step_of(SourceStep(header, StepKind.UNREAD))
    cache = CacheResource(
        address=found.address,
        type=found.kind,
        form=Form.REPLICATION_GROUP,
        source=Source.TERRAFORM,
        root=root,
        location=header.location,
        retention=Unknown("", trace=(step,)),
    )
    return with_origin(cache, found.block, found.scope)
