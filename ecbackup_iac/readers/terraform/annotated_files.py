"""Files of modules that were read → those of them that may have suppressions."""

import os
from collections.abc import Iterator

from ecbackup_iac.model.annotated_text import AnnotatedText, Syntax, may_hold_suppression
from ecbackup_iac.model.report import Diagnostic
from ecbackup_iac.terraform.modules.file_names import every_configuration_file
from ecbackup_iac.terraform.modules.folders import Folders


def annotated_files(
    folders: Folders, folder: str, *, is_evaluated: bool
) -> Iterator[AnnotatedText]:
    """Yield the files of a module's folder that may have suppressions, with `is_evaluated`."""
    for name in every_configuration_file(folders.names(folder)):
        source = folders.source(os.path.join(folder, name))
        if not isinstance(source, Diagnostic) and may_hold_suppression(source.text):
            syntax = Syntax.TERRAFORM_JSON if name.endswith(".json") else Syntax.HCL
            yield AnnotatedText(source.path, source.text, syntax, is_evaluated=is_evaluated)
