"""A document that is a template → its sections, declarations and macros."""

import re
from collections.abc import Callable, Iterable
from functools import cached_property

from ecbackup_iac.cloudformation.evaluation.declarations import Declaration, declaration_of
from ecbackup_iac.cloudformation.syntax.document import Document
from ecbackup_iac.cloudformation.syntax.literals import is_null
from ecbackup_iac.cloudformation.syntax.nodes import (
    Entry,
    ListNode,
    MapNode,
    Node,
    ScalarNode,
    member,
    members,
    text_of,
    walk,
)
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.record import record
from ecbackup_iac.model.report import Diagnostic, Severity

LOOP = "Fn::ForEach"

LANGUAGE_EXTENSIONS = "AWS::LanguageExtensions"

# Transforms that change only their own resources: functions, APIs and tables of SAM, and the like.
_HARMLESS = re.compile(
    r"AWS::(Serverless-2016-10-31|LanguageExtensions|CodeDeployBlueGreen|ServiceCatalog|SecretsManager-.*)"
)

# Types of resources that may deploy a template of their own.
_NESTING = re.compile("Stack|Application|Product")

# The namespace of an option of Elastic Beanstalk where none is written.
CUSTOM_OPTIONS = "aws:elasticbeanstalk:customoption"

DYNAMIC_REFERENCE = re.compile(r"\{\{resolve:[^{}]*\}\}")

# What another program fills in before CloudFormation reads it: Jinja, sed, ERB, pipelines, Python, SOPS.
PLACEHOLDER = re.compile(
    r"\{\{(?!resolve:)[^{}]*\}\}|\{%|%%\w+%%|<%|@@\w+@@"
    r"|#\{[^{}]+\}|\$\(\w+\)|__[A-Za-z][A-Za-z0-9_]*__|\(\([\w.-]+\)\)|\[\[[^\[\]]+\]\]|%\(\w+\)s"
    r"|\A(?:@\w+@|%\w+%|<\w+>|\{\w+\}|ENC\[AES256_GCM,.*)\Z"
)

# What envsubst and the like fill in; in Fn::Sub it is a reference.
SHELL_VARIABLE = re.compile(r"\$\{[A-Za-z_]\w*\}|\A\$[A-Za-z_]\w*\Z")


def is_filled_in(text: str) -> bool:
    """Whether another program replaces a text, or a part of it, before CloudFormation reads it."""
    return bool(PLACEHOLDER.search(text) or SHELL_VARIABLE.search(text))


def ending_of(text: str) -> str:
    """Return what follows the last part of a text that is replaced later."""
    patterns = (PLACEHOLDER, SHELL_VARIABLE, DYNAMIC_REFERENCE)
    ends = [match.end() for pattern in patterns for match in pattern.finditer(text)]
    return text[max(ends, default=0) :]


# ${self:custom.days}, ${file(x.yml)}: resolved by the Serverless Framework before CloudFormation reads them.
SERVERLESS_VARIABLE = re.compile(
    r"\$\{[a-z][\w-]{0,60}(?:\([^(){}$]{0,300}\))?:|\$\{(?:file|strToBool)\("
)

# A file that the framework inserts as it is; it runs a program, such as a .js file, to get the value.
_DATA_FILE = re.compile(r"\bfile\([^(){}$]{1,300}\.(?:ya?ml|json)\)")


@record
class Macro:
    """A macro that changes a template when it is deployed."""

    name: str
    node: Node
    is_include: bool
    """AWS::Include: it adds the content of a file, and changes nothing else."""


def macro_of(call: Node) -> Macro:
    """Return the macro that `Transform` or `Fn::Transform` calls, by its name or with parameters."""
    name = text_of(call) or text_of(member(call, "Name")) or "Fn::Transform"
    return Macro(name, call, name == "AWS::Include")


@record
class FilePart:
    """What a variable of the Serverless Framework inserts of a file."""

    file: str
    """The name in the variable."""

    key: str
    """The top-level key; empty for the complete file."""


@record(eq=False)
class ResolvedVariable:
    """The value of a variable of the Serverless Framework."""

    node: Node
    key: Node | None = None
    """The key of the entry that has the value; None where the value is joined from strings."""
    part: FilePart | None = None
    """The part of a file that the value is; None for a value deeper in it, or in the service's own file."""


@record(eq=False)
class BeanstalkOption:
    """An option of an Elastic Beanstalk environment, as a file sets it."""

    template: "Template"
    """The file."""
    key: Node
    value: Node


@record(eq=False)
class Rule:
    """One rule of the section `Rules`."""

    name: str
    condition: Node | None
    assertions: tuple[Node, ...]
    """Maps with an `Assert`."""

    asserted: frozenset[str]
    """The parameters that its assertions refer to."""

    parameters: frozenset[str]
    """The parameters that its condition or its assertions refer to."""

    location: Location


def entry_in_wrong_case(body: Node, attribute: str) -> Entry | None:
    """Return the entry of a resource's attribute in the wrong case, which CloudFormation rejects."""
    entries = members(body)
    if attribute in entries:
        return None
    return next(
        (entry for name, entry in entries.items() if name.lower() == attribute.lower()), None
    )


