"""A nested stack → its template: a local file, a file uploaded to a bucket, or the stack's TemplateBody."""

from ecbackup_iac.cloudformation.evaluation.enumeration import ScenarioBudget, enumerate_scenarios
from ecbackup_iac.cloudformation.evaluation.errors import TemplateRejectedError
from ecbackup_iac.cloudformation.evaluation.stacks import Frame
from ecbackup_iac.cloudformation.evaluation.template import Template
from ecbackup_iac.cloudformation.evaluation.values import UnknownValue, Value
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

MAX_STACKS = 1_000
"""Nested stacks of one root; the rest of a hostile tree is not read."""


class StackTemplates:
    """Finds the templates of the nested stacks of one root."""

    def __init__(self, templates: Templates, budget: ScenarioBudget) -> None:
        self._templates = templates
        self._budget = budget
        self._stacks = 0

    def template_of(
        self, deployed: DeployedTemplate, body: Node, frame: Frame
    ) -> tuple[Template, str]:
        """Return the template that a nested stack names, and how it was found, for people.

        Raises:
            NotReadError: it is not read.

        """
        stack = frame.stack
        self._stacks += 1
        if self._stacks > MAX_STACKS:
            raise NotReadError(f"not inspected: there are more than {MAX_STACKS} nested stacks")
        if deployed.body is not None:
            return self._inline(deployed.body, frame), ""
        if deployed.url is None and deployed.name:
            raise TemplateRejectedError(f"the nested stack has no {deployed.name}")
        path, uploaded = self._templates.paths.path_of(deployed, body, stack.template), None
        if path is None and deployed.url is not None:
            uploaded = self._uploaded(deployed.url, frame)
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
        """Return the template in a TemplateBody.

        Raises:
            NotReadError: it is known only at deployment, or is no template.

        """
        parent = frame.stack.template
        template = template_of_node(node, parent)
        if template is not None:
            return template
        texts = self._texts(node, frame)
        if len(texts) == 1 and texts[0].is_known and (text := texts[0].text) is not None:
            return template_of_text(text, parent.path, parent.source.location_of(node))
        why = f"the template of the stack is unknown: {parent.source.excerpt(node)}"
        raise NotReadError(why, is_elsewhere=True)

    def _uploaded(self, url: Node, frame: Frame) -> UploadedTemplate | None:
        """Return the file that a URL names in every scenario; None where it names none, or several."""
        files: list[UploadedTemplate | None] = []
        above = [stack.template for stack in frame.stack.ancestors]
        literal = text_of(url) or ""
        for value in self._texts(url, frame):
            text = value.text
            if text is None and isinstance(value.raw, UnknownValue):
                text = value.raw.ending
            parent = frame.stack.template
            if (
                text
                and value.is_known
                and is_local(text)
                and self._templates.is_path_of_file(text, parent)
            ):
                files.append(UploadedTemplate(text, ""))
            else:
                files.append(self._templates.uploaded((literal, text or ""), above))
        paths = {file.path if file else None for file in files}
        return files[0] if len(paths) == 1 else None

    def _texts(self, node: Node, frame: Frame) -> list[Value]:
        """Return the value that an expression has in every scenario."""
        cases = enumerate_scenarios(
            lambda evaluator: evaluator.settled_value(node, frame), self._budget
        )
        return [case.value for case in cases or ()]
