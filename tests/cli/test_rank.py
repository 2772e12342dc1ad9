"""``rank``: what is owed, most pressing first, and the sum behind it."""

import json
import re

import pytest
from command import DAY, lookback


@pytest.fixture(scope="module")
def everything(sample):
    """Every look-back of the sample, as the command prints it for machines."""
    done = lookback("rank", DAY, "--top", "9999", "--json", "--workspace", sample)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def test_most_pressing_comes_first(everything):
    assert len(everything) > 400
    order = [(not row["mandatory"], -row["priority"], row["lookback_id"]) for row in everything]
    assert order == sorted(order)


def test_every_priority_is_the_sum_of_its_reasons(everything):
    for row in everything:
        assert row["priority"] == sum(reason["points"] for reason in row["reasons"])


def test_top_lists_so_many(inside, sample):
    done = inside("rank", DAY, "--top", "7", "--workspace", sample)
    head, *lines = done.stdout.splitlines()
    assert "回头看" in head
    assert len(lines) == 7


def test_why_replays_the_sum(inside, sample, everything):
    """The term lines of the text, added up, give the priority that the list states."""
    longest = max(everything, key=lambda row: len(row["reasons"]))
    for row, lang in ((everything[0], "zh"), (longest, "en")):
        done = inside("rank", DAY, "--why", row["sites"][0], "--workspace", sample, "--lang", lang)
        assert done.returncode == 0
        text = done.stdout[done.stdout.index(f"{row['lookback_id']}  ") :].split("\nLB-")[0].split("\nSC-")[0]
        terms = re.findall(r"^  \S.*? +([+-][\d,]+) +([\d,]+)(?: |$)", text, re.MULTILINE)
        points = [int(term.replace(",", "")) for term, _ in terms]
        assert points == [reason["points"] for reason in row["reasons"]]
        assert sum(points) == row["priority"] == int(terms[-1][1].replace(",", ""))
        for reason in row["reasons"]:
            assert ", ".join(reason["records"]) in text


def test_why_takes_an_operator_or_a_look_back(inside, sample, everything):
    chain = next(row for row in everything if len(row["sites"]) > 1)
    operator = chain["lookback_id"].removeprefix("LB-")
    by_operator = inside("rank", DAY, "--why", operator, "--workspace", sample)
    by_id = inside("rank", DAY, "--why", chain["lookback_id"], "--workspace", sample)
    assert by_operator.stdout == by_id.stdout
    assert chain["lookback_id"] in by_id.stdout


def test_why_of_a_shop_that_owes_nothing(inside, town):
    done = inside("rank", DAY, "--why", "E3", "--workspace", town, "--lang", "en")
    assert done.returncode == 0
    assert done.stdout


def test_why_of_an_unknown_shop_is_exit_2(inside, town):
    done = inside("rank", DAY, "--why", "E99", "--workspace", town)
    assert (done.returncode, done.stdout) == (2, "")
    assert "E99" in done.stderr


WRONG = [["--top", "0"], ["--top", "many"], ["1999-12-31"], ["2101-01-01"], ["--lang", "fr"]]


@pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
def test_wrong_arguments_are_exit_2(arguments, inside, town):
    done = inside("rank", *arguments, "--workspace", town)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(("reader", "more"), [("true", ""), ("head -1", "--json --top 9999")])
def test_reader_of_a_pipe_may_go_away(reader, more, sample):
    """Quietly, whatever of the output was read, and however long the rest of it is."""
    script = f'set -o pipefail; "$1" rank {DAY} --workspace "$2" {more} | {reader}'
    done = lookback(sample, before=("bash", "-c", script, "pipe"))
    assert (done.returncode, done.stderr) == (0, "")
