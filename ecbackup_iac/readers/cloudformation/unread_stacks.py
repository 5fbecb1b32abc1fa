"""Stacks whose templates were not read → unknown caches, and warnings about the others."""

import re
from collections.abc import Iterator

from ecbackup_iac.cloudformation.evaluation.template import Template
from ecbackup_iac.cloudformation.syntax.nodes import (
    Node,
    ScalarNode,
    function_of,
    member,
    members,
    text_of,
    walk,
)
from ecbackup_iac.cloudformation.templates.nested_stacks import passed_names
from ecbackup_iac.cloudformation.templates.resources import UnreadStack
from ecbackup_iac.cloudformation.templates.roots import Templates
from ecbackup_iac.cloudformation.templates.stack_types import NESTED
from ecbackup_iac.model.cache import CacheResource, Form
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import Diagnostic, Severity
from ecbackup_iac.model.source import Source
from ecbackup_iac.model.value import StepKind, TraceStep, Unknown
from ecbackup_iac.readers.cloudformation.resource_types import RESOURCE_TYPES, RETENTION, is_cache

MAX_LOCATIONS = 5
"""Listed in a warning about several stacks."""

# What the names, the values and the URL of a stack with caches contain.
_LOOKS_LIKE_CACHE = re.compile(
    r"elasti-?cache|redis|valkey|snapshot-?retention|\bcache\.[a-z]\w*\.\w+", re.IGNORECASE
)

# The parameters of a stack that only connects to a cache.
_CONNECTION_PARAMETER = re.compile(
    r"(host|endpoint|address|url|uri|arn|dns|password|token|secret)(name)?s?$", re.IGNORECASE
)


class UnreadStacks:
    """The stacks of a run whose templates were not read and do not look like caches."""

    def __init__(self, templates: Templates) -> None:
        self._templates = templates
        self._others: dict[Diagnostic, UnreadStack] = {}

    def add(self, resource: UnreadStack) -> None:
        """Add a stack that, by all that is known of it, has no cache."""
        self._others.setdefault(resource.diagnostic, resource)

    def may_contain_cache(self, resource: UnreadStack) -> bool:
        """Whether the name, the URL, the parameters or the template of a stack are those of a cache."""
        properties = member(resource.body, "Properties")
        parameters = member(properties, "Parameters") or member(
            properties, "ProvisioningParameters"
        )
        template = resource.stack.template if resource.stack else None
        words = [resource.address, resource.kind, *_words_of(parameters, template)]
        for name, (_, node) in members(properties).items():
            if name not in ("Parameters", "ProvisioningParameters", "Tags"):
                words += _texts_in(node)
        if properties is None:  # a macro
            words += _texts_in(resource.body)
        texts = " ".join(words)
        return (
            _LOOKS_LIKE_CACHE.search(texts) is not None
            or any(kind in texts for kind in RESOURCE_TYPES)
            or any(self._templates.declares(path, is_cache) for path in resource.cause.candidates)
        )

    def warnings(self) -> Iterator[Diagnostic]:
        """Yield one warning about the stacks outside the repository, and one about packages."""
        others = sorted(self._others.values(), key=lambda stack: stack.diagnostic.location.order)
        nested = [stack for stack in others if stack.location is not None]
        for macro in (stack for stack in others if stack.location is None):
            yield replace(macro.diagnostic, severity=Severity.WARNING)
        for is_package in (True, False):
            if stacks := [stack for stack in nested if stack.cause.is_package is is_package]:
                yield _warning(stacks, is_package=is_package)


def _warning(stacks: list[UnreadStack], *, is_package: bool) -> Diagnostic:
    first, *others = (stack.diagnostic for stack in stacks)
    hint = ": run npm install" if is_package else ""
    if not others:
        text = f"not inspected: {first.message}{hint}"
        return replace(first, message=text, severity=Severity.WARNING)
    locations = [diagnostic.location for diagnostic in (first, *others)[:MAX_LOCATIONS]]
    lines = [f"{location.path}:{location.line}" for location in locations]
    rest = len(stacks) - len(lines)
    lines += [f"{rest} more"] if rest > 0 else []
    where = "in packages that are not installed" if is_package else "not in this repository"
    text = f"not inspected: the templates of {len(stacks)} nested stacks are {where}{hint}"
    return Diagnostic(f"{text} ({', '.join(lines)})", first.location, Severity.WARNING)


def unread_cache(
    step: TraceStep, *, kind: str, root: str, why: str, block: Location | None
) -> CacheResource:
    """Return the cache that a stack may contain, of which nothing is known; `step` is the stack itself."""
    return CacheResource(
        address=step.text,
        type=kind,
        form=Form.REPLICATION_GROUP,
        source=Source.CLOUDFORMATION,
        root=root,
        location=step.location,
        retention=Unknown(why, trace=(step,)),
        retention_name=RETENTION,
        block=block,
    )


def cache_of_stack(resource: UnreadStack, root: str) -> CacheResource:
    """Return the cache that may be in a nested stack that was not read."""
    name, problem = NESTED.get(resource.kind, ""), resource.diagnostic
    step = TraceStep(resource.address, problem.location, StepKind.UNREAD, name)
    cache = unread_cache(
        step, kind=resource.kind, root=root, why=problem.message, block=resource.location
    )
    return replace(cache, calls=resource.stack.calls if resource.stack else ())


def _words_of(parameters: Node | None, template: Template | None) -> Iterator[str]:
    """Yield the names and literal values of parameters, but those for a connection to a cache."""
    for name, (_, value) in passed_names(() if parameters is None else (parameters,)):
        if _CONNECTION_PARAMETER.search(name) or _is_attribute(value, template):
            continue
        yield name
        if isinstance(value, ScalarNode) and value.tag is None:
            yield value.text


def _is_attribute(value: Node, template: Template | None) -> bool:
    """Whether a value is read from a resource, from another stack or from an output of a nested one."""
    for node in walk(value):
        name, argument = function_of(node) or ("", node)
        if name in ("Fn::GetAtt", "Fn::ImportValue", "Fn::GetStackOutput"):
            return True
        text = text_of(argument) or ""
        if name == "Ref" and template is not None and text in template.section("Resources"):
            return True
        if name == "Fn::Sub" and re.search(r"\$\{\w+\.", text):
            return True
    return False


def _texts_in(node: Node) -> Iterator[str]:
    return (part.text for part in walk(node) if isinstance(part, ScalarNode))
