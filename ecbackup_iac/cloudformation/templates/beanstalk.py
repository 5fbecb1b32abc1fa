"""A file of `.ebextensions` → the options of its Elastic Beanstalk environment.

Elastic Beanstalk merges the `.config` files of the folder, in the order of their names, into one template
(its developer guide: advanced environment customization, option settings, Fn::GetOptionSetting).
"""

import os
from collections.abc import Callable, Iterator
from functools import cache

from ecbackup_iac.cloudformation.evaluation.template import (
    CUSTOM_OPTIONS,
    BeanstalkOption,
    Template,
)
from ecbackup_iac.cloudformation.syntax.document import Document
from ecbackup_iac.cloudformation.syntax.files import Read
from ecbackup_iac.cloudformation.syntax.nodes import ListNode, member, members, text_of

_FOLDER = ".ebextensions"


def is_extension(path: str) -> bool:
    """Whether a file is a part of the template of an Elastic Beanstalk environment."""
    return os.path.basename(os.path.dirname(path)) == _FOLDER


def environment_options(
    path: str, read: Read
) -> Callable[[str, str], BeanstalkOption | str | None]:
    """Return a function from namespace and name to an option of the folder, None, or why it is unknown."""
    folder = os.path.dirname(path)

    @cache
    def options() -> dict[tuple[str, str], BeanstalkOption] | str:
        found: dict[tuple[str, str], BeanstalkOption] = {}
        try:
            names = sorted(name for name in os.listdir(folder) if name.endswith(".config"))
        except OSError as error:
            return f"{_FOLDER} cannot be read: {error.strerror or error}"
        for name in names:
            file = read(name)
            if isinstance(file, str):
                return f"it may be an option in a file that is not read: {file}"
            found |= dict(_options_in(*file)) if file is not None else {}
        return found

    def option(namespace: str, name: str) -> BeanstalkOption | str | None:
        found = options()
        return found if isinstance(found, str) else found.get((namespace, name))

    return option


def _options_in(path: str, document: Document) -> Iterator[tuple[tuple[str, str], BeanstalkOption]]:
    """Yield the options of a file, which it lists or maps by their namespaces."""
    template = Template(path, document, [])
    settings = member(document.root, "option_settings")
    for item in settings.items if isinstance(settings, ListNode) else ():
        name, value = text_of(member(item, "option_name")), members(item).get("value")
        if name is not None and value is not None:
            namespace = text_of(member(item, "namespace")) or CUSTOM_OPTIONS
            yield (namespace, name), BeanstalkOption(template, *value)
    for namespace, (_, options) in members(settings).items():
        for name, entry in members(options).items():
            yield (namespace, name), BeanstalkOption(template, *entry)
