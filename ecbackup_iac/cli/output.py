"""Reports, texts and edits → standard output, standard error and files; a file is never half written."""

import errno
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

from ecbackup_iac.errors import OutputError
from ecbackup_iac.model.record import record, replace

if TYPE_CHECKING:
    from ecbackup_iac.fixers.edits import Edit
    from ecbackup_iac.model.report import Report
    from ecbackup_iac.reporters.render_options import RenderOptions


@record
class Output:
    """A requested report: its format, and the file it goes to (None: standard output)."""

    format: str
    file: str | None


def render_options_of(*, color: bool | None, quiet: bool, verbose: bool) -> "RenderOptions":
    """Return the colour, width and verbosity for standard output."""
    from ecbackup_iac.files.paths import working_folder
    from ecbackup_iac.reporters.render_options import RenderOptions, Verbosity

    is_terminal = sys.stdout is not None and sys.stdout.isatty()
    color = _uses_color() if color is None else color
    width = terminal_width() if is_terminal else None
    verbosity = Verbosity.QUIET if quiet else Verbosity.VERBOSE if verbose else Verbosity.NORMAL
    return RenderOptions(color, width, verbosity, working_folder())


def prepare_console() -> None:
    """Make an older console of Windows interpret colours, or remove them."""
    if sys.platform == "win32" and sys.stdout is not None and sys.stdout.isatty():
        from colorama import just_fix_windows_console

        just_fix_windows_console()


def _uses_color() -> bool:
    """Whether standard output is a terminal that shows colours, and they are not turned off."""
    is_terminal = sys.stdout is not None and sys.stdout.isatty()
    return is_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def terminal_width() -> int:
    """Return the columns of the terminal; 80 without one."""
    import shutil

    return shutil.get_terminal_size().columns


def check_outputs(outputs: Sequence[Output]) -> None:
    """Reject outputs that cannot be written, before any work is done. Raises OutputError."""
    if sys.stdout is None and any(output.file is None for output in outputs):
        raise OutputError("standard output is closed")
    for file in filter(None, (output.file for output in outputs)):
        check_destination(file)
        if os.path.isdir(file) or not os.path.isdir(os.path.dirname(file) or "."):
            raise OutputError(
                f"{file}: cannot be written: it is a folder, or its folder is missing"
            )


def check_destination(file: str) -> None:
    """Reject a file that a link in the checked tree leads to, or that belongs to git. Raises OutputError.

    A pull request may contain a link of the name that a pipeline writes its report to.
    """
    from ecbackup_iac.files.paths import is_in_git_folder, link_in_tree

    link = link_in_tree(file)
    if link is not None:
        raise OutputError(f"{file}: not written: {link} is a link")
    if is_in_git_folder(os.path.realpath(file), ""):
        raise OutputError(f"{file}: not written: it belongs to git")


def write_reports(report: "Report", outputs: Sequence[Output], options: "RenderOptions") -> None:
    """Write the reports, to files first. Raises OutputError."""
    from ecbackup_iac.reporters import reporter

    plain = replace(options, color=False, width=None)
    for output in outputs:
        renderer = reporter(output.format)
        if output.file:
            text = renderer.render(report, plain)
            write_file(output.file, text.encode("utf-8", "backslashreplace"))
    for output in outputs:
        if output.file is None:
            is_for_programs = output.format != "text"
            print_text(
                reporter(output.format).render(report, options), is_for_programs=is_for_programs
            )
    formats = {output.format for output in outputs}
    if "github" in formats:
        _append_step_summary(report)
    if "sarif" in formats:
        from ecbackup_iac.reporters.render_options import Verbosity
        from ecbackup_iac.reporters.sarif_report import warning_of

        warning = warning_of(report, options)
        if warning and options.verbosity > Verbosity.QUIET:
            print_error(f"ecbackup-iac: warning: {warning}")


