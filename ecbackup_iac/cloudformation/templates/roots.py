"""The files of one scan → its templates, those deployed on their own and those nested in others."""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from ecbackup_iac.cloudformation.evaluation.stacks import Stack
from ecbackup_iac.cloudformation.evaluation.template import Template
from ecbackup_iac.cloudformation.syntax.document import Document
from ecbackup_iac.cloudformation.syntax.files import Read, documents_in, file_bytes
from ecbackup_iac.cloudformation.syntax.nodes import Node, member, text_of
from ecbackup_iac.cloudformation.templates.declared import stray_resources
from ecbackup_iac.cloudformation.templates.nested_stacks import (
    MAX_FILE_BYTES,
    NESTED,
    NestedPaths,
    NotReadError,
    is_cdk_assembly,
    real_paths,
)
from ecbackup_iac.cloudformation.templates.recognition import (
    STACKS,
    Interest,
    TemplateFile,
    is_broken_template,
    template_in,
)
from ecbackup_iac.files.paths import is_readable, shown_path
from ecbackup_iac.model.annotated_text import AnnotatedText, Syntax, may_hold_suppression
from ecbackup_iac.model.location import STANDARD_INPUT
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import Diagnostic
from ecbackup_iac.syntax.encoding import to_utf8

_NESTED_TEMPLATE = ".nested.template.json"
"""The end of the name that the CDK gives a nested template."""

_JINJA = re.compile(rb"\{%|\{\{(?!resolve:)")


