"""What the command says: in one language, to people, and never to the terminal behind their backs."""

import json
import re
import signal
import unicodedata

import pytest
from command import DAY, lookback

from planner.cli import main

CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")


@pytest.fixture(scope="module")
def chinese_names(planned_sample):
    """Every Chinese word that stands in the tables of the sample: names of shops, operators, districts and people."""
    folder, _ = planned_sample
    words = set()
    for path in (*(folder / "data").glob("*.csv"), *(folder / "districts").glob("*.geojson")):
        words |= set(re.findall(r"[^\s,;\"'|:]*[\u4e00-\u9fff][^\s,;\"'|]*", path.read_text("utf-8")))
    return re.compile("|".join(sorted(map(re.escape, words), key=len, reverse=True)))


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "--day", DAY],
        ["rank", DAY, "--top", "600"],
        ["rank", DAY, "--why", "E00601"],
        ["show"],
        ["map"],
        ["verify"],
        ["show", "2030-01-01"],
        ["rank", DAY, "--why", "nobody"],
        ["plan", "2026-11-22"],
    ],
    ids=" ".join,
)
def test_english_has_no_chinese_but_names(arguments, planned_sample, chinese_names):
    folder, _ = planned_sample
    done = lookback(*arguments, "--workspace", folder, "--lang", "en")
    said = chinese_names.sub("", done.stdout + done.stderr)
    assert not CHINESE.search(said), CHINESE.findall(said)
    assert "Traceback" not in said


HOSTILE = {
    "0x9b is an escape": "\x9b31m",
    "escape": "\x1b]0;owned\x07",
    "right to left": "\u202egnirts\u202c",
    "line": "first\u2028second",
    "invisible": "a\u200b\u2066b\ufeff",
    "return": "fine\rSHUT",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_name_steers_the_terminal(text, own_planned_town, capsys):
    """Whether a table with such a name is refused or read: nothing of it reaches the terminal but what can be seen."""
    shops = own_planned_town / "data/enterprises.csv"
    rows = (
        shops.read_text("utf-8")
        .replace("North Noodles", f'"North {text} Noodles"')
        .replace(",Noodles,", f",Noo{text},")
    )
    shops.write_text(rows, "utf-8", newline="")
    plan = own_planned_town / "maps" / DAY / "plan.json"
    document = json.loads(plan.read_text("utf-8"))
    document["duties"][0]["route"][0]["enterprise_id"] = text
    document["unvisited"][0]["reason"] = document["unvisited"][0]["reason_zh"] = text
    plan.write_text(json.dumps(document), "utf-8")
    for arguments in (
        ["check"],
        ["rank", DAY],
        ["rank", "--why", "E1", DAY],
        ["show"],
        ["show", plan],
        ["verify", plan],
    ):
        for more in ([], ["--json"]):
            handlers = signal.getsignal(signal.SIGTERM)
            with pytest.raises(SystemExit) as done:
                main([*map(str, arguments), *more, "--workspace", str(own_planned_town)])
            signal.signal(signal.SIGTERM, handlers)
            assert done.value.code in {0, 2}
            said = "".join(capsys.readouterr())
            steering = {char for char in said if unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp"}}
            assert steering <= {"\n"}


def test_json_with_escapes_is_the_same_document(own_planned_town):
    shops = own_planned_town / "data/enterprises.csv"
    shops.write_text(shops.read_text("utf-8").replace(",Noodles,", ",Noo\u202edles\U000e0001,"), "utf-8")
    recusals = own_planned_town / "data/recusals.csv"
    recusals.write_text("officer_id,enterprise_id,operator\n", "utf-8")
    done = lookback("rank", DAY, "--json", "--workspace", own_planned_town)
    assert done.returncode == 0, done.stderr
    assert "\u202e" not in done.stdout
    assert "LB-Noo\u202edles\U000e0001" in {row["lookback_id"] for row in json.loads(done.stdout)}


@pytest.mark.parametrize("encoding", ["ascii", "gbk", "latin-1"])
def test_terminal_of_another_encoding_gets_what_it_can_show(encoding, planned_town):
    done = lookback(
        "show",
        "--workspace",
        planned_town,
        PYTHONIOENCODING=encoding,
        before=("bash", "-c", '"$@" | iconv -f latin1 -t utf8', "x"),
    )
    assert done.returncode == 0
    assert "North Noodles" in done.stdout


def test_language_is_that_of_the_arguments_given(town, capsys):
    """``main`` may be called with arguments of its own; those of the process do not matter then."""
    for lang, chinese in (("en", False), ("zh", True)):
        handlers = signal.getsignal(signal.SIGTERM)
        with pytest.raises(SystemExit) as done:
            main(["show", "--lang", lang, "--workspace", str(town)])
        signal.signal(signal.SIGTERM, handlers)
        assert done.value.code == 2
        assert bool(CHINESE.search(capsys.readouterr().err)) == chinese