def _append_step_summary(report: "Report") -> None:
    """Append to the summary that GitHub shows of a workflow step; outside a step do nothing."""
    file = os.environ.get("GITHUB_STEP_SUMMARY")
    if not file:
        return
    from ecbackup_iac.reporters.markdown_report import MAX_SUMMARY_BYTES, render_within

    try:
        with open(file, "a", encoding="utf-8", newline="\n") as summary:
            summary.write(render_within(report, MAX_SUMMARY_BYTES - summary.tell()))
    except OSError as error:
        # A problem of the runner does not change the exit status.
        print_error(f"ecbackup-iac: no summary was written: {error.strerror or error}")


def print_error(message: str, end: str = "\n") -> None:
    """Write to standard error, if it is open; characters that it cannot encode are escaped."""
    if sys.stderr is not None:
        with suppress(OSError, ValueError):
            sys.stderr.write(message + end)
            sys.stderr.flush()


def print_problems(report: "Report") -> None:
    """Write to standard error what makes a report incomplete."""
    if report.is_incomplete:
        from ecbackup_iac.reporters import reporter
        from ecbackup_iac.reporters.render_options import RenderOptions, Verbosity

        problems = replace(report, findings=())
        text = reporter("text").render(problems, RenderOptions(verbosity=Verbosity.QUIET))
        print_error(text, end="")


def print_text(text: str, *, is_for_programs: bool = False) -> None:
    """Write to standard output; characters that it cannot encode are escaped. Raises OutputError.

    A file or a pipe gets the same bytes on every system; what programs read is in UTF-8.
    """
    options: dict[str, str] = {"errors": "backslashreplace"}
    if not sys.stdout.isatty():
        options |= {"newline": "\n"} | ({"encoding": "utf-8"} if is_for_programs else {})
    sys.stdout.reconfigure(**options)  # type: ignore[union-attr]
    _write_to_standard_output(lambda: sys.stdout.write(text))


def _write_to_standard_output(write: Callable[[], object]) -> None:
    try:
        write()
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.errno == errno.EINVAL:  # what Windows reports when no program reads the pipe
            raise BrokenPipeError from error
        discard_standard_output()
        raise OutputError(f"standard output: cannot be written: {error.strerror}") from error


def print_diff(before: Mapping[str, bytes], edits: "Sequence[Edit]") -> None:
    """Print a diff of files, by their real paths, for `git apply`. Raises OutputError.

    Paths are relative to the working folder if all files are in it, else to the repository's top.
    """
    from ecbackup_iac.files.paths import is_inside, repository_top
    from ecbackup_iac.fixers.diff import unified_diff
    from ecbackup_iac.reporters.escaping import escape_control_characters

    folder = os.path.realpath(".")
    top = None
    if not all(is_inside(edit.path, folder) for edit in edits):
        top = repository_top(folder)
        if top is not None:
            print_error("paths count from the top of the repository: apply it there")
    diff = unified_diff(before, edits, top)
    if sys.stdout.isatty():
        # A terminal interprets what `git apply` needs to the byte.
        lines = diff.decode("utf-8", "backslashreplace").split("\n")
        safe = (escape_control_characters(line.expandtabs()) for line in lines)
        print_text("\n".join(map(_colored_diff_line, safe) if _uses_color() else safe))
    else:
        is_on_github = os.environ.get("GITHUB_ACTIONS") == "true"
        if not is_on_github and any(map(os.environ.get, _RUNNERS_WITHOUT_STOP)):
            _check_no_command(diff)
        content = _with_commands_stopped(diff) if is_on_github else diff
        _write_to_standard_output(lambda: sys.stdout.buffer.write(content))


def _colored_diff_line(line: str) -> str:
    """Return a line of a diff in the colours of `git diff`."""
    import click

    if line.startswith(("--- ", "+++ ")):
        return click.style(line, bold=True)
    colors = {"+": "green", "-": "red", "@": "cyan"}
    return click.style(line, fg=colors[line[0]]) if line[:1] in colors else line


