"""The files of one scan → its templates, those deployed on their own and those nested in others."""

import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain

from ecbackup_iac.cloudformation.evaluation.stacks import Stack
from ecbackup_iac.cloudformation.evaluation.template import Template
from ecbackup_iac.cloudformation.syntax.document import Document
from ecbackup_iac.cloudformation.syntax.files import Read, documents_in
from ecbackup_iac.cloudformation.syntax.nodes import Node, member, text_of, walk
from ecbackup_iac.cloudformation.templates.declared_resources import (
    declared_resources,
    misplaced_resources,
)
from ecbackup_iac.cloudformation.templates.inline_templates import template_of_text
from ecbackup_iac.cloudformation.templates.nested_stacks import (
    NestedPaths,
    NotReadError,
    deployed_templates,
    is_cdk_assembly,
    real_paths,
)
from ecbackup_iac.cloudformation.templates.recognition import is_broken_template, template_in
from ecbackup_iac.cloudformation.templates.relevance import NESTED_STACK, Relevance, TemplateFile
from ecbackup_iac.cloudformation.templates.stack_types import NESTED
from ecbackup_iac.cloudformation.templates.template_documents import TemplateDocuments
from ecbackup_iac.cloudformation.templates.template_urls import (
    TemplateUrls,
    UploadedTemplate,
    file_name_of,
)
from ecbackup_iac.files.paths import display_path_of, is_readable
from ecbackup_iac.model.hidden import without_credentials
from ecbackup_iac.model.location import STANDARD_INPUT, Location
from ecbackup_iac.model.record import replace
from ecbackup_iac.model.report import Diagnostic

_NESTED_TEMPLATE = ".nested.template.json"
"""The end of the name that the CDK gives a nested template."""

_PACKAGES = "node_modules"

_PLACEHOLDER = re.compile(rb"\{%|\{\{(?!resolve:)|@\w+@|%\w+%")


