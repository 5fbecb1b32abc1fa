"""A root template → the resources that its deployment creates, those of its nested stacks included."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from ecbackup_iac.cloudformation.evaluation.enumeration import ScenarioBudget, enumerate_scenarios
from ecbackup_iac.cloudformation.evaluation.errors import (
    NoResultError,
    TemplateRejectedError,
    TooMuchError,
)
from ecbackup_iac.cloudformation.evaluation.rules import broken_assertion
from ecbackup_iac.cloudformation.evaluation.stacks import (
    ExistenceCondition,
    Frame,
    LoopItem,
    Stack,
    loop_of,
)
from ecbackup_iac.cloudformation.evaluation.template import LOOP, Template
from ecbackup_iac.cloudformation.evaluation.values import UnknownValue, Value
from ecbackup_iac.cloudformation.syntax.nodes import (
    Entry,
    Node,
    ScalarNode,
    function_of,
    member,
    members,
    text_of,
    walk,
)
from ecbackup_iac.cloudformation.templates.absence import Creation, Creations
from ecbackup_iac.cloudformation.templates.declared_resources import text_problems
from ecbackup_iac.cloudformation.templates.nested_stacks import (
    DeployedTemplate,
    NotReadError,
    deployed_templates,
    passed_names,
)
from ecbackup_iac.cloudformation.templates.roots import Templates
from ecbackup_iac.cloudformation.templates.stack_templates import StackTemplates
from ecbackup_iac.cloudformation.templates.stack_types import MODULE, NESTED
from ecbackup_iac.model.location import Location, input_location
from ecbackup_iac.model.record import record, replace
from ecbackup_iac.model.report import Diagnostic


@record(eq=False)
class ResourceInstance:
    """A resource as it is deployed."""

    address: str
    """Its logical id, after those of the stacks around it: `Caches/Sessions`."""

    kind: str
    key: Node
    body: Node
    frame: Frame
    existence: tuple[ExistenceCondition, ...]

    @property
    def construct(self) -> str | None:
        """The path of the CDK construct that made it, where its metadata names one."""
        return text_of(member(member(self.body, "Metadata"), "aws:cdk:path"))


@record(eq=False)
class UnreadStack:
    """A nested stack whose template was not read, or what a macro makes."""

    address: str
    body: Node
    diagnostic: Diagnostic
    cause: NotReadError
    kind: str = ""
    location: Location | None = None
    """The whole resource; None for a macro."""

    existence: tuple[ExistenceCondition, ...] = ()
    stack: Stack | None = None
    """The stack that it is in; None for a macro."""


@record(eq=False)
class _Resource:
    """A resource that a stack declares, or that a loop in it makes."""

    name: str
    kind: str
    entry: Entry
    frame: Frame


class StackTree:
    """The stacks and resources of one root."""

    def __init__(
        self,
        root: Stack,
        templates: Templates,
        is_wanted: Callable[[str], bool],
        budget: ScenarioBudget,
    ) -> None:
        self._root = root
        self._templates = templates
        self._finder = StackTemplates(templates, budget)
        self._is_wanted = is_wanted
        self._budget = budget
        self.nested: list[Stack] = []
        """The nested stacks whose templates were read, parents first."""
        self.never_created: list[Stack] = []
        """The nested stacks that no parameter values create: their resources are not read here."""
        self._reported: set[int] = set()
        """The templates whose problems are among the diagnostics, by identity."""
        self._count = 0
        """How many wanted resources there are so far: loops and nested stacks multiply them."""
        self.creations = Creations(budget)
        self.diagnostics: list[Diagnostic] = []

    def resources(self) -> Iterator[ResourceInstance | UnreadStack]:
        """Yield the wanted resources of the root and of its nested stacks."""
        self._find_rejected_defaults(self._root)
        yield from self._stack_resources(self._root)

    def _stack_resources(self, stack: Stack) -> Iterator[ResourceInstance | UnreadStack]:
        template = stack.template
        self._add_template(template)
        for macro in template.macros:
            effect = f"the macro {macro.name} may add resources"
            yield _unread_macro(macro.node, macro.node, effect, template)
        wanted, nested = [], []
        for name, entry, frame in self._expanded(template.section("Resources"), Frame(stack)):
            kind = frame.substitute(_kind(entry[1]))
            if name.startswith("Fn::Transform"):
                yield _unread_macro(*entry, "a macro adds resources here", template)
            elif self._is_wanted(kind):
                existence = (*stack.existence, *_existence(entry[1], frame))
                address = f"{stack.prefix}{name}"
                wanted.append(ResourceInstance(address, kind, *entry, frame, existence))
                self._count += 1
            elif "{" in kind or kind.endswith(MODULE):
                yield self._unread_type(_Resource(name, kind, entry, frame))
            elif kind in NESTED:
                templates = deployed_templates(entry[1], template.section("Resources"))
                resource = _Resource(name, kind, entry, frame)
                nested += [(resource, deployed) for deployed in templates or (_NO_TEMPLATE,)]
        # Properties may refer to the outputs of nested stacks, so those are read first.
        below: list[ResourceInstance | UnreadStack] = []
        children = [
            self._child(resource, choice)
            for resource, deployed in nested
            for choice in self._finder.choices(deployed, resource.entry[1], resource.frame)
        ]
        for child in children:
            if isinstance(child, UnreadStack):
                below.append(child)
            elif self._is_never_created(child):
                self.never_created.append(child)
            else:
                below += self._stack_resources(child)
        yield from wanted
        yield from below

    def _add_template(self, template: Template) -> None:
        """Add a template to the budget, and report its problems once."""
        self._budget.add_template(template)
        if id(template) not in self._reported:
            self._reported.add(id(template))
            self.diagnostics += text_problems(template)

    @staticmethod
    def _unread_type(resource: _Resource) -> UnreadStack:
        """Return a module of a registry, or a resource whose type is not known."""
        kind, frame, (key, body) = resource.kind, resource.frame, resource.entry
        stack = frame.stack
        shown = kind[1:-1] if kind.startswith("{!") else kind
        problem = "is not known" if "{" in kind else "deploys another template"
        return replace(
            _unread_macro(key, key, f"the type {shown} {problem}", stack.template),
            address=f"{stack.prefix}{resource.name}",
            body=body,
            kind=kind,
            location=stack.template.source.location_of(key, body),
            existence=(*stack.existence, *_existence(body, frame)),
            stack=stack,
        )

    def _find_rejected_defaults(self, stack: Stack) -> None:
        """Record the defaults that a rule rejects: the deployment has to give another value."""
        for rule in stack.template.rules:
            try:
                broken = partial(broken_assertion, rule, stack)
                cases = enumerate_scenarios(broken, self._budget)
            except NoResultError:
                continue
            if cases and None not in cases:
                for name in rule.asserted - stack.given_values.keys():
                    stack.rejected_defaults[name] = rule.name

    def _is_never_created(self, child: Stack) -> bool:
        """Whether no values create a nested stack, and its template is evaluated on its own."""
        if self.creations.creation_of(child.existence) is not Creation.NEVER:
            return False
        return self._templates.is_own(child.template)

    # Loops

    def _expanded(
        self, entries: Mapping[str, Entry], frame: Frame, passes: int = 1
    ) -> Iterator[tuple[str, Entry, Frame]]:
        """Yield the entries by logical id, with loops expanded that may make wanted resources."""
        for key, entry in entries.items():
            if self._count >= self._budget.allowed:
                text = f"not evaluated: the template creates more than {self._count} caches"
                location = input_location(frame.stack.template.source.path)
                self.diagnostics.append(Diagnostic(text, location))
                return
            if not key.startswith(LOOP):
                yield frame.substitute(key, for_display=True), entry, frame
            elif self._may_have_wanted(entry[1]):
                try:
                    yield from self._loop_entries(entry, frame, passes)
                except NoResultError as error:
                    if isinstance(error, TooMuchError) and passes > 1:
                        raise  # the loops around it make too many passes, too
                    self._report(error, entry, frame)

    def _loop_entries(
        self, entry: Entry, frame: Frame, passes: int
    ) -> Iterator[tuple[str, Entry, Frame]]:
        """Yield the entries that a loop makes, which is in loops of so many passes."""
        if not frame.stack.template.may_use_language_extensions:
            text = "Fn::ForEach needs Transform: AWS::LanguageExtensions"
            self._report(TemplateRejectedError(text), entry, frame)
        identifier, collection, body = loop_of(entry, frame)
        items, is_certain = self._items(collection, frame)
        passes *= max(len(items), 1)
        if self._count + passes > self._budget.allowed:
            raise TooMuchError(f"loops that create more than {self._budget.allowed} resources")
        for item in items or [_representative(None, collection, frame)]:
            loop_item = LoopItem(item, collection, frame, is_certain, not items)
            yield from self._expanded(members(body), frame.in_loop(identifier, loop_item), passes)

    def _items(self, collection: Node, frame: Frame) -> tuple[list[Value], bool]:
        """Return every value that a loop's identifier can have, and whether it has each in every scenario.

        There is one value for an unknown collection.
        """
        cases = enumerate_scenarios(
            lambda evaluator: (evaluator.resolved_value(collection, frame), evaluator.conditions),
            self._budget,
        )
        items: dict[str, Value] = {}
        for value, _ in cases or ():
            raw = value.raw
            if not isinstance(raw, tuple) or any(item.text is None for item in raw):
                return [_representative(value, collection, frame)], False
            items |= {str(item.text): item for item in raw if str(item.text) not in items}
        if cases is None:
            return [_representative(None, collection, frame)], False
        # A rule may reject what a parameter makes the collection of.
        is_certain = len(cases) == 1 and not cases[0][1] and not frame.stack.template.rules
        return list(items.values()), is_certain and bool(items)

    def _may_have_wanted(self, node: Node) -> bool:
        """Whether a loop may make a wanted resource or a stack, by the types in it."""
        kinds = (text_of(member(part, "Type")) for part in walk(node))
        return any(
            kind is not None and (self._is_wanted(kind) or kind in NESTED or "{" in kind)
            for kind in kinds
        ) or any("Fn::Transform" in members(part) for part in walk(node))

    # Nested stacks

    def _child(self, resource: _Resource, deployed: DeployedTemplate) -> Stack | UnreadStack:
        """Return the stack that a resource makes of one of the templates that it may have."""
        kind, frame, (key, body) = resource.kind, resource.frame, resource.entry
        stack, source = frame.stack, frame.stack.template.source
        name = resource.name + deployed.suffix
        address, location = f"{stack.prefix}{name}", source.location_of(key, body)
        existence = (*stack.existence, *_existence(body, frame, address))
        if deployed.urls:
            named = ExistenceCondition(None, frame, address, deployed.url, deployed.urls)
            existence = (*existence, named)
        try:
            template, note = self._finder.template_of(deployed, body, frame)
        except (NotReadError, NoResultError) as error:
            cause = error if isinstance(error, NotReadError) else NotReadError(error.message)
            at = error.location or source.location_of(key)
            is_rejection = isinstance(error, TemplateRejectedError)
            problem = Diagnostic(error.message, at, is_rejection=is_rejection)
            return UnreadStack(
                address,
                body,
                problem,
                cause,
                kind=kind,
                location=location,
                existence=existence,
                stack=stack,
            )
        for parameter_name, parameter in passed_names(deployed.parameters):
            if template.declaration(parameter_name) is None and not template.may_declare(
                "Parameters"
            ):
                text = f"the nested template declares no parameter {parameter_name}"
                self._report(TemplateRejectedError(text), parameter, frame)
        by_hand = deployed.is_launched_by_hand
        child = Stack(
            template,
            passed=() if by_hand else deployed.parameters,
            passed_in=None if by_hand else frame,
            address=address,
            parent=stack,
            kind=kind,
            location=location,
            existence=existence,
            note=note,
        )
        if by_hand:
            self._find_rejected_defaults(child)
        if not deployed.urls:
            stack.children[name] = child
        self.nested.append(child)
        return child

    def _report(self, error: NoResultError, entry: Entry, frame: Frame) -> None:
        self.diagnostics.append(error.diagnostic(frame.stack.template.source.location_of(*entry)))


def _kind(body: Node) -> str:
    """Return the type of a resource; in braces where a tag that is not CloudFormation's makes it."""
    node = member(body, "Type")
    if not isinstance(node, ScalarNode):
        return ""
    function = function_of(node)
    is_written = function is None or function[0] == "Fn::Sub"
    return node.text if is_written else f"{{{node.tag} {node.text}}}"


_NO_TEMPLATE = DeployedTemplate()


def _unread_macro(key: Node, call: Node, effect: str, template: Template) -> UnreadStack:
    """Return an unread stack for the resources that a macro may add."""
    text = f"{effect}, and what it creates was not inspected"
    problem = Diagnostic(text, template.source.location_of(key))
    return UnreadStack("", call, problem, NotReadError(text, is_elsewhere=True))


def _existence(body: Node, frame: Frame, stack: str = "") -> tuple[ExistenceCondition, ...]:
    name = member(body, "Condition")
    condition = name if isinstance(name, ScalarNode) else None
    is_certain = condition is None and all(item.is_certain for item in frame.loops.values())
    return () if is_certain else (ExistenceCondition(condition, frame, stack),)


def _representative(value: Value | None, collection: Node, frame: Frame) -> Value:
    """Return the value that represents the items of an unknown or empty collection."""
    raw = value.raw if value else None
    why = raw.why if isinstance(raw, UnknownValue) else "the collection of the loop is unknown"
    key = ("item", frame.key, collection.start)
    return Value(UnknownValue(why, key), value.trace if value else ())