_RUNNERS_WITHOUT_STOP = ("TF_BUILD", "TEAMCITY_VERSION")
"""Variables that Azure Pipelines and TeamCity set: they have no command that stops commands."""


def _check_no_command(diff: bytes) -> None:
    """Reject a diff that a runner takes a command from. Raises OutputError."""
    from ecbackup_iac.reporters.escaping import has_command

    if has_command(diff.decode("utf-8", "replace")):
        raise OutputError("the diff is not printed: it contains a command to the CI service")


def _with_commands_stopped(diff: bytes) -> bytes:
    """Return a diff between lines that keep GitHub's runner from taking its lines as commands.

    `git apply` ignores both lines. The content of a file cannot contain the hash of the diff that it is in.
    """
    import hashlib

    token = hashlib.sha256(diff).hexdigest().encode()
    return b"::stop-commands::%s\n%s::%s::\n" % (token, diff, token) if diff else diff


def write_edits(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> None:
    """Write edited files, by their real paths: all or none. Raises OutputError."""
    for path, content in before.items():
        if not _has_content(path, content):
            raise OutputError(f"{path}: it has changed meanwhile; nothing was written")
    path = ""
    replaced: list[str] = []
    with ExitStack() as temporary_files:
        try:
            # Everything is on the disk before the first file is replaced.
            temporary_paths: dict[str, str] = {}
            for path, content in after.items():
                temporary_paths[path] = temporary_files.enter_context(
                    _temporary_file(path, content)
                )
            for path, temporary in temporary_paths.items():
                os.replace(temporary, path)
                replaced.append(path)
        except OSError as error:
            result = _restore({path: before[path] for path in replaced})
            reason = error.strerror or error
            raise OutputError(f"{path}: cannot be written: {reason}; {result}") from error


def _has_content(path: str, content: bytes) -> bool:
    from ecbackup_iac.files.bounded_read import read_regular_file

    try:
        return read_regular_file(path, len(content)) == content
    except OSError:
        return False


def _restore(before: Mapping[str, bytes]) -> str:
    """Restore the contents of files, and return the result for a message."""
    not_restored = []
    for path, content in before.items():
        try:
            write_file(path, content)
        except OutputError:
            not_restored.append(path)
    if not_restored:
        return f"already written, and not restored: {', '.join(not_restored)}"
    return "nothing was written"


def discard_standard_output() -> None:
    """Redirect standard output to the null device, so that the final flush cannot fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def write_file(path: str, content: bytes) -> None:
    """Write a file, all or nothing; a device or pipe is written to directly.

    An existing file keeps its mode. A link outside the checked tree stays a link.

    Raises:
        OutputError: it cannot be written.

    """
    check_destination(path)
    try:
        if os.path.exists(path) and not os.path.isfile(path):
            with open(path, "wb") as special:
                special.write(content)
            return
        target = os.path.realpath(path)
        with _temporary_file(target, content) as temporary:
            os.replace(temporary, target)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror or error}") from error


@contextmanager
def _temporary_file(target: str, content: bytes) -> Iterator[str]:
    """Yield a file next to the target that can replace it; remove it if it remains.

    It has the target's mode and owner. Raises OSError where it cannot have them.
    """
    import tempfile  # slow to import, and most runs write no file

    before = os.stat(target) if os.path.exists(target) else None
    mode = before.st_mode & 0o777 if before else 0o666 & ~_umask()
    with tempfile.NamedTemporaryFile(dir=os.path.dirname(target), delete=False) as file:
        try:
            file.write(content)
            file.close()
            created = os.stat(file.name)
            if before and (created.st_uid, created.st_gid) != (before.st_uid, before.st_gid):
                os.chown(file.name, before.st_uid, before.st_gid)
            os.chmod(file.name, mode)
            yield file.name
        finally:
            with suppress(FileNotFoundError):
                os.unlink(file.name)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
