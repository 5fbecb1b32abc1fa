"""Records can be copied and pickled."""

import copy
import pickle
from typing import TYPE_CHECKING

import pytest

from ecbackup_iac.model.location import Location
from ecbackup_iac.model.report import Diagnostic, ReadResult, Severity
from ecbackup_iac.model.value import Known, TraceStep

if TYPE_CHECKING:
    from collections.abc import Callable


def pickled(one: ReadResult) -> ReadResult:
    twin: ReadResult = pickle.loads(pickle.dumps(one))  # noqa: S301 - our own
    return twin


@pytest.mark.parametrize("twin", [copy.deepcopy, pickled])
def test_a_record_comes_through_a_pickle_as_it_was(
    twin: "Callable[[ReadResult], ReadResult]",
) -> None:
    place = Location("main.tf", 1, 2)
    reading = ReadResult((), (Diagnostic("x", place, Severity.WARNING),), variables={"a": "1"})
    assert twin(reading) == reading
    known = Known(7, (TraceStep("x", place),), literals=(place,))
    assert twin(known) == known  # type: ignore[arg-type, comparison-overlap]
