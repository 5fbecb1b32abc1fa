"""Texts → standard output and files, whole or not at all."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple

from ecbackup_iac.errors import OutputError
from ecbackup_iac.model.record import replace

if TYPE_CHECKING:
    from ecbackup_iac.model.report import Report
    from ecbackup_iac.reporters.style import RenderOptions


class Output(NamedTuple):
    """A report that was asked for: its format, and the file it goes to (None: standard output)."""

    format: str
    file: str | None


def style_of(*, color: bool | None, quiet: bool, verbose: bool) -> "RenderOptions":
    """Find out how the reader of standard output reads."""
    from ecbackup_iac.files.paths import working_folder
    from ecbackup_iac.reporters.style import RenderOptions, Verbosity

    is_terminal = sys.stdout is not None and sys.stdout.isatty()
    if color is None:
        color = is_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    width = terminal_width() if is_terminal else None
    detail = Verbosity.QUIET if quiet else Verbosity.VERBOSE if verbose else Verbosity.NORMAL
    return RenderOptions(color, width, detail, working_folder())


def terminal_width() -> int:
    """Give the columns of the terminal; 80 where there is none."""
    import shutil

    return shutil.get_terminal_size().columns


def check_outputs(outputs: Sequence[Output]) -> None:
    """Refuse, before any work is done, what could not be written at its end. Raises OutputError."""
    if sys.stdout is None and any(output.file is None for output in outputs):
        raise OutputError("standard output is closed")
    for file in filter(None, (output.file for output in outputs)):
        if os.path.isdir(file) or not os.path.isdir(os.path.dirname(file) or "."):
            raise OutputError(
                f"{file}: cannot be written: it is a folder, or its folder is missing"
            )


def write_reports(report: "Report", outputs: Sequence[Output], style: "RenderOptions") -> None:
    """Write every report that was asked for, files first. Raises OutputError."""
    from ecbackup_iac.reporters import reporter

    plain = replace(style, color=False, width=None)
    for output in outputs:
        renderer = reporter(output.format)
        if output.file:
            text = renderer.render(report, plain)
            write_file(output.file, text.encode("utf-8", "backslashreplace"))
    for output in outputs:
        if output.file is None:
            print_text(reporter(output.format).render(report, style))
        if output.format == "github":
            _append_step_summary(report, plain)


def _append_step_summary(report: "Report", style: "RenderOptions") -> None:
    """Add to the summary that GitHub shows of a step, where this is a step of GitHub's."""
    file = os.environ.get("GITHUB_STEP_SUMMARY")
    if not file:
        return
    from ecbackup_iac.reporters.github_report import MAX_SUMMARY_BYTES, step_summary

    try:
        with open(file, "a", encoding="utf-8", newline="\n") as summary:
            summary.write(step_summary(report, style, MAX_SUMMARY_BYTES - summary.tell()))
    except OSError as error:
        # The runner's own trouble is told, and takes nothing from the verdict.
        tell(f"ecbackup-iac: no summary was written: {error.strerror or error}")


def tell(line: str, end: str = "\n") -> None:
    """Write to standard error, where anybody reads it; what it cannot encode is escaped."""
    if sys.stderr is not None:
        with suppress(OSError, ValueError):
            sys.stderr.write(line + end)
            sys.stderr.flush()


def print_text(text: str) -> None:
    """Write to standard output; what it cannot encode is escaped. Raises OutputError."""
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    _print(lambda: sys.stdout.write(text))


def _print(write: Callable[[], object]) -> None:
    try:
        write()
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        forget_standard_output()
        raise OutputError(f"standard output: cannot be written: {error.strerror}") from error


def print_diff(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> None:
    """Write what changes in files, by their real paths, as `git apply` takes it. Raises OutputError.

    Paths count from the working folder where all lie in it, else from the repository's top.
    """
    from ecbackup_iac.files.paths import is_inside, repository_top
    from ecbackup_iac.fixers.edits import unified_diff

    working = os.path.realpath(".")
    top = None
    if not all(is_inside(path, working) for path in after):
        top = repository_top(working)
        if top is not None:
            tell("paths count from the top of the repository: apply it there")
    diff = unified_diff(before, after, top)
    _print(lambda: sys.stdout.buffer.write(diff))


def write_edits(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> None:
    """Write files, by their real paths, that still hold what they held before. Raises OutputError."""
    for path, content in before.items():
        try:
            with open(path, "rb") as file:
                is_same = file.read() == content
        except OSError:
            is_same = False
        if not is_same:
            raise OutputError(f"{path}: it has changed meanwhile; nothing was written")
    path = ""
    with ExitStack() as halves:
        # All of it is on the disk before the first file is replaced.
        ready: dict[str, str] = {}
        done: list[str] = []
        try:
            for path, content in after.items():
                ready[path] = halves.enter_context(_half(path, content))
            for path, half in ready.items():
                os.replace(half, path)
                done.append(path)
        except OSError as error:
            for one in done:
                write_file(one, before[one])
            told = error.strerror or error
            raise OutputError(f"{path}: cannot be written: {told}; nothing was written") from error


def forget_standard_output() -> None:
    """Spare the interpreter another try, and its complaint, when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def write_file(path: str, content: bytes) -> None:
    """Write a file whole or not at all; what is no regular file is written to as it stands.

    A file that is there keeps its mode, and a link stays one.

    Raises:
        OutputError: it cannot be written.

    """
    try:
        if os.path.exists(path) and not os.path.isfile(path):
            with open(path, "wb") as special:
                special.write(content)
            return
        target = os.path.realpath(path)
        with _half(target, content) as half:
            os.replace(half, target)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror or error}") from error


@contextmanager
def _half(target: str, content: bytes) -> Iterator[str]:
    """Give a file beside the target, with its mode, that can take its place; else it goes again."""
    import tempfile  # what most runs do without

    mode = os.stat(target).st_mode & 0o777 if os.path.exists(target) else 0o666 & ~_umask()
    with tempfile.NamedTemporaryFile(dir=os.path.dirname(target), delete=False) as half:
        try:
            half.write(content)
            half.close()
            os.chmod(half.name, mode)
            yield half.name
        finally:
            with suppress(FileNotFoundError):
                os.unlink(half.name)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