class Template:
    """A document that is a template, or the part of one that is."""

    def __init__(
        self,
        path: str,
        document: Document,
        parts: list[Node],
        unread_parts: Iterable[ScalarNode] = (),
        *,
        is_part: bool = False,
    ) -> None:
        self.path = path
        """The file's absolute path, links resolved; "-" for standard input."""
        self.document = document
        self.source = document.source
        self.parts = parts
        """Maps with sections; later ones add to earlier ones."""
        self.unread_parts = tuple(unread_parts)
        """Parts that are in other files, and were not read."""
        self.is_part = is_part
        """There may be more of the template in other files."""
        self.resolve: Callable[[ScalarNode], ResolvedVariable | str] | None = None
        """Returns the value of a Serverless Framework's variable, or why it is not known."""
        self.option_of: Callable[[str, str], BeanstalkOption | str | None] | None = None
        """Returns the option of a namespace and a name; None where no file sets it; or why it is unknown."""
        self.inserted: tuple[str, ...] = ()
        """The files all of whose content is a part of it: absolute, links resolved."""
        self.replaced: set[int] = set()
        """The maps of the document that merged ones replace, by identity."""
        self._sections: dict[str, dict[str, Entry]] = {}
        self._declarations: dict[str, Declaration] = {}

    def section(self, name: str) -> dict[str, Entry]:
        """Return a section's entries by name, the last of each name; {} where there is no such section."""
        if name not in self._sections:
            entries: dict[str, Entry] = {}
            for part in self.parts:
                entries |= members(member(part, name))
            self._sections[name] = entries
        return self._sections[name]

    def section_nodes(self, name: str) -> list[Node]:
        """Return every node that is written under a section's name."""
        return [
            value
            for part in self.parts
            if isinstance(part, MapNode)
            for key, value in part.entries
            if text_of(key) == name
        ]

    def declaration(self, name: str) -> Declaration | None:
        """Return a parameter's declaration; None where there is none."""
        entry = self.section("Parameters").get(name)
        if entry is None:
            return None
        if name not in self._declarations:
            self._declarations[name] = declaration_of(self.document, *entry)
        return self._declarations[name]

    @cached_property
    def rules(self) -> list[Rule]:
        """Its rules about parameters."""
        return [self._rule(name, *entry) for name, entry in self.section("Rules").items()]

    def _rule(self, name: str, key: Node, body: Node) -> Rule:
        assertions, condition = member(body, "Assertions"), member(body, "RuleCondition")
        items = tuple(assertions.items) if isinstance(assertions, ListNode) else ()
        asserted = self._parameters_in(items)
        used = asserted | self._parameters_in((condition,) if condition else ())
        return Rule(name, condition, items, asserted, used, self.source.location_of(key))

    def _parameters_in(self, nodes: Iterable[Node]) -> frozenset[str]:
        texts = (text_of(part) or "" for node in nodes for part in walk(node))
        return frozenset(texts) & self.section("Parameters").keys()

    def may_have_resource(self, name: str) -> bool:
        """Whether there is a resource of a name, or something that may make one: a loop, a macro, SAM."""
        resources = self.section("Resources")
        if name in resources or self.is_part or any(key[:4] == "Fn::" for key in resources):
            return True
        return any(macro.name != LANGUAGE_EXTENSIONS for macro in self._transforms)

    def may_declare(self, section: str) -> bool:
        """Whether a macro, or another part of the template, may add entries to a section."""
        return "Fn::Transform" in self.section(section) or self.is_part or bool(self.macros)

    @property
    def may_nest(self) -> bool:
        """Whether it contains anything that may deploy another template."""
        kinds = (
            text_of(member(body, "Type")) or "" for _, body in self.section("Resources").values()
        )
        loops = any(key.startswith(LOOP) for key in self.section("Resources"))
        return loops or any(_NESTING.search(kind) for kind in kinds)

    @cached_property
    def macros(self) -> list[Macro]:
        """The macros that may change the whole template."""
        return [macro for macro in self._transforms if not _HARMLESS.fullmatch(macro.name)]

    @cached_property
    def rewriting_macros(self) -> list[Macro]:
        """The macros that may change what is written in every resource."""
        _, call = self.section("Resources").get("Fn::Transform", (None, None))
        within = [] if call is None else [macro_of(call)]
        return [macro for macro in (*self.macros, *within) if not macro.is_include]

    @property
    def may_use_language_extensions(self) -> bool:
        """Whether Fn::ForEach and the like are available in it; they may be in a part of a template."""
        return self.is_part or any(macro.name == LANGUAGE_EXTENSIONS for macro in self._transforms)

    @cached_property
    def _transforms(self) -> list[Macro]:
        macros = []
        for part in self.parts:
            transform = member(part, "Transform")
            for node in transform.items if isinstance(transform, ListNode) else [transform]:
                name = text_of(node) or text_of(member(node, "Name"))
                if node is not None and name and not is_null(node):
                    macros.append(macro_of(node))
            call = member(part, "Fn::Transform")
            if call is not None:
                macros.append(macro_of(call))
        return macros

    def unread_part_diagnostic(self, node: ScalarNode) -> Diagnostic:
        """Return the diagnostic of a part in another file: an error where that file can be read."""
        excerpt, location = self.source.excerpt(node), self.source.location_of(node)
        why = self.resolve(node) if self.resolve else ""
        if isinstance(why, str) and _DATA_FILE.search(node.text):
            return Diagnostic(f"not inspected: {excerpt}: {why}", location)
        text = f"not inspected here: {excerpt}: check that file itself"
        return Diagnostic(text, location, Severity.WARNING)
