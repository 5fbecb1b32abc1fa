"""The templates of one scan: which are deployed on their own, and which only inside another."""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Mapping as MappingOf
from enum import Enum, auto

from ecbackup_iac.cloudformation.syntax.document import Document
from ecbackup_iac.cloudformation.syntax.files import documents_in, file_bytes
from ecbackup_iac.cloudformation.syntax.nodes import Node, Scalar, member, members, text_of
from ecbackup_iac.cloudformation.templates.declared import stray_resources
from ecbackup_iac.cloudformation.templates.resources import DEPLOYERS, MODULE, NESTED, is_local
from ecbackup_iac.cloudformation.templates.stacks import Stack
from ecbackup_iac.cloudformation.templates.template import NotReadError, Template, template_in
from ecbackup_iac.files.paths import is_readable, shown_path
from ecbackup_iac.model.annotated_text import AnnotatedText, Syntax, may_hold_suppression
from ecbackup_iac.model.location import STANDARD_INPUT
from ecbackup_iac.model.record import record, replace
from ecbackup_iac.model.report import Diagnostic
from ecbackup_iac.syntax.encoding import to_utf8

MAX_FILE_BYTES = 50_000_000
"""Bytes; CloudFormation takes a megabyte."""

# What the CDK calls its files (cloud assembly schema). The folder is where `cdk synth`, whose output may
# stand on standard input, leaves nested templates.
_CDK_OUTPUT = "cdk.out"
_ASSET_LIST = ".assets.json"
_NESTED_TEMPLATE = ".nested.template.json"
_MANIFEST = "manifest.json"
_HASH = re.compile(r"/([0-9a-f]{64})\.json")

MARKS = (b"AWS", b"Transform", b"\\x", b"\\u", b"\\U", MODULE.encode())
"""A file (UTF-8) that has none of these is no template that matters, or that can be told for one."""

MAX_TEMPLATE_BYTES = 1_000_000
"""Bytes; CloudFormation takes no larger one."""

_SHAPE = re.compile(
    rb"AWSTemplateFormatVersion|[\"']?Type[\"']?\s*:\s*[\"']?(?:AWS|Alexa|Custom)::"
)
_STACKS = re.compile("|".join((*NESTED, *DEPLOYERS, MODULE)).encode())
# A macro that makes resources, a tag that another program replaces (!Rain::Include), a type that a loop
# completes or that is written over two lines.
_MAKERS = re.compile(
    rb"Fn::Transform|\bTransform\b|!\w+::|\bResources[\"']?\s*:\s*!|AWS::[\w:]{0,80}[$&]\{"
    rb"|\bType[\"']?\s*:\s*[\"']?[$&]\{|[\w:]\\\r?\n"
)
# A letter that is written as an escape, which hides every name from a look at the bytes.
_HIDDEN_LETTER = re.compile(rb"\\(?:x|u00|U000000)[2-7][0-9A-Fa-f]")


# A resource of a template, or its own first line: what makes a broken file one of CloudFormation. An
# anchor or a tag may stand before the type.
_VISIBLE = re.compile(
    rb"AWSTemplateFormatVersion[\"']?\s*:|\bType[\"']?\s*:\s*(?:[&!][^\s]{1,80}\s+){0,2}[\"']?AWS::\w+::",
    re.MULTILINE,
)
# The type of a resource, which says in a broken file whether it matters.
_TYPE = re.compile(rb"\bType[\"']?\s*:\s*(?:[&!][^\s]{1,80}\s+){0,2}[\"']?([\w:]+)")
# Endings of prose and of source code, which may well quote a resource.
_QUOTING = (
    ".adoc", ".bazel", ".cjs", ".cts", ".dart", ".ex", ".exs", ".groovy", ".guard", ".markdown", ".mdx",
    ".mts", ".nix", ".rego", ".txt",
)  # fmt: skip
# What a file of any name has to begin a line with: prose may well quote a resource.
_HEADER = re.compile(rb"^[\"'{ ]*AWSTemplateFormatVersion[\"']?\s*:", re.MULTILINE)
_JINJA = re.compile(rb"\{%|\{\{(?!resolve:)")


class Interest(Enum):
    """What a look at the bytes of a file says."""

    NONE = auto()
    """It is no template."""

    TEMPLATE = auto()
    """It is one, and nothing in it can matter."""

    PARSE = auto()
    """It may be one that matters."""


