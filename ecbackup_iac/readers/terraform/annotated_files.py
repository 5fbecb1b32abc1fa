"""Files of modules that were read → those of them that may hold suppressions."""

import os
from collections.abc import Iterator

from ecbackup_iac.model.annotated_text import MarkedText, Syntax, is_marked
from ecbackup_iac.model.report import Diagnostic
from ecbackup_iac.terraform.modules.folders import Folders
from ecbackup_iac.terraform.modules.module import every_configuration_file


def marked_files(folders: Folders, folder: str, *, is_whole: bool) -> Iterator[MarkedText]:
    """Yield the files of a module's folder that have a mark; `is_whole` is told of each."""
    for name in every_configuration_file(folders.names(folder)):
        source = folders.source(os.path.join(folder, name))
        if not isinstance(source, Diagnostic) and is_marked(source.text):
            syntax = Syntax.TERRAFORM_JSON if name.endswith(".json") else Syntax.HCL
            yield MarkedText(source.path, source.text, syntax, is_whole=is_whole)
