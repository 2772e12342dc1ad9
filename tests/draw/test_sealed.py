"""Pages under a passphrase: they say nothing before it is given, and keep what is written under the same key."""

import re

import pytest

from planner.draw import Edition, pages, seal

pytestmark = pytest.mark.browser

WORDS = "correct horse 电池"


@pytest.fixture
def quick(monkeypatch):
    """Guesses that cost little: the rounds are in the page, and the browser does as many as it says."""
    monkeypatch.setattr(seal, "ROUNDS", 1000)


@pytest.fixture
def sealed(quick, hamlet):
    """The hamlet's pages under a passphrase."""
    return pages(*hamlet, Edition(drawn_by="沈计划", passphrase=WORDS))


def test_a_guess_costs_what_it_should():
    assert seal.ROUNDS >= 600_000


def opened(page, words):
    page.locator(".unlock input").fill(words)
    page.locator(".unlock .primary").click()


def test_a_sealed_page_says_nothing_of_its_content(sealed):
    for page in sealed.values():
        text = re.sub(r"<(script|style)\b(?![^>]*json).*?</\1>", "", page, flags=re.DOTALL)
        for word in ("西一咖啡", "西区一组", "T01", "2026-11-24", "范明达", "强制要", "121.4", "31.2", "沈计划"):
            assert word not in text, word


def test_sealing_the_same_page_again_gives_the_same_bytes(sealed, hamlet):
    assert pages(*hamlet, Edition(drawn_by="沈计划", passphrase=WORDS)) == sealed
    nonces = [re.search(r'"nonce":"([^"]+)"', page)[1] for page in sealed.values()]
    salts = [re.search(r'"salt":"([^"]+)"', page)[1] for page in sealed.values()]
    assert len(set(nonces)) == len(set(salts)) == 3


def test_the_passphrase_opens_it_and_another_does_not(sealed, visitor):
    with visitor(sealed, "T01.html", locale="zh-CN") as (page, witness):
        assert not page.locator("#stage").is_visible()
        opened(page, "correct horse")
        page.locator(".unlock .message", has_text="口令不对").wait_for()
        opened(page, WORDS)
        page.locator(".stop-card h3", has_text="西一咖啡").wait_for()
        assert page.locator(".unlock").count() == 0
        assert page.locator(".stop .pin").count() == 3
        assert (witness.requests, witness.errors) == ([], [])


def test_what_is_written_is_kept_under_the_key(sealed, visitor):
    with visitor(sealed, "T01.html") as (page, witness):
        opened(page, WORDS)
        page.locator(".record").first.click()
        page.locator(".outcomes .partly").click()
        page.locator(".facts-field").fill("第 3 步仍要求手机号")
        page.evaluate("drafts.saving")
        kept = page.evaluate("JSON.stringify({ ...localStorage })")
        assert "手机号" not in kept
        assert "partly" not in kept
        page.reload()
        opened(page, WORDS)
        page.locator(".stop-card.finished").wait_for()
        page.locator(".record").first.click()
        assert page.locator(".facts-field").input_value() == "第 3 步仍要求手机号"
        assert witness.errors == []


def test_the_planners_page_opens_too(sealed, visitor):
    with visitor(sealed, "plan.html") as (page, witness):
        opened(page, WORDS)
        page.locator(".choose b", has_text="西区一组").wait_for()
        assert page.locator(".lane").count() == 3
        assert (witness.requests, witness.errors) == ([], [])
