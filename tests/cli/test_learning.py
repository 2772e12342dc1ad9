"""``backtest``, ``learn`` and ``rank --compare`` as one types them."""

import json
import shutil
from pathlib import Path

import pytest
from command import CHINESE, DAY, tree

from planner.policy import Policy


@pytest.fixture(scope="module")
def own_sample(sample, tmp_path_factory):
    """A copy of the sample with a learned card."""
    return Path(shutil.copytree(sample, tmp_path_factory.mktemp("learned") / "shanghai"))


def test_backtest_reports_and_writes_nothing_but_the_chart(inside, sample, tmp_path):
    """Chance near zero, hindsight first, each window a row."""
    before = tree(sample)
    chart = tmp_path / "backtest.html"
    done = inside("backtest", "--json", "--chart", chart, "--workspace", sample)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    days = {order: found["orders"][order]["days_earlier"] for order in found["orders"]}
    assert abs(days["chance"]) < 1 < days["oracle"]
    assert days["learned"] >= days["default"] - found["orders"]["default"]["standard_error"]
    assert sum(window["violations"] for window in found["windows"]) == found["violations"]
    assert found["coverage"]["district"]
    assert "<svg" in chart.read_text("utf-8")
    assert tree(sample) == before


def test_learn_writes_a_card_that_rank_uses(inside, own_sample):
    """What --why shows then adds up, line by line, and --compare shows who moves."""
    chart = own_sample / "card.html"
    done = inside("learn", "--write", "--chart", chart, "--workspace", own_sample)
    assert done.returncode == 0, done.stderr
    assert "<svg" in chart.read_text("utf-8")
    assert CHINESE.search(done.stdout)
    policy = Policy.from_toml((own_sample / "data/policy.toml").read_text("utf-8"), file="policy.toml")
    assert policy.card.learned_until == DAY
    assert 0 < len(policy.card.lines) <= 20

    (first,) = json.loads(inside("rank", DAY, "--top", "1", "--json", "--workspace", own_sample).stdout)
    terms = {line.term for line in policy.card.lines}
    learned = [reason for reason in first["reasons"] if reason["term"] in terms]
    assert learned
    assert any(reason["records"] for reason in learned)
    assert first["priority"] == sum(reason["points"] for reason in first["reasons"])
    why = inside("rank", DAY, "--why", first["sites"][0], "--lang", "en", "--workspace", own_sample).stdout
    assert f"{first['priority']:,}" in why
    assert not CHINESE.search(why.partition("\n")[2])

    moves = json.loads(inside("rank", DAY, "--compare", "default", "--json", "--workspace", own_sample).stdout)
    assert any(row["rank"] != row["other_rank"] for row in moves)
    assert next(row for row in moves if row["lookback_id"] == first["lookback_id"])["priority"] == first["priority"]


def test_a_small_history_leaves_the_default_card(inside, town):
    """It says why, writes nothing, and exits as for nothing feasible."""
    before = tree(town)
    done = inside("learn", "--write", "--lang", "en", "--workspace", town)
    assert done.returncode == 3
    assert "too small" in done.stdout
    assert tree(town) == before
    assert inside("learn", "--workspace", town).returncode == 0
    assert inside("backtest", "--workspace", town).returncode == 0


def test_a_history_from_elsewhere(inside, tmp_path):
    """Columns by mapping; --write is refused there."""
    (tmp_path / "shops.csv").write_text("id,name,lat,lon\n1,a,41.9,-87.6\n", "utf-8")
    (tmp_path / "checks.csv").write_text("id,when,bad\n1,2013-01-02,1\n", "utf-8")
    files = ("--inspections", tmp_path / "checks.csv", "--enterprises", tmp_path / "shops.csv")
    names = ("--map", "id=enterprise_id", "--map", "when=date", "--map", "bad=found", "--lang", "en")
    done = inside("backtest", *files, *names)
    assert done.returncode == 0
    assert "checks.csv: column found: from 'bad'" in done.stderr
    assert "too short" in done.stdout
    assert inside("learn", *files, *names, "--write").returncode == 2
    assert inside("backtest", *files, "--map", "bad=inspector").returncode == 2
    assert inside("backtest", "--inspections", tmp_path / "checks.csv").returncode == 2


def test_a_card_that_cannot_be_read_is_named(inside, sample, tmp_path):
    card = tmp_path / "card.toml"
    card.write_text('[card]\nlearned_until = "2026-11-01"\nlines = [{ term = "inspector", points = 1, steps = [1] }]\n')
    done = inside("rank", DAY, "--compare", card, "--lang", "en", "--workspace", sample)
    assert done.returncode == 2
    assert "card.lines.0.term: 'inspector' is not one of" in done.stderr
    assert inside("rank", DAY, "--compare", tmp_path / "none.toml", "--workspace", sample).returncode == 2
