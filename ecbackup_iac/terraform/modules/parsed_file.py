"""A configuration file's text → its body, parsed once for all who read it, and its problems."""

from ecbackup_iac.hcl.parser import parse_file
from ecbackup_iac.hcl.source import Problem, ProblemHandler, SourceFile, SourceRange
from ecbackup_iac.hcl.structure import Body
from ecbackup_iac.model.record import record
from ecbackup_iac.terraform.modules.schema import CONFIGURATION

MAX_PROBLEMS = 201
"""Problems that are kept of one file: one more than a module reports."""


class Problems:
    """What is wrong in a file, as far as it is parsed; its readers receive what is found later, too."""

    def __init__(self) -> None:
        self._found: list[Problem] = []
        self._handlers: list[ProblemHandler] = []

    def add(self, message: str, source_range: SourceRange) -> None:
        """Add a problem."""
        if len(self._found) < MAX_PROBLEMS:
            self._found.append((message, source_range))
            for handler in self._handlers:
                handler(message, source_range)

    def report_to(self, handler: ProblemHandler) -> None:
        """Report every problem to a reader, those included that are found later."""
        for message, source_range in self._found:
            handler(message, source_range)
        self._handlers.append(handler)


@record(eq=False)
class ParsedFile:
    """A file of configuration, in HCL or JSON."""

    body: Body
    problems: Problems


def parsed_file(source: SourceFile) -> ParsedFile:
    """Return a file of configuration, its blocks still to be parsed."""
    problems = Problems()
    if not source.path.endswith(".json"):
        return ParsedFile(parse_file(source, CONFIGURATION, problems.add), problems)
    from ecbackup_iac.hcl.json_syntax import parse_json

    body, found = parse_json(source, CONFIGURATION)
    for message, source_range in found:
        problems.add(message, source_range)
    return ParsedFile(body, problems)