def interest_in(content: bytes, sought: re.Pattern[bytes]) -> Interest:
    """Say by the bytes alone (UTF-8) whether a file is worth parsing; `sought` names what matters."""
    if not any(mark in content for mark in MARKS):
        return Interest.NONE
    if sought.search(content) or _STACKS.search(content):
        return Interest.PARSE
    is_named = b"Resources" in content or b"AWSTemplateFormatVersion" in content
    if is_named and _MAKERS.search(content):
        return Interest.PARSE
    if len(content) <= MAX_TEMPLATE_BYTES and _HIDDEN_LETTER.search(content):
        return Interest.PARSE
    return Interest.TEMPLATE if _SHAPE.search(content) else Interest.NONE


@record(eq=False)
class TemplateFile:
    """A file that may hold templates, as it was found."""

    path: str
    """As it is printed; "-" for standard input."""

    content: bytes
    """In UTF-8."""

    boundary: str
    """Outside this folder nothing is read for it: absolute, links resolved."""

    interest: Interest = Interest.PARSE
    is_meant: bool = True
    """A person named this very file as infrastructure code."""

    is_expected: bool = True
    """Its name says that it may be a template."""

    is_named: bool = False
    """It was named itself, not a folder above it: what nests it may lie elsewhere."""


class Templates:
    """Every template of a scan, each file read once, those that others nest included."""

    def __init__(
        self,
        is_excluded: Callable[[str], bool],
        contents: MappingOf[str, bytes] | None = None,
        is_wanted: Callable[[str], bool] = lambda _: False,
    ) -> None:
        """`contents` is what files are taken to hold, by real path, whatever the disk says.

        `is_wanted` tells the types of the resources that somebody asks for.
        """
        self._is_excluded = is_excluded
        self._is_wanted = is_wanted
        self._contents = contents or {}
        self._read: dict[str, list[Template]] = {}
        self._boundaries: dict[str, str] = {}
        self._order: list[Template] = []
        self._broken: dict[str, Diagnostic] = {}
        self._reached: set[str] = set()
        self._added: set[str] = set()
        self._covered: set[int] = set()
        """The templates that are roots, or that a root may create, by identity."""
        self._assets_of: dict[int, list[Template]] = {}
        """The CDK's nested templates of the same content, by the identity of each."""
        self._assets_by_content: dict[tuple[str, bytes], list[Template]] = {}
        self._alone: set[str] = set()
        self._context: set[str] = set()
        self._asset_lists: dict[str, dict[str, str]] = {}
        self.diagnostics: list[Diagnostic] = []
        """What is wrong with the files that are templates for all to see."""
        self.marked: list[AnnotatedText] = []
        """The templates that may hold suppressions."""

    def add(self, file: TemplateFile) -> bool:
        """Read a file of the scan; say whether it is a template, or a broken one."""
        if file.interest is Interest.TEMPLATE:
            return True
        path = file.path if file.path == STANDARD_INPUT else os.path.realpath(file.path)
        documents, problem = documents_in(file.content, file.path)
        recognised = [(document, template_in(document, path)) for document in documents]
        found = [template for _, template in recognised if template is not None]
        strays = [one for pair in recognised for one in self._strays(*pair)]
        self.diagnostics += strays
        self._read[path] = found
        self._added.add(path)
        self._boundaries[path] = file.boundary
        self._order += found
        self._mark(file.path, file.content, found, is_whole=True)
        if path.endswith(_NESTED_TEMPLATE) and found and _is_assembly(found[0]):
            asset = (os.path.dirname(path), file.content)
            self._assets_of[id(found[0])] = same = self._assets_by_content.setdefault(asset, [])
            same.append(found[0])
        if file.is_named and path != STANDARD_INPUT:
            self._alone.add(path)
        if problem is None or not self._is_told(file, found):
            return bool(found or strays)
        if _JINJA.search(file.content):
            told = f"{problem.message}: a template of templates? render it first, and judge what comes out"
            problem = replace(problem, message=told)
        self.diagnostics.append(problem)
        if not found:
            self._broken[path] = problem
        return True

    def _strays(self, document: Document, template: Template | None) -> Iterator[Diagnostic]:
        """Yield an error for what has a wanted type where CloudFormation makes no resource of it."""
        for kind, entry in stray_resources(document, template, self._is_wanted):
            text = f"not evaluated: {kind} stands where CloudFormation makes no resource of it"
            yield Diagnostic(text, document.source.location_of(*entry))

    def _is_told(self, file: TemplateFile, found: Sequence[Template]) -> bool:
        """Whether what is wrong with a file is told: CloudFormation has to be visible in it."""
        if file.is_meant or found:
            return True
        if file.is_expected:
            return _VISIBLE.search(file.content) is not None
        if _HEADER.search(file.content):
            return True
        types = {match[1].decode(errors="replace") for match in _TYPE.finditer(file.content)}
        ending = os.path.splitext(file.path)[1].lower()
        return ending not in _QUOTING and any(map(self._is_wanted, types))

    @property
    def added(self) -> tuple[Template, ...]:
        """The templates of the files that were added, each once.

        Those that were taken for the sake of others are left out, and the copies that the CDK keeps of
        a nested template: stacks with the same template have one asset, and so one TemplateURL.
        """
        return tuple(
            one for one in self._order if one.path not in self._context and not self._is_copy(one)
        )

    def _is_copy(self, template: Template) -> bool:
        same = self._assets_of.get(id(template), ())
        return id(template) not in self._covered and any(id(one) in self._covered for one in same)

    def add_parents(self, files: Callable[[str], Iterable[TemplateFile]]) -> None:
        """Find the templates that nest those that were named alone, and take them for their sake.

        A nested template that is judged by itself would be judged by its defaults, which its parent
        overrides. `files` gives the files with templates inside a boundary.
        """
        wanted: dict[str, set[str]] = {}
        for template in self._order:
            if template.path in self._alone and template.section("Parameters"):
                wanted.setdefault(self._boundaries[template.path], set()).add(template.path)
        for boundary, named in wanted.items():
            others = [one for one in files(boundary) if _STACKS.search(one.content)]
            found, children = named, set()
            while found:  # parents of parents
                children.update(found)
                names = [os.path.basename(path).encode() for path in children]
                near = [one for one in others if any(name in one.content for name in names)]
                others = [one for one in others if one not in near]
                found = {path for one in near for path in self._add_parent(one, children)}

    def _add_parent(self, file: TemplateFile, children: set[str]) -> Iterator[str]:
        """Take a file for the sake of what it nests; give its path where it nests one of these."""
        path = os.path.realpath(file.path)
        if path in self._read:
            return
        templates = _templates_in(documents_in(file.content, file.path)[0], path)
        self._boundaries[path] = file.boundary
        if any(not children.isdisjoint(self._children(template)) for template in templates):
            self._read[path] = templates
            self._order += templates
            self._context.add(path)
            self._mark(file.path, file.content, templates, is_whole=False)
            yield path

    def is_wanted(self, stack: Stack) -> bool:
        """Say whether a stack's resources are asked for: not those of what was taken for its children."""
        return any(one.template.path not in self._context for one in stack.ancestors)

    def roots(self) -> Iterator[Template]:
        """Yield the templates that are deployed on their own: those that no other one nests.

        After these, those that are nested only where no values of the parameters create the stack, or
        where CloudFormation refuses it: what `cover` was not called for. Of templates that nest each
        other in a circle the first is taken.
        """
        nested: dict[str, set[str]] = {}
        for template in self._order:
            children = {child for child in self._children(template) if child in self._read}
            nested.setdefault(template.path, set()).update(children)
        claimed = {child for path, children in nested.items() for child in children - {path}}
        first = {id(templates[0]) for templates in self._read.values() if templates}
        # What an expression names is known only once its parent has been followed, so parents come first.
        for template in sorted(self._order, key=lambda one: not one.nests):
            is_claimed = template.path in claimed or template.path in self._reached
            is_claimed = is_claimed or id(template) in self._assets_of
            if id(template) not in first or not is_claimed:
                self._covered.add(id(template))
                yield template
        pending = self._uncovered()
        while pending:
            claimed = {child for one in pending for child in nested[one.path] if child != one.path}
            for template in [one for one in pending if one.path not in claimed] or pending[:1]:
                if id(template) not in self._covered:
                    self._covered.add(id(template))
                    yield template
            pending = self._uncovered()

    def cover(self, template: Template) -> None:
        """Note that a root which was evaluated nests a template, and may create it."""
        self._covered.add(id(template))

    def is_own(self, template: Template) -> bool:
        """Whether a template is evaluated on its own where no root can ever create it."""
        return template.path in self._added and template.path not in self._context

    def _uncovered(self) -> list[Template]:
        """Return the templates that no root which was evaluated may create."""
        return [one for one in self.added if id(one) not in self._covered]

    def load(self, path: str, parent: Template) -> Template:
        """Give the template at a path that another one names.

        Raises:
            NotReadError: it is not read.

        """
        boundary = self._boundaries.get(parent.path, "")
        paths = _real_candidates(path, parent)
        real = next((one for one in paths if one in self._read or os.path.isfile(one)), None)
        if real is None:
            raise NotReadError(f"the template of the nested stack is missing: {path}")
        if real not in self._read:
            if not is_readable(real, boundary):
                raise NotReadError(
                    f"not read: the nested template {path} is outside the repository"
                )
            self._read[real] = self._loaded(real)
            self._boundaries[real] = boundary
        if real in self._broken:
            raise NotReadError(self._broken[real].message, place=self._broken[real].location)
        if not self._read[real]:
            raise NotReadError(f"{shown_path(real)} is no template")
        self._reached.add(real)
        return self._read[real][0]

    def _loaded(self, path: str) -> list[Template]:
        shown = shown_path(path)
        if self._is_excluded(shown):
            raise NotReadError(f"not read: {shown} is excluded", is_elsewhere=True)
        try:
            if os.path.getsize(path) > MAX_FILE_BYTES:
                raise NotReadError(f"not read: {shown} is larger than {MAX_FILE_BYTES} bytes")
            content = to_utf8(file_bytes(path, self._contents))
        except OSError as error:
            raise NotReadError(f"{shown} cannot be read: {error.strerror or error}") from error
        except UnicodeDecodeError as error:
            raise NotReadError(f"{shown} cannot be read: {error.reason}") from error
        documents, problem = documents_in(content, shown)
        if problem:
            raise NotReadError(problem.message, place=problem.location)
        found = _templates_in(documents, path)
        self._mark(shown, content, found, is_whole=False)
        return found

    def _mark(
        self, shown: str, content: bytes, found: Sequence[Template], *, is_whole: bool
    ) -> None:
        """Keep a text that may hold suppressions; others may judge what was read for a stack's sake."""
        if found and may_hold_suppression(content):
            self.marked.append(AnnotatedText(shown, content, Syntax.TEMPLATE, is_whole=is_whole))

    def nested_path(self, body: Node, parent: Template) -> str | None:
        """Give the local path of a nested stack's template as it is written; None where it is elsewhere.

        The CDK uploads templates. It says beside the stack which file it was (`aws:asset:path`), or in a
        list of assets that has the hash at the end of the TemplateURL. CloudFormation knows nothing of
        this metadata, so it counts only in the CDK's own folder, where the TemplateURL is an expression.
        """
        name = NESTED[text_of(member(body, "Type")) or ""]
        written = member(member(body, "Properties"), name)
        is_text = isinstance(written, Scalar) and written.tag is None
        metadata = member(body, "Metadata")
        asset = text_of(member(metadata, "aws:asset:path"))
        is_asset = text_of(member(metadata, "aws:asset:property")) in (None, name)
        if asset and is_asset and not is_text and _is_assembly(parent):
            return asset
        if isinstance(written, Scalar) and is_text and is_local(written.text):
            return written.text
        found = _HASH.search(parent.source.written(written)) if written is not None else None
        return self._assets(os.path.dirname(parent.path)).get(found[1]) if found else None

    def _assets(self, folder: str) -> dict[str, str]:
        """Give the templates among a CDK assembly's assets, by hash."""
        if folder not in self._asset_lists:
            found: dict[str, str] = {}
            names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
            for name in names:
                if name.endswith(_ASSET_LIST):
                    found |= _listed_assets(os.path.join(folder, name))
            self._asset_lists[folder] = found
        return self._asset_lists[folder]

    def _children(self, template: Template) -> Iterator[str]:
        for _, body in template.section("Resources").values():
            if text_of(member(body, "Type")) in NESTED:
                path = self.nested_path(body, template)
                if path is not None:
                    yield from _real_candidates(path, template)


def _is_assembly(template: Template) -> bool:
    """Whether a template stands where the CDK has put what it made."""
    is_stream = template.path == STANDARD_INPUT
    folder = _CDK_OUTPUT if is_stream else os.path.dirname(template.path)
    return os.path.isfile(os.path.join(folder, _MANIFEST))


def _listed_assets(path: str) -> dict[str, str]:
    """Read one of the CDK's lists of assets; {} for anything else of that name."""
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


def _candidates(path: str, parent: Template) -> list[str]:
    """Give the places where a nested template may lie."""
    if parent.path == STANDARD_INPUT:
        return [path, os.path.join(_CDK_OUTPUT, path)]
    return [os.path.join(os.path.dirname(parent.path), path)]


def _real_candidates(path: str, parent: Template) -> list[str]:
    """Give them with links resolved; none for a text that can be no path."""
    try:
        return [*map(os.path.realpath, _candidates(path, parent))]
    except ValueError:  # a NUL in it, or half a surrogate pair
        return []


def _templates_in(documents: Iterable[Document], path: str) -> list[Template]:
    return [one for document in documents if (one := template_in(document, path))]