class Templates:
    """Every template of a scan, each file read once, those that others nest included."""

    def __init__(
        self,
        is_excluded: Callable[[str], bool],
        contents: Mapping[str, bytes] | None = None,
        is_wanted: Callable[[str], bool] = lambda _kind: False,
    ) -> None:
        """`contents` overrides the contents of files, by real path; `is_wanted` selects resource types."""
        self._is_excluded = is_excluded
        self._is_wanted = is_wanted
        self._contents = contents or {}
        self._by_path: dict[str, list[Template]] = {}
        self._boundaries: dict[str, str] = {}
        self._templates: list[Template] = []
        self._broken: dict[str, Diagnostic] = {}
        self._loaded_paths: set[str] = set()
        """Templates that a root nests."""
        self._added: set[str] = set()
        self._covered: set[int] = set()
        """The templates that are roots, or that a root may create, by identity."""
        self._assets_of: dict[int, list[Template]] = {}
        """The CDK's nested templates of the same content, by the identity of each."""
        self._assets_by_content: dict[tuple[str, bytes], list[Template]] = {}
        self._named: set[str] = set()
        """Files that were named themselves."""
        self._parents: set[str] = set()
        """Files that were read only because they nest a template that was named."""
        self._nested_paths = NestedPaths()
        self.diagnostics: list[Diagnostic] = []
        """What is wrong with the files that are recognisably templates."""
        self.annotated: list[AnnotatedText] = []
        """The templates that may hold suppressions."""

    def add(self, file: TemplateFile) -> bool:
        """Read a file of the scan; return whether it is a template, or a broken one."""
        if file.interest is Interest.TEMPLATE:
            return True
        path = file.path if file.path == STANDARD_INPUT else os.path.realpath(file.path)
        documents, problem = documents_in(file.content, file.path)
        read = self._reader(path, file.boundary)
        recognised = [(document, template_in(document, path, read)) for document in documents]
        templates = [template for _, template in recognised if template is not None]
        strays = [stray for pair in recognised for stray in self._strays(*pair)]
        self.diagnostics += strays
        self._by_path[path] = templates
        self._added.add(path)
        self._boundaries[path] = file.boundary
        self._templates += templates
        self._annotate(file.path, file.content, templates, is_whole=True)
        self._note_asset(path, file.content, templates)
        if file.is_named and path != STANDARD_INPUT:
            self._named.add(path)
        if problem is None or not (templates or is_broken_template(file, self._is_wanted)):
            return bool(templates or strays)
        if _JINJA.search(file.content):
            hint = "a template of templates? render it first, and judge what comes out"
            problem = replace(problem, message=f"{problem.message}: {hint}")
        self.diagnostics.append(problem)
        if not templates:
            self._broken[path] = problem
        return True

    def _note_asset(self, path: str, content: bytes, templates: Sequence[Template]) -> None:
        """Note a nested template of the CDK's, with its copies of the same content."""
        if path.endswith(_NESTED_TEMPLATE) and templates and is_cdk_assembly(templates[0]):
            copies = self._assets_by_content.setdefault((os.path.dirname(path), content), [])
            copies.append(templates[0])
            self._assets_of[id(templates[0])] = copies

    def _strays(self, document: Document, template: Template | None) -> Iterator[Diagnostic]:
        """Yield an error for each entry of a wanted type that CloudFormation does not read as a resource."""
        for kind, entry in stray_resources(document, template, self._is_wanted):
            text = f"not evaluated: {kind} stands where CloudFormation makes no resource of it"
            yield Diagnostic(text, document.source.location_of(*entry))

    @property
    def added(self) -> tuple[Template, ...]:
        """The templates of the files that were added, each once.

        Parents that were added for a nested template are left out, and so are the CDK's copies of a nested
        template: stacks with the same template have one asset, and so one TemplateURL.
        """
        return tuple(
            template
            for template in self._templates
            if template.path not in self._parents and not self._is_copy(template)
        )

    def _is_copy(self, template: Template) -> bool:
        copies = self._assets_of.get(id(template), ())
        return id(template) not in self._covered and any(
            id(copy) in self._covered for copy in copies
        )

    def add_parents(self, files: Callable[[str], Iterable[TemplateFile]]) -> None:
        """Add the templates that nest those that were named themselves.

        Evaluated on its own, a nested template would have its defaults, which its parent overrides. `files`
        returns the files with templates inside a boundary.
        """
        wanted: dict[str, set[str]] = {}
        for template in self._templates:
            if template.path in self._named and template.section("Parameters"):
                wanted.setdefault(self._boundaries[template.path], set()).add(template.path)
        for boundary, named in wanted.items():
            candidates = [file for file in files(boundary) if STACKS.search(file.content)]
            found, children = named, set()
            while found:  # parents of parents
                children.update(found)
                names = [os.path.basename(path).encode() for path in children]
                near = [file for file in candidates if any(name in file.content for name in names)]
                candidates = [file for file in candidates if file not in near]
                found = {path for file in near for path in self._add_parent(file, children)}

    def _add_parent(self, file: TemplateFile, children: set[str]) -> Iterator[str]:
        """Add a file where it nests one of these; yield its path if it does."""
        path = os.path.realpath(file.path)
        if path in self._by_path:
            return
        documents, _ = documents_in(file.content, file.path)
        templates = _templates_in(documents, path, self._reader(path, file.boundary))
        self._boundaries[path] = file.boundary
        if any(not children.isdisjoint(self._children(template)) for template in templates):
            self._by_path[path] = templates
            self._templates += templates
            self._parents.add(path)
            self._annotate(file.path, file.content, templates, is_whole=False)
            yield path

    def is_wanted(self, stack: Stack) -> bool:
        """Whether a stack's resources are reported: not those of a parent added for a nested template."""
        return any(above.template.path not in self._parents for above in stack.ancestors)

    def roots(self) -> Iterator[Template]:
        """Yield the templates that are deployed on their own: those that no other template nests.

        Then those that are nested only in stacks that no parameter values create, or that CloudFormation
        rejects: those that `cover` was not called for. Of templates that nest each other in a circle, the
        first is yielded.
        """
        nested: dict[str, set[str]] = {}
        for template in self._templates:
            children = {child for child in self._children(template) if child in self._by_path}
            nested.setdefault(template.path, set()).update(children)
        claimed = {child for path, children in nested.items() for child in children - {path}}
        first = {id(templates[0]) for templates in self._by_path.values() if templates}
        # The template that an expression names is known once its parent is evaluated, so parents come first.
        for template in sorted(self._templates, key=lambda template: not template.nests):
            is_claimed = template.path in claimed or template.path in self._loaded_paths
            is_claimed = is_claimed or id(template) in self._assets_of
            if id(template) not in first or not is_claimed:
                self._covered.add(id(template))
                for path in template.inserted:
                    self._covered.update(map(id, self._by_path.get(path, ())))
                yield template
        pending = self._uncovered()
        while pending:
            claimed = {
                child
                for template in pending
                for child in nested[template.path]
                if child != template.path
            }
            unclaimed = [template for template in pending if template.path not in claimed]
            for template in unclaimed or pending[:1]:
                if id(template) not in self._covered:
                    self._covered.add(id(template))
                    yield template
            pending = self._uncovered()

    def cover(self, template: Template) -> None:
        """Note that a root which was evaluated may create a nested template."""
        self._covered.add(id(template))

    def is_own(self, template: Template) -> bool:
        """Whether a template is evaluated on its own where no root can ever create it."""
        return template.path in self._added and template.path not in self._parents

    def _uncovered(self) -> list[Template]:
        """Return the templates that no root which was evaluated may create."""
        return [template for template in self.added if id(template) not in self._covered]

    def load(self, path: str, parent: Template) -> Template:
        """Return the template at a path that another template names.

        Raises:
            NotReadError: it is not read.

        """
        boundary = self._boundaries.get(parent.path, "")
        paths = real_paths(path, parent)
        real = next((path for path in paths if path in self._by_path or os.path.isfile(path)), None)
        if real is None:
            raise NotReadError(f"the template of the nested stack is missing: {path}")
        if real not in self._by_path:
            if not is_readable(real, boundary):
                raise NotReadError(
                    f"not read: the nested template {path} is outside the repository"
                )
            self._by_path[real] = self._read(real, boundary)
            self._boundaries[real] = boundary
        if real in self._broken:
            raise NotReadError(self._broken[real].message, location=self._broken[real].location)
        if not self._by_path[real]:
            raise NotReadError(f"{shown_path(real)} is no template")
        self._loaded_paths.add(real)
        return self._by_path[real][0]

    def _read(self, path: str, boundary: str) -> list[Template]:
        shown, content, documents = self._documents(path)
        templates = _templates_in(documents, path, self._reader(path, boundary))
        self._annotate(shown, content, templates, is_whole=False)
        return templates

    def _documents(self, path: str) -> tuple[str, bytes, list[Document]]:
        """Return a file's path as it is shown, its content and its documents. Raises NotReadError."""
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
            raise NotReadError(problem.message, location=problem.location)
        return shown, content, documents

    def _reader(self, path: str, boundary: str) -> Read:
        """Return what reads the files that a file of the Serverless Framework inserts."""

        def read(name: str) -> tuple[str, Document] | str:
            real = os.path.realpath(os.path.join(os.path.dirname(path), name))
            if path == STANDARD_INPUT or not is_readable(real, boundary):
                return f"{name} is outside the repository"
            if not os.path.isfile(real):
                return f"there is no file {name}"
            try:
                shown, content, documents = self._documents(real)
            except NotReadError as error:
                return error.message
            if not documents:
                return f"{name} is empty"
            if may_hold_suppression(content):
                text = AnnotatedText(shown, content, Syntax.TEMPLATE, is_whole=False)
                self.annotated.append(text)
            return real, documents[0]

        return read

    def _annotate(
        self, shown: str, content: bytes, templates: Sequence[Template], *, is_whole: bool
    ) -> None:
        """Keep a text that may hold suppressions; a nested template may belong to another scan as a whole."""
        if templates and may_hold_suppression(content):
            self.annotated.append(AnnotatedText(shown, content, Syntax.TEMPLATE, is_whole=is_whole))

    def nested_path(self, body: Node, parent: Template) -> str | None:
        """Return the local path that a nested stack gives for its template; None where it gives none."""
        return self._nested_paths.path_of(body, parent)

    def _children(self, template: Template) -> Iterator[str]:
        yield from template.inserted
        for _, body in template.section("Resources").values():
            if text_of(member(body, "Type")) in NESTED:
                path = self.nested_path(body, template)
                if path is not None:
                    yield from real_paths(path, template)


def _templates_in(documents: Iterable[Document], path: str, read: Read) -> list[Template]:
    templates = (template_in(document, path, read) for document in documents)
    return [template for template in templates if template is not None]
