"""A nested stack → its template: a local file, a file uploaded to a bucket, or the stack's TemplateBody."""

from contextlib import suppress

from ecbackup_iac.cloudformation.evaluation.enumeration import ScenarioBudget, enumerate_scenarios
from ecbackup_iac.cloudformation.evaluation.errors import NoResultError, TemplateRejectedError
from ecbackup_iac.cloudformation.evaluation.stacks import Frame
from ecbackup_iac.cloudformation.evaluation.template import Template
from ecbackup_iac.cloudformation.evaluation.values import Value
from ecbackup_iac.cloudformation.syntax.literals import is_null
from ecbackup_iac.cloudformation.syntax.nodes import Node, text_of
from ecbackup_iac.cloudformation.templates.inline_templates import (
    template_of_node,
    template_of_text,
)
from ecbackup_iac.cloudformation.templates.nested_stacks import (
    DeployedTemplate,
    NotReadError,
    accepts,
    is_local,
    not_in_repository,
)
from ecbackup_iac.cloudformation.templates.roots import Templates
from ecbackup_iac.cloudformation.templates.template_urls import UploadedTemplate
from ecbackup_iac.model.record import replace

MAX_STACKS = 1_000
"""Nested stacks of one root; the rest of a hostile tree is not read."""


class StackTemplates:
    """Finds the templates of the nested stacks of one root."""

    def __init__(self, templates: Templates, budget: ScenarioBudget) -> None:
        self._templates = templates
        self._budget = budget
        self._stacks = 0

    def choices(
        self, deployed: DeployedTemplate, body: Node, frame: Frame
    ) -> list[DeployedTemplate]:
        """Return a template that a stack deploys once for each file that its URL names in some scenario."""
        node, paths = deployed.url, self._templates.paths
        if node is None or deployed.body is not None or self._stacks >= MAX_STACKS:
            return [deployed]
        if paths.path_of(deployed, body, frame.stack.template) is not None:
            return [deployed]
        urls: dict[str, set[str]] = {}
        # `template_of` raises it again.
        with suppress(NotReadError, NoResultError):
            for url, uploaded in self._uploaded(node, frame).items():
                urls.setdefault(uploaded.path if uploaded else "", set()).add(url)
        several = [replace(deployed, urls=frozenset(group)) for group in urls.values()]
        return several if len(several) > 1 else [deployed]

    def template_of(
        self, deployed: DeployedTemplate, body: Node, frame: Frame
    ) -> tuple[Template, str]:
        """Return the template that a nested stack names, and how it was found, for people."""
        stack = frame.stack
        self._stacks += 1
        if self._stacks > MAX_STACKS:
            raise NotReadError(f"not inspected: there are more than {MAX_STACKS} nested stacks")
        if deployed.body is not None:
            return self._inline(deployed.body, frame), ""
        if deployed.name and (deployed.url is None or is_null(deployed.url)):
            raise TemplateRejectedError(f"the nested stack has no {deployed.name}")
        path, uploaded = self._templates.paths.path_of(deployed, body, stack.template), None
        if path is None and deployed.url is not None:
            named = self._uploaded(deployed.url, frame)
            uploaded = next((named[url] for url in named if url in (deployed.urls or named)), None)
            path = uploaded.path if uploaded else None
        if path is None:
            raise NotReadError(not_in_repository(deployed, stack.template), is_elsewhere=True)
        template = self._templates.load(path, stack.template)
        if any(above.template.path == template.path for above in stack.ancestors):
            raise NotReadError("not inspected again: the stack is nested in itself")
        needs_all = uploaded is not None and not uploaded.is_certain
        if uploaded and uploaded.is_copy and not accepts(template, deployed, needs_all=needs_all):
            candidates = () if needs_all else (template.path,)
            why = not_in_repository(deployed, stack.template)
            raise NotReadError(why, is_elsewhere=True, candidates=candidates)
        return template, uploaded.note if uploaded else ""

    def _inline(self, node: Node, frame: Frame) -> Template:
        """Return the template in a TemplateBody. Raises NotReadError."""
        parent = frame.stack.template
        template = template_of_node(node, parent)
        if template is not None:
            return template
        texts = self._texts(node, frame)
        if len(texts) == 1 and texts[0].is_known and (text := texts[0].text) is not None:
            return template_of_text(text, parent.path, parent.source.location_of(node))
        why = f"the template of the stack is unknown: {parent.source.excerpt(node)}"
        raise NotReadError(why, is_elsewhere=True)

    def _uploaded(self, url: Node, frame: Frame) -> dict[str, UploadedTemplate | None]:
        """Return the file that a URL names, by what it is in some scenario; None where it names none."""
        files: dict[str, UploadedTemplate | None] = {}
        above = [stack.template for stack in frame.stack.ancestors]
        literal = text_of(url) or ""
        for value in self._texts(url, frame):
            text, parent = value.known_ending, frame.stack.template
            is_path = text and value.is_known and is_local(text)
            if is_path and self._templates.is_path_of_file(text, parent):
                files[text] = UploadedTemplate(text, "")
            else:
                files[text] = self._templates.uploaded((literal, text), above)
        return files

    def _texts(self, node: Node, frame: Frame) -> list[Value]:
        """Return the value that an expression has in every scenario."""
        found = enumerate_scenarios(
            lambda evaluator: evaluator.resolved_value(node, frame), self._budget
        )
        return found or []
