"""Offsets and numbers of characters: for every position of a text, the same as from the decoded text."""

from hypothesis import given
from hypothesis import strategies as st

from ecbackup_iac.syntax.columns import Characters

LONG = st.text("aé日\n𒀀", min_size=900, max_size=1_300)  # more than a block of bytes


@given(LONG, st.data())
def test_an_offset_is_that_of_the_decoded_text(text: str, data: st.DataObject) -> None:
    characters = Characters(text.encode())
    count = data.draw(st.sampled_from([len(text), len(text) - 1, 0]) | st.integers(0, len(text)))
    offset = len(text[:count].encode())
    assert characters.offset(0, count) == offset
    assert characters.between(0, offset) == count
