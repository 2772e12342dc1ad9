"""Lines of a terminal, of Latin letters and Chinese characters, which take two columns."""

from hypothesis import given, strategies as st

from planner.writers.terminal import columns, wrapped

texts = st.text(st.sampled_from("ab 回头看,。、()“”=-1"), max_size=60)


@given(texts, st.integers(8, 40))
def test_wrapping_loses_nothing_but_spaces(text, width):
    lines = wrapped(text, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(line == line.rstrip() for line in lines)


@given(texts, st.integers(8, 40))
def test_lines_are_as_long_as_they_may_be_and_no_longer(text, width):
    """Unless one word alone is: a word is never broken, and neither are a few words in brackets."""
    for line in wrapped(text, width):
        assert columns(line) <= width or wrapped(line, 1) == [line]


def test_lines_break_where_chinese_lines_break():
    assert wrapped("登记变更,列出已登记的变更", 10) == ["登记变更,", "列出已登记", "的变更"]
    assert wrapped("变更(必填)。", 6) == ["变更", "(必填)。"]
    assert wrapped("按 --seconds 搜索", 12) == ["按 --seconds", "搜索"]
    assert wrapped("in the order of (all of it)", 16) == ["in the order of", "(all of it)"]
    assert wrapped("", 10) == [""]
