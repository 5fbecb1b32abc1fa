"""Findings → the HTML of an article for each: what is wrong, where the value comes from, and what to do."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from ecbackup_iac.model.cache import CacheResource, Form
from ecbackup_iac.model.excerpt import Excerpt, SourceLine
from ecbackup_iac.model.location import Location
from ecbackup_iac.model.report import Finding, Suppression
from ecbackup_iac.model.source import SOURCES
from ecbackup_iac.model.value import Known, TraceStep, Unknown, Value
from ecbackup_iac.model.verdict import Level, Status
from ecbackup_iac.reporters.html.markup import KINDS, Entry, breakable, code, items, name, prose
from ecbackup_iac.reporters.wording import line_of

_FORMS = {
    Form.STANDALONE_CLUSTER: "standalone cluster",
    Form.REPLICATION_GROUP: "replication group",
    Form.SERVERLESS_CACHE: "serverless cache",
}


_CLASSES = {
    "Source of the value": ' class="wide"',
    "What to do": ' class="wide"',
    "Notes": ' class="wide notes"',
    "Cache": ' class="about"',
}
"""A term → the class of its row; the style of the page for printing hides some of the classes."""


def findings(
    entries: Sequence[Entry], roots: Sequence[str], excerpts: Mapping[Location, Excerpt]
) -> Iterator[str]:
    """Yield the HTML of every finding, failures first."""
    for kind, word in KINDS.items():
        group = sorted(
            (entry for entry in entries if entry.kind == kind), key=lambda entry: entry.root
        )
        if not group:
            continue
        yield f'<div class="group {kind}">\n<h3 class="{kind}">{word} <span class="count">{len(group):,}'
        yield "</span></h3>\n"
        for root, entries_of_root in groupby(group, key=lambda entry: entry.root):
            # The filters hide a whole root: rules for each of thousands of findings would be slow.
            yield f'<div data-root="{root}">\n'
            yield from (_article(entry, roots[root], excerpts) for entry in entries_of_root)
            yield "</div>\n"
        yield "</div>\n"


def suppression_facts(suppression: Suppression) -> Iterator[tuple[str, str]]:
    """Yield the facts of a suppression: terms and definitions."""
    yield "Reason", prose(suppression.reason)
    yield "Suppressed by", f"{suppression.kind}, {code(str(suppression.location))}"
    yield "Expires", str(suppression.expires) if suppression.expires else "never"


def definitions(facts: Iterable[tuple[str, str]]) -> str:
    """Return a list of terms and their definitions, without the empty ones."""
    listed = "".join(
        f"<div{_CLASSES.get(term, '')}><dt>{term}</dt><dd>{definition}</dd></div>\n"
        for term, definition in facts
        if definition
    )
    return f"<dl>\n{listed}</dl>\n"


def _article(entry: Entry, root: str, excerpts: Mapping[Location, Excerpt]) -> str:
    finding = entry.finding
    resource, verdict = finding.resource, finding.verdict
    return (
        f'<article id="c{entry.number}" class="{entry.kind}" aria-labelledby="n{entry.number}">\n'
        f'<h4 id="n{entry.number}"><span class="tag">{_tag(entry)}</span> {name(resource.address)}</h4>\n'
        f'<p class="message">{breakable(verdict.message)}</p>\n'
        f"{definitions(_facts(finding, root, excerpts))}</article>\n"
    )


def _tag(entry: Entry) -> str:
    finding, word = entry.finding, KINDS[entry.kind]
    if finding.suppression and finding.verdict.status is not Status.PASS:
        return f"{word}: {KINDS[finding.verdict.status].lower()}"
    if finding.verdict.status is Status.UNKNOWN:
        effects = {Level.ERROR: ", treated as a failure", Level.NONE: ", ignored by the policy"}
        return word + effects.get(finding.level, "")
    return word


def _facts(
    finding: Finding, root: str, excerpts: Mapping[Location, Excerpt]
) -> Iterator[tuple[str, str]]:
    resource, verdict = finding.resource, finding.verdict
    if verdict.rule:
        yield "Rule", f'<a href="#{verdict.rule}">{verdict.rule}</a> {verdict.rule.label}'
    if finding.suppression:
        yield from suppression_facts(finding.suppression)
    yield "Source of the value", _trace(finding, excerpts)
    yield "See also", items(_related(finding, excerpts))
    if finding.remedy and not finding.suppression:
        yield "What to do", f'<pre class="remedy">{breakable(finding.remedy)}</pre>'
    notes = (
        (f'<a href="#{note.rule}">{note.rule}</a>: ' if note.rule else "") + prose(note.text)
        for note in verdict.notes
    )
    yield "Notes", items(notes)
    yield "Cache", ", ".join(_about(resource))
    yield "Root", code(root)
    if resource.calls:
        call = resource.calls[-1]
        yield "Module call" if call.module_folder else "Nested stack", code(line_of(call.location))
    if resource.settings_label:
        yield "Values", code(resource.settings_label)


def _about(resource: CacheResource) -> Iterator[str]:
    yield f"{_FORMS[resource.form]} in {SOURCES[resource.source].name}"
    yield code(resource.type)
    for label, value in (("engine", resource.engine), ("node type", resource.node_type)):
        if shown := _setting(value):
            yield f"{label} {shown}"


def _setting(value: Value[str]) -> str:
    if isinstance(value, Unknown):
        return "unknown"
    return f"<bdi>{prose(value.value)}</bdi>" if isinstance(value, Known) else ""


def _related(finding: Finding, excerpts: Mapping[Location, Excerpt]) -> Iterator[str]:
    """Yield where other settings are written that the finding is about, each with its excerpt."""
    for location, text in finding.related:
        yield f"{text}: {_step(TraceStep('', location), excerpts.get(location))}"


def _trace(finding: Finding, excerpts: Mapping[Location, Excerpt]) -> str:
    steps = list(finding.trace)
    if not any(step.location == finding.location for step in steps):
        steps.insert(0, TraceStep("", finding.location))
    step_texts = [_step(step, excerpts.get(step.location)) for step in steps]
    list_items = "".join(f"<li>{step}</li>\n" for step in step_texts)
    return f"<ol>\n{list_items}</ol>\n"


def _step(step: TraceStep, excerpt: Excerpt | None) -> str:
    location = code(str(step.location))
    if excerpt is None:
        return f'{location} <code class="step">{prose(step.text)}</code>' if step.text else location
    excerpt_text = " ".join(line.text[line.start : line.end].strip() for line in excerpt.lines)
    step_text = step.text.removesuffix(" ...")
    # The step is not repeated if the excerpt shows it.
    words = "" if step_text in excerpt_text else f' <code class="step">{prose(step.text)}</code>'
    return f"{location}{words}{_excerpt(excerpt)}"


def _excerpt(excerpt: Excerpt) -> str:
    rows, last = [], None
    for line in excerpt.lines:
        if last is not None and line.number > last + 1:
            rows.append('<span class="gap"><span class="number">⋮</span></span>')
        rows.append(_line(line))
        last = line.number
    if excerpt.left_out:
        more = f"and {excerpt.left_out} more line{'' if excerpt.left_out == 1 else 's'}"
        rows.append(f'<span class="gap"><span class="number">⋮</span><i>{more}</i></span>')
    # Each row is a grid; the line breaks are for copying.
    row_text = "\n".join(rows)
    return f'<pre class="excerpt">{row_text}</pre>'


def _line(line: SourceLine) -> str:
    before, value, after = (
        prose(part.replace("\t", "    "))
        for part in (
            line.text[: line.start],
            line.text[line.start : line.end],
            line.text[line.end :],
        )
    )
    number = f'<span class="number">{line.number}</span>'
    if not value:
        return f"<span>{number}<span>{before}{after}</span></span>"
    return f'<span class="meant">{number}<span>{before}<mark>{value}</mark>{after}</span></span>'
