"""Learning: finds what is there, says when nothing is, and puts it into points one can add up."""

import numpy as np
import pytest
from villages import START, places, village, visits

from planner.errors import InputError
from planner.learning.card import MOST_LINES, Card, Line, Scores
from planner.learning.fit import correction, fit, lessons, regression, stability
from planner.learning.history import history
from planner.learning.known import Known
from planner.learning.learn import learn
from planner.plan import Term
from planner.policy import CardLine, CardPolicy, Policy

DEFAULT = Card.of(Policy.default().card)
HISTORY = village(count=200, days=420)
END = START.toordinal() + 420


@pytest.fixture(scope="module")
def taught():
    return lessons(HISTORY, END, 60)


def test_the_card_finds_what_makes_the_difference(taught):
    """Only the chain decides: what it did elsewhere and at the place itself give most points."""
    card = fit(taught)
    worth = {line.term: line.points * len(line.steps) for line in card.lines}
    assert max(worth, key=worth.get) in {Term.OPERATOR, Term.FOUND_EVER, Term.FOUND_LATELY}
    assert 0 < len(card.lines) <= MOST_LINES
    assert all(isinstance(line.points, int) and line.points > 0 for line in card.lines)


def test_the_same_history_teaches_the_same_card(taught):
    assert fit(lessons(HISTORY, END, 60)) == fit(taught)


def test_nothing_is_learned_from_later():
    """Lessons before a day are the same whether or not the history goes on."""
    day = START.toordinal() + 300
    short, long = lessons(HISTORY.until(day), day, 60), lessons(HISTORY, day, 60)
    assert np.array_equal(short.steps, long.steps)
    assert fit(short) == fit(long)


def test_weights_are_never_negative():
    """Even where a step goes with fewer findings."""
    steps = np.arange(200).reshape(-1, 1) % 10
    found = (steps[:, 0] < 4).astype(bool)
    assert regression(steps, found, np.ones(200), 1.0).weights.tolist() == [0.0]
    assert regression(steps, ~found, np.ones(200), 1.0).weights[0] > 0


def test_regression_finds_the_slope_it_was_made_with():
    """Without a penalty, from enough visits, the log-odds come out as they went in."""
    dice = np.random.default_rng(3)
    steps = dice.integers(0, 5, (40_000, 2))
    found = dice.random(40_000) < 1 / (1 + np.exp(2 - 0.5 * steps[:, 0]))
    result = regression(steps, found, np.ones(40_000), 0.0)
    assert result.intercept == pytest.approx(-2, abs=0.1)
    assert result.weights == pytest.approx([0.5, 0.0], abs=0.04)


def test_what_is_visited_more_often_counts_less(taught):
    """The correction never leaves its bounds, and its mean is one."""
    weights = np.zeros(taught.steps.shape[1])
    weights[0] = 1.0
    each = correction(taught, weights)
    assert each.mean() == pytest.approx(1)
    assert (each > 0).all()
    assert each.max() / each.min() <= 9.001


def test_samples_of_the_history_agree_about_what_is_sure(taught):
    """The term with most points has some in nearly every sample, and its spread holds it."""
    card = fit(taught)
    top = max(card.lines, key=lambda line: line.points * len(line.steps))
    spread = stability(taught, samples=10)[top.term]
    assert spread.share >= 0.9
    assert spread.low - 2 <= top.points <= spread.high + 2


def test_a_history_that_tells_more_than_rates_may_stand():
    """Shops are seen every four months: what their chain did elsewhere says more than their own record."""
    result = learn(village(count=300, days=720, every=120), START.toordinal() + 720, DEFAULT, samples=3)
    assert result.refusal is None
    assert result.chance.per_point > 0
    judged = result.judged
    assert judged.total("learned").days > judged.total("default").days + judged.error("learned", "default")


def test_what_the_default_says_as_well_is_not_learned():
    """Seen monthly, a shop's own rate says all there is: nothing stands that is ahead by less than the error."""
    result = learn(HISTORY, END, DEFAULT, samples=3)
    assert result.card is not None
    assert "less than the error" in result.refusal[0]


def test_one_later_window_judges_nothing():
    """There is no telling how much the next one would differ."""
    told = village(count=200, days=140)
    result = learn(told, START.toordinal() + 140, DEFAULT, samples=2)
    assert result.card is not None
    assert "too short" in result.refusal[0]


def test_a_small_history_teaches_no_card():
    result = learn(village(count=10, days=200), START.toordinal() + 200, DEFAULT)
    assert result.card is None
    english, chinese = result.refusal
    assert "too small" in english
    assert "太少" in chinese


def test_a_history_of_pure_chance_is_refused_or_gains_nothing():
    """Nothing tells shops apart: the card does not stand, or it hardly moves anything."""
    told = history(places(200), visits(count=200, days=420, bad=0.3, good=0.3))
    result = learn(told, END, DEFAULT, samples=2)
    gained = result.judged.total("learned").days - result.judged.total("chance").days
    assert result.refusal is not None or gained < 3


def test_no_visits_at_all():
    assert learn(history(places(), []), END, DEFAULT).refusal is not None


# Cards


def test_a_score_is_the_sum_of_its_reasons(taught):
    """For every place, and each reason names records."""
    card = fit(taught)
    known = Known.on(HISTORY, END)
    scores = Scores(card, known)
    for place in range(0, 200, 7):
        reasons = scores.reasons(place)
        assert sum(reason.points for reason in reasons) == scores.total[place]
    assert any(reason.records for reason in scores.reasons(1))
    own = [r for r in scores.reasons(1) if r.term in {Term.FOUND_EVER, Term.FOUND_LATELY, Term.MINOR}]
    assert all(record.startswith(("V001", "(+")) for reason in own for record in reason.records)


def test_records_are_of_before_the_day(taught):
    day = START.toordinal() + 300
    scores = Scores(fit(taught), Known.on(HISTORY, day))
    for place in range(20):
        for reason in scores.reasons(place):
            assert all(int(r.partition("-")[2]) < 300 for r in reason.records if r.startswith("V"))


def test_the_fingerprint_is_of_the_lines_in_any_order():
    lines = (Line(Term.FOUND_EVER, 3, (10.0, 20.0)), Line(Term.OPERATOR, 2, (50.0,)))
    assert Card(lines).fingerprint == Card(lines[::-1]).fingerprint
    assert Card(lines).fingerprint != Card(lines[:1]).fingerprint


def test_lines_that_no_card_may_have_are_all_named():
    """One of no known term, one twice."""

    def line(term):
        return CardLine(term=term, points=1, steps=(1.0,))

    wrong = CardPolicy(
        learned_until="",
        drawn_percent=0,
        drawn_points=0,
        drawn_seed=0,
        lines=(line("inspector"), line("around"), line("around")),
    )
    with pytest.raises(InputError) as error:
        Card.of(wrong)
    assert [problem.column for problem in error.value.problems] == ["card.lines.0.term", "card.lines.2.term"]
