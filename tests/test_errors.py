"""Problems as lines, and the exit codes of the error tree."""

import pytest

from planner.errors import ClusterError, InputError, Interrupted, LookbackError, NothingFeasible, Problem, StoreError

WRONG = Problem("data/violations.csv", 14, "kind", "'over-collect' is not one of …", "问题类型:应为 …")


def test_a_problem_is_one_line():
    """File, row, column and what is wrong."""
    assert WRONG.line() == "data/violations.csv:14 kind: 'over-collect' is not one of …"


def test_a_problem_has_its_chinese_behind_it():
    """Only when asked for, and only if there is any."""
    assert WRONG.line("zh") == "data/violations.csv:14 kind: 'over-collect' is not one of … | 问题类型:应为 …"
    assert Problem("a", 1, "b", "c").line("zh") == "a:1 b: c"


@pytest.mark.parametrize(
    ("problem", "line"),
    [
        (Problem("data/teams.csv", 0, "", "is missing"), "data/teams.csv: is missing"),
        (Problem("data/teams.csv", 3, "", "has 4 cells"), "data/teams.csv:3: has 4 cells"),
        (Problem("data/policy.toml", 0, "visits", "is wrong"), "data/policy.toml visits: is wrong"),
    ],
)
def test_a_problem_names_no_more_than_it_knows(problem, line):
    """A whole file has no row, a whole row has no column."""
    assert problem.line() == line


def test_problems_are_ordered_by_where_they_stand():
    """By file, row as a number, and column."""
    later = Problem("data/violations.csv", 114, "action", "is empty")
    elsewhere = Problem("data/teams.csv", 200, "name", "is empty")
    assert sorted([later, WRONG, elsewhere]) == [elsewhere, WRONG, later]


def test_an_input_error_says_everything():
    """All problems, one line each."""
    error = InputError(iter([WRONG, Problem("data/teams.csv", 0, "", "is missing")]))
    assert len(error.problems) == 2
    assert str(error).splitlines() == [problem.line() for problem in error.problems]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InputError, 2),
        (ClusterError, 2),
        (NothingFeasible, 3),
        (StoreError, 4),
        (Interrupted, 130),
        (LookbackError, 1),
    ],
)
def test_each_error_has_its_exit_code(error, code):
    """As the design promises."""
    assert error.exit_code == code
    assert issubclass(error, LookbackError)
