"""Which pages there are, what each of them knows, and that they are the same bytes each time."""

import hashlib
import json
import re
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import hamlet as towns
import pytest

from planner.draw import Edition, pages, texts
from planner.draw.colours import COLOURS
from planner.draw.document import SCRIPTS
from planner.eligibility import Rule


def content(html):
    """What a page's island holds."""
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)[1])


def test_a_page_for_the_planner_and_one_for_each_team_with_a_route(hamlet):
    plan, register = hamlet
    assert list(pages(plan, register)) == ["plan.html", "T01.html", "T02.html"]
    idle = replace(plan, duties=(plan.duties[0], replace(plan.duties[1], route=())))
    assert list(pages(idle, register)) == ["plan.html", "T01.html"]


def test_drawing_again_gives_the_same_bytes(hamlet):
    assert pages(*hamlet) == pages(*hamlet)


@pytest.mark.parametrize("seed", ["1", "2"])
def test_another_process_draws_the_same_bytes(drawn, seed):
    code = (
        "import hashlib, hamlet; from planner.draw import pages\n"
        "print(hashlib.sha256(repr(pages(*hamlet.hamlet())).encode()).hexdigest())"
    )
    here = Path(__file__).parent
    environment = {
        "PYTHONHASHSEED": seed,
        "PYTHONPATH": f"{here.parent}:{here.parents[1]}",
        "LC_ALL": "C",
        "TZ": "Asia/Tokyo",
    }
    other = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert other.stdout.strip() == hashlib.sha256(repr(drawn).encode()).hexdigest()


def test_a_team_page_holds_nothing_of_others(drawn):
    """Not their names, not what they do, not what the plan leaves."""
    page = drawn["T01.html"]
    others = "T02 东区一组 苏瑞 店E1 店E2 店E3 店W4 E1路 E3路 连锁东 时间不够 V-W4"
    assert not [other for other in others.split() if other in page]
    assert not {"totals", "bound", "unvisited", "rules", "files"} & content(page).keys()
    assert {"西区一组", "范明达", "西一咖啡"} <= set(re.findall(r"[\w]+", page))


def test_the_risk_class_is_on_no_page(drawn):
    assert not any(towns.RISK in page or "risk_class" in page for page in drawn.values())


def test_a_finding_at_another_site_of_the_operator_does_not_name_the_site(hamlet):
    plan, register = hamlet
    at_e3 = towns.visit("E3", 14 * 3600, lookback_id="LB-连锁东", reasons=towns.visit("E2", 0).reasons)
    moved = replace(plan, duties=(plan.duties[0], replace(plan.duties[1], route=(at_e3,))))
    page = pages(moved, register)["T02.html"]
    (found,) = content(page)["duties"][0]["visits"][0]["findings"]
    assert found["note"] == "在E2发现"
    assert not found["here"]
    assert "店E2" not in page


def test_open_findings_come_before_rectified_ones(drawn):
    findings = content(drawn["T01.html"])["duties"][0]["visits"][0]["findings"]
    assert [found["record"] for found in findings] == ["V-W1", "V-old"]
    assert findings[0]["aggravations"] == ["Aggravation.face", "Aggravation.minors"]


def test_a_visit_says_what_it_is(drawn):
    visits = content(drawn["plan.html"])["duties"]
    assert [v["class"] for v in visits[0]["visits"]] == ["mandatory", "look_back", "spot_check"]
    assert [v["any_site"] for v in visits[1]["visits"]] == [False, True]
    assert visits[0]["rest_before"] == 2
    assert (visits[0]["visits"][0]["start"], visits[0]["visits"][1]["wait"], visits[0]["back"]) == ("10:00", 5, "13:45")


def test_the_unvisited_are_mandatory_first_with_a_count_for_each_rule(drawn):
    knows = content(drawn["plan.html"])
    assert [u["lookback"] for u in knows["unvisited"]] == ["LB-W4", "LB-E3"]
    assert {rule["label"][0]: rule["count"] for rule in knows["rules"]} == {"时间不够": 1, "当天不营业": 1}


def test_details_of_reasons_are_put_into_words(drawn):
    reason = content(drawn["T01.html"])["duties"][0]["visits"][0]["reasons"][0]
    assert reason["detail"] == ["责令限期改正 6", "order to correct 6"]


def test_a_plan_of_several_days_has_them_all(hamlet):
    plan, register = hamlet
    later = towns.DAY + timedelta(days=1)
    week = replace(plan, horizon=(towns.DAY, later), duties=(*plan.duties, replace(plan.duties[0], day=later)))
    drawn = pages(week, register)
    assert [d["day"] for d in content(drawn["plan.html"])["duties"]] == [0, 0, 1]
    assert [d["date"] for d in content(drawn["T01.html"])["days"]] == ["2026-11-24", "2026-11-25"]
    assert len(content(drawn["T02.html"])["days"]) == 1


def test_a_plan_without_any_route_is_drawn_too(hamlet):
    plan, register = hamlet
    nothing = replace(plan, duties=tuple(replace(d, route=()) for d in plan.duties), bound=None)
    assert list(pages(nothing, register)) == ["plan.html"]


@pytest.mark.parametrize(("lang", "words"), [("zh", "回头看 · 检查路线"), ("en", "Look-backs · routes")])
def test_a_page_opens_in_the_language_asked_for(hamlet, lang, words):
    page = pages(*hamlet, Edition(lang))["plan.html"]
    assert f'<span data-t="title">{words}</span>' in page
    assert f"<title>{words} · 2026-11-24</title>" in page


def test_colours_tell_36_teams_apart_and_their_numbers_can_be_read():
    """Contrast as WCAG 2 reckons it."""

    def luminance(colour):
        parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05

    assert len({colour.fill for colour in COLOURS}) == 36
    for fill, ink in COLOURS:
        dark, light = sorted((luminance(fill), luminance(ink)))
        assert light / dark >= 4.5, fill


@pytest.mark.parametrize("kind", texts.TEXTS)
def test_every_word_is_said_somewhere(kind):
    """A text that no page of its kind says is dead; one that is missing breaks a page."""
    folder = Path(texts.__file__).parent
    scripts = "".join((folder / "static" / name).read_text("utf-8") for name in SCRIPTS[kind])
    code = scripts + "".join(path.read_text("utf-8") for path in sorted(folder.glob("*.py")) if path.name != "texts.py")
    said = set(re.findall(r'"(\w+)"|`\w*\$|(\w+):', code))
    said = {word for pair in said for word in pair if word}
    spoken = (
        "weekday_",
        "status_",
        "service_",
        "lane_",
        "side_",
        "short_",
        "line_",
        "sign_",
        "aspect_",
        "cause_",
        "tab_",
        "to_",
    )
    known = texts.TEXTS[kind]
    assert [key for key in known if key not in said and not key.startswith(spoken)] == []
    assert [key for key in re.findall(r'\bt\("(\w+)"', scripts) if key not in known] == []


def test_every_text_is_there_in_both_languages():
    for label in (label for words in texts.TEXTS.values() for label in words.values()):
        assert re.findall(r"\{\w+\}", label.zh) == re.findall(r"\{\w+\}", label.en)
        assert label.zh
        assert label.en


def test_every_rule_has_a_label():
    assert set(texts.RULES) == set(Rule)
