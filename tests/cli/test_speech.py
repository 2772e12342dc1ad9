"""What the command says: in one language, to people, and never to the terminal behind their backs."""

import json
import re
import unicodedata

import pytest
from command import CHINESE, DAY, lookback


def names(folder):
    """The tables of a workspace as one text: names of shops, operators, districts and people stand in it."""
    tables = (*(folder / "data").glob("*.csv"), *(folder / "districts").glob("*.geojson"))
    return "\n".join(path.read_text("utf-8") for path in tables)


def foreign_words(done, folder):
    """The Chinese that a command said beside names; a name may be cut where its column ends."""
    known = names(folder)
    return [words for words in re.findall(f"{CHINESE.pattern}+", done.stdout + done.stderr) if words not in known]


@pytest.mark.parametrize("arguments", [["check", "--day", DAY], ["rank", DAY, "--top", "600"], ["show"]], ids=" ".join)
def test_english_has_no_chinese_but_names(arguments, inside, planned_sample):
    folder, _ = planned_sample
    done = inside(*arguments, "--workspace", folder, "--lang", "en")
    assert done.returncode == 0
    assert foreign_words(done, folder) == []


SAID = [
    (["rank", DAY, "--why", "E4"], 0),
    (["rank", DAY, "--why", "nobody"], 2),
    (["map"], 0),
    (["verify"], 0),
    (["show", "2030-01-01"], 2),
    (["show", "nowhere.json"], 2),
    (["plan", "2026-11-22", "--steps", "1"], 3),
    (["record", "E1", "not_rectified", "--facts", "illegal"], 0),
    (["record", "E9", "rectified"], 2),
    (["report", "2026-01-01", DAY], 0),
    (["backup", "nowhere/copy.db"], 2),
    (["check", "--day", "yesterday"], 2),
]


@pytest.mark.parametrize(("arguments", "code"), SAID, ids=[" ".join(arguments) for arguments, _ in SAID])
def test_english_has_no_chinese_whatever_happens(arguments, code, inside, own_planned_town):
    done = inside(*arguments, "--workspace", own_planned_town, "--lang", "en")
    assert done.returncode == code
    assert foreign_words(done, own_planned_town) == []


@pytest.mark.parametrize(("arguments", "code"), SAID, ids=[" ".join(arguments) for arguments, _ in SAID])
def test_chinese_says_something_in_chinese(arguments, code, inside, own_planned_town):
    done = inside(*arguments, "--workspace", own_planned_town)
    assert done.returncode == code
    assert foreign_words(done, own_planned_town) or arguments == ["map"]


HOSTILE = {
    "0x9b is an escape": "\x9b31m",
    "escape": "\x1b]0;owned\x07",
    "right to left": "\u202egnirts\u202c",
    "line": "first\u2028second",
    "invisible": "a\u200b\u2066b\ufeff",
    "return": "fine\rSHUT",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_name_steers_the_terminal(text, inside, own_planned_town):
    """Whether a table with such a name is refused or read: nothing of it reaches the terminal but what can be seen."""
    shops = own_planned_town / "data/enterprises.csv"
    rows = shops.read_text("utf-8").replace("North Noodles", f'"North {text} Noodles"')
    shops.write_text(rows.replace(",Noodles,", f",Noo{text},"), "utf-8", newline="")
    plan = own_planned_town / "maps" / DAY / "plan.json"
    document = json.loads(plan.read_text("utf-8"))
    document["duties"][0]["route"][0]["enterprise_id"] = text
    document["unvisited"][0]["reason"] = document["unvisited"][0]["reason_zh"] = text
    plan.write_text(json.dumps(document), "utf-8")
    why = ["rank", "--why", "E1", DAY]
    for arguments in (["check"], ["rank", DAY], why, ["show"], ["show", plan], ["verify", plan]):
        for more in ([], ["--json"]):
            done = inside(*arguments, *more, "--workspace", own_planned_town)
            assert done.returncode in {0, 2}
            said = done.stdout + done.stderr
            assert {char for char in said if unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp"}} <= {"\n"}


def test_json_with_escapes_is_the_same_document(inside, own_planned_town):
    shops = own_planned_town / "data/enterprises.csv"
    shops.write_text(shops.read_text("utf-8").replace(",Noodles,", ",Noo\u202edles\U000e0001,"), "utf-8")
    recusals = own_planned_town / "data/recusals.csv"
    recusals.write_text("officer_id,enterprise_id,operator\n", "utf-8")
    done = inside("rank", DAY, "--json", "--workspace", own_planned_town)
    assert done.returncode == 0, done.stderr
    assert "\u202e" not in done.stdout
    assert "LB-Noo\u202edles\U000e0001" in {row["lookback_id"] for row in json.loads(done.stdout)}


@pytest.mark.parametrize("encoding", ["ascii", "gbk"])
def test_terminal_of_another_encoding_gets_what_it_can_show(encoding, planned_town):
    as_utf8 = ("bash", "-c", f'set -o pipefail; "$@" | iconv -f {encoding} -t utf8', "iconv")
    done = lookback("show", "--workspace", planned_town, PYTHONIOENCODING=encoding, before=as_utf8)
    assert done.returncode == 0
    assert "North Noodles" in done.stdout
    assert ("南苑培训" in done.stdout) == (encoding == "gbk")


def test_language_is_that_of_the_arguments_given(inside, town):
    """``main`` may be called with arguments of its own; those of the process do not matter then."""
    for lang, chinese in (("en", False), ("zh", True)):
        done = inside("show", "--lang", lang, "--workspace", town)
        assert done.returncode == 2
        assert bool(CHINESE.search(done.stderr)) == chinese