class Templates:
    """Every template of a scan, each file read once, those that others nest included."""

    def __init__(
        self,
        is_excluded: Callable[[str], bool],
        contents: Mapping[str, bytes] | None = None,
        is_wanted: Callable[[str], bool] = lambda _kind: False,
        named_urls: Sequence[tuple[str, str]] = (),
    ) -> None:
        """`contents` overrides the contents of files, by real path; `is_wanted` selects resource types.

        `named_urls` are globs over the URLs of nested templates, each with the path of a file.
        """
        self._is_wanted = is_wanted
        self._documents = TemplateDocuments(contents)
        self._by_path: dict[str, list[Template]] = {}
        self._paths_by_name: dict[str, set[str]] = {}
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
        self._claimed: set[str] = set()
        """Files that another source makes templates of."""
        self._named: set[str] = set()
        """Files that were named themselves."""
        self._parents: set[str] = set()
        """Files that were read only because they nest a template that was named."""
        self.paths = NestedPaths()
        self._urls = TemplateUrls(named_urls, is_excluded)
        self.diagnostics: list[Diagnostic] = []
        """What is wrong with the files that are recognisably templates."""
        self.annotated = self._documents.annotated
        """The texts that may contain suppressions."""

    def add(self, file: TemplateFile) -> bool:
        """Read a file of the scan; return whether it is a template, or a broken one."""
        if file.relevance is Relevance.TEMPLATE:
            return True
        display_path, boundary = file.input.path, file.input.boundary
        path = display_path if display_path == STANDARD_INPUT else os.path.realpath(display_path)
        documents, problem = documents_in(file.content, display_path)
        read = self._documents.reader(path, boundary)
        recognised = [(document, template_in(document, path, read)) for document in documents]
        templates = [template for _, template in recognised if template is not None]
        misplaced = [
            Diagnostic(
                f"not evaluated: {kind} is not where CloudFormation reads resources",
                document.source.location_of(*entry),
            )
            for document, template in recognised
            for kind, entry in misplaced_resources(document, template, self._is_wanted)
        ]
        self.diagnostics += misplaced
        self._keep(path, templates)
        self._added.add(path)
        self._boundaries[path] = boundary
        self._templates += templates
        if templates:
            self._documents.annotate(display_path, file.content, is_evaluated=True)
        self._note_asset(path, file.content, templates)
        if file.input.is_named and path != STANDARD_INPUT:
            self._named.add(path)
        if problem is None or not (templates or is_broken_template(file, self._is_wanted)):
            return bool(templates or misplaced)
        if _PLACEHOLDER.search(file.content):
            hint = "a template with placeholders? render it first, then check the result"
            problem = replace(problem, message=f"{problem.message}: {hint}")
        self.diagnostics.append(problem)
        if not templates:
            self._broken[path] = problem
        return True

    def _keep(self, path: str, templates: list[Template]) -> None:
        self._by_path[path] = templates
        self._paths_by_name.setdefault(os.path.basename(path), set()).add(path)

    def _note_asset(self, path: str, content: bytes, templates: Sequence[Template]) -> None:
        """Note a nested template of the CDK's, with its copies of the same content."""
        if path.endswith(_NESTED_TEMPLATE) and templates and is_cdk_assembly(templates[0]):
            copies = self._assets_by_content.setdefault((os.path.dirname(path), content), [])
            copies.append(templates[0])
            self._assets_of[id(templates[0])] = copies

    @property
    def added(self) -> tuple[Template, ...]:
        """The templates of the files that were added, each once.

        Parents that were added for a nested template are left out, and so are the CDK's copies of a nested
        template: stacks with the same template have one asset, and so one TemplateURL. So is a file from
        which another source makes the text of a template.
        """
        return tuple(
            template
            for template in self._templates
            if template.path not in (self._parents | self._claimed) and not self._is_copy(template)
        )

    def _is_copy(self, template: Template) -> bool:
        copies = self._assets_of.get(id(template), ())
        return id(template) not in self._covered and any(
            id(copy) in self._covered for copy in copies
        )

    def named_with_parameters(self, given: Collection[str] = ()) -> dict[str, set[str]]:
        """Return the files that were named themselves and whose templates have parameters, by boundary.

        Without the templates that have a parameter of which the name is in `given`.
        """
        boundaries: dict[str, set[str]] = {}
        for template in self._templates:
            names = template.section("Parameters").keys()
            if template.path in self._named and names and names.isdisjoint(given):
                boundaries.setdefault(self._boundaries[template.path], set()).add(template.path)
        return boundaries

    def add_parents(self, files: Callable[[str], Iterable[TemplateFile]]) -> None:
        """Add the templates that nest those that were named themselves.

        Evaluated on its own, a nested template would have its defaults, which its parent overrides. `files`
        returns the files with templates inside a boundary.
        """
        for boundary, named in self.named_with_parameters().items():
            candidates = [file for file in files(boundary) if NESTED_STACK.search(file.content)]
            newest, children = named, set()
            while newest:  # parents of parents
                children.update(newest)
                names = [os.path.basename(path).encode() for path in children]
                near = [file for file in candidates if any(name in file.content for name in names)]
                candidates = [file for file in candidates if file not in near]
                newest = {path for file in near for path in self._add_parent(file, children)}

    def _add_parent(self, file: TemplateFile, children: set[str]) -> Iterator[str]:
        """Add a file where it nests one of these; yield its path if it does."""
        display_path, boundary = file.input.path, file.input.boundary
        path = os.path.realpath(display_path)
        if path in self._by_path:
            return
        documents, _ = documents_in(file.content, display_path)
        templates = _templates_in(documents, path, self._documents.reader(path, boundary))
        self._boundaries[path] = boundary
        if any(not children.isdisjoint(self._children(template)) for template in templates):
            self._keep(path, templates)
            self._templates += templates
            self._parents.add(path)
            self._documents.annotate(display_path, file.content, is_evaluated=False)
            yield path

    def is_reported(self, stack: Stack) -> bool:
        """Whether a stack's resources are reported: not those of a parent added for a nested template."""
        return any(above.template.path not in self._parents for above in stack.ancestors)

    def roots(self, deployed: Collection[str]) -> Iterator[Template]:
        """Yield the templates that are deployed on their own: those that no other template nests.

        `deployed` are the paths of templates that other files deploy on their own, although some may be
        nested, too. Then those are yielded that are nested only in stacks that no parameter values create,
        or that CloudFormation rejects: those that `cover` was not called for. Of templates that nest each
        other in a cycle, the first is yielded.
        """
        nested: dict[str, set[str]] = {}
        for template in self._templates:
            children = {child for child in self._children(template) if child in self._by_path}
            nested.setdefault(template.path, set()).update(children)
        nested_paths = {child for path, children in nested.items() for child in children - {path}}
        first = {id(templates[0]) for templates in self._by_path.values() if templates}
        # The template that an expression names is known once its parent is evaluated, so parents come first.
        for template in sorted(self._templates, key=lambda template: not template.may_nest):
            is_nested = template.path in nested_paths or template.path in self._loaded_paths
            is_nested = is_nested or id(template) in self._assets_of
            if template.path in deployed and template.path not in self._claimed:
                is_nested = False
            if id(template) not in first or not is_nested:
                self._covered.add(id(template))
                for path in template.inserted:
                    self._covered.update(map(id, self._by_path.get(path, ())))
                yield template
        while pending := [one for one in self.added if id(one) not in self._covered]:
            nested_paths = {child for one in pending for child in nested[one.path] - {one.path}}
            outermost = [template for template in pending if template.path not in nested_paths]
            for template in outermost or pending[:1]:
                if id(template) not in self._covered:
                    self._covered.add(id(template))
                    yield template

    def cover(self, template: Template) -> None:
        """Note that a root which was evaluated may create a nested template."""
        self._covered.add(id(template))

    def is_own(self, template: Template) -> bool:
        """Whether a template is evaluated on its own where no root can ever create it."""
        is_file = any(template is known for known in self._by_path.get(template.path, ()))
        return is_file and template.path in self._added and template.path not in self._parents

    def load(self, path: str, parent: Template) -> Template:
        """Return the template at a path that another template names. Raises NotReadError."""
        return self._loaded(path, real_paths(path, parent), self._boundaries[parent.path])

    def is_path_of_file(self, path: str, parent: Template) -> bool:
        """Whether a computed string is the path of a file, not the known end of a URL."""
        return path.startswith(".") or any(map(self._is_file, real_paths(path, parent)))

    def _is_file(self, path: str) -> bool:
        return path in self._by_path or os.path.isfile(path)

    def _loaded(self, path: str, paths: list[str], boundary: str) -> Template:
        real_path = next(filter(self._is_file, paths), None)
        if real_path is None and _PACKAGES in path.split("/"):
            text = f"the template of the nested stack is in a package that is not installed: {path}"
            raise NotReadError(text, is_elsewhere=True, is_package=True)
        if real_path is None:
            raise NotReadError(
                f"the template of the nested stack is missing: {without_credentials(path)}"
            )
        if real_path not in self._by_path:
            if not is_readable(real_path, boundary):
                raise NotReadError(
                    f"not read: the nested template {path} is outside the repository"
                )
            shown, content, documents = self._documents.at(real_path)
            read = self._documents.reader(real_path, boundary)
            templates = _templates_in(documents, real_path, read)
            if templates:
                self._documents.annotate(shown, content, is_evaluated=False)
            self._keep(real_path, templates)
            self._boundaries[real_path] = boundary
        if problem := self._broken.get(real_path):
            raise NotReadError(problem.message, location=problem.location)
        if not self._by_path[real_path]:
            raise NotReadError(f"{display_path_of(real_path)} is not a template")
        self._loaded_paths.add(real_path)
        return self._by_path[real_path][0]

    def uploaded(
        self, texts: Sequence[str], parents: Sequence[Template]
    ) -> UploadedTemplate | None:
        """Return the file that a URL names, the last of `texts`; None where no file ends like it.

        `parents` are the templates above the nested stack, the innermost first. Raises NotReadError.
        """
        above = [parent.path for parent in parents]
        return self._urls.file_of(texts, self._boundaries[above[0]], above)

    def claim(self, path: str) -> None:
        """Note that another source makes a template of a file: it is not evaluated on its own."""
        path = os.path.realpath(path)
        self._claimed.add(path)
        self._loaded_paths.add(path)
        if path in self._broken:  # it has directives of that source
            self.diagnostics.remove(self._broken.pop(path))
        for template in self._by_path.get(path, ()):
            self.cover(template)

    def deployed_by_url(self, url: str, boundary: str) -> tuple[Template, str]:
        """Return the template that another source deploys from a URL, and how it was found."""
        uploaded = self._urls.file_of((url,), boundary, ())
        if uploaded is None:
            where = without_credentials(url)
            raise NotReadError(
                f"its template is not in this repository: {where}", is_elsewhere=True
            )
        real_path = os.path.realpath(uploaded.path)
        return self._loaded(uploaded.path, [real_path], boundary), uploaded.note

    def deployed_text(self, text: str, location: Location, boundary: str) -> Template:
        """Return the template that another source deploys, whose text is at a location.

        Where it is the text of a file of the scan, that file's template is returned, with its own lines.
        """
        for template in self._templates:
            source = template.source.text
            if source == (text if isinstance(source, str) else text.encode("utf-8", "replace")):
                self._loaded_paths.add(template.path)
                self._claimed.discard(template.path)
                return template
        path = os.path.realpath(location.path)
        self._boundaries[path] = boundary
        return template_of_text(text, path, location)

    def declares(self, path: str, is_wanted: Callable[[str], bool]) -> bool:
        """Whether the templates of a file declare a resource of a wanted type, as far as it was read."""
        return any(
            is_wanted(declared.kind)
            for template in self._by_path.get(path, ())
            for declared in declared_resources(template)
        )

    def _children(self, template: Template) -> Iterator[str]:
        """Yield the paths of the templates that one names, and of those that its URLs may name."""
        yield from template.inserted
        resources = template.section("Resources")
        urls: list[Node] = []
        for _, body in resources.values():
            if text_of(member(body, "Type")) not in NESTED:
                continue
            for deployed in deployed_templates(body, resources):
                path = self.paths.path_of(deployed, body, template)
                if path is not None:
                    yield from real_paths(path, template)
                elif deployed.url is not None:
                    urls.append(deployed.url)
        if urls:  # a URL may be a parameter's default, or in a mapping
            for section in ("Parameters", "Mappings"):
                urls += [body for _, body in template.section(section).values()]
        for node in chain.from_iterable(map(walk, urls)):
            name = file_name_of(text_of(node) or "").rpartition("}")[2]  # "${Prefix}redis.yaml"
            yield from self._paths_by_name.get(name, ())


def _templates_in(documents: Iterable[Document], path: str, read: Read) -> list[Template]:
    templates = (template_in(document, path, read) for document in documents)
    return [template for template in templates if template is not None]
