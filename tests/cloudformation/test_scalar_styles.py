"""How each scalar of a template is written, as its node keeps it."""

import pytest

from ecbackup_iac.cloudformation.syntax.files import documents_in
from ecbackup_iac.cloudformation.syntax.nodes import ScalarNode, Style, member


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ("days: 7", Style.PLAIN),
        ("days:", Style.PLAIN),
        ("days: !!str 7", Style.PLAIN),
        ("days: '7'", Style.QUOTED),
        ('days: "7"', Style.QUOTED),
        ("days: &seven '7'", Style.QUOTED),
        ("days: |\n  7", Style.LITERAL),
        ("days: >-\n  7", Style.QUOTED),
        ('{"days": 7}', Style.JSON),
        ('{"days": null}', Style.JSON),
        ('{"days": "7"}', Style.QUOTED),
        ("{days: 7}", Style.PLAIN),
    ],
)
def test_a_scalar_keeps_how_it_is_written(text: str, style: Style) -> None:
    (document,), problem = documents_in(text.encode(), "t.yaml")
    assert problem is None
    days = member(document.root, "days")
    assert isinstance(days, ScalarNode)
    assert days.style is style
