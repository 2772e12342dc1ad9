"""Help is in one language: Chinese, or English for those who ask for it, and it fits the terminal."""

import re
from enum import StrEnum

import pytest
from command import CHINESE, DAY
from typer.main import get_command

from planner.cli import app
from planner.cli.events import WORDS
from planner.cli.help import meaning_of, parameters
from planner.outcomes import OutcomeKind
from planner.readers.outside import PLACES, VISITS
from planner.readers.tables import BARRIERS, DISTRICTS, TABLES
from planner.samples import SAMPLES
from planner.solvers import SOLVERS
from planner.writers.terminal import columns

VERBS = dict(get_command(app).commands)
GIVEN = [(verb, parameter, hint) for verb, command in VERBS.items() for parameter, hint in parameters(command)]

NAMES = {"Ctrl", "Excel", "Leuven", "PyVRP", "QGIS", "dask", "amap", "tianditu", "default", "lookback", "risk"}
"""Of programs, services, a key, and of what is typed."""


def choices(hint):
    """The codes that a parameter may be."""
    inner = getattr(hint, "__args__", ()) + getattr(hint, "__metadata__", ())
    own = list(hint) if isinstance(hint, type) and issubclass(hint, StrEnum) else []
    return [*own, *(code for each in inner for code in choices(each))]


TYPED = {
    *NAMES,
    *VERBS,
    *WORDS,
    *SOLVERS,
    *SAMPLES,
    *OutcomeKind,
    *(table.name for table in (*TABLES, DISTRICTS, BARRIERS)),
    *PLACES.names.values(),
    *VISITS.names.values(),
    *(str(code) for _, _, hint in GIVEN for code in choices(hint)),
}
"""Every word that stands in Chinese help because somebody types it, or because it has no other name."""

NO_WORDS = re.compile(
    r"""
      --[a-z-]+              # an option
    | \{\w+\}                # what stands for something in a pattern
    | [\w+]+://[\w:…]*       # an address
    | \w+(?:,\w+)+           # the columns of a table
    | [\w.-]*[/._@][\w./-]*  # a file or a code
    | '\w+='                 # what is typed after an option
    | \bpr\*                 # the beginning of names of files
    | \b[A-Z]+\b             # what stands for a value; JSON, TOML
    """,
    re.VERBOSE,
)


def without_example(text):
    return re.sub(r"^(Example|示例):\n(  .*\n)+", "", text, flags=re.MULTILINE)


@pytest.fixture(autouse=True)
def terminal(monkeypatch):
    """A terminal of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")


@pytest.mark.parametrize(
    ("parameter", "hint"), [each[1:] for each in GIVEN], ids=[f"{verb} {each.name}" for verb, each, _ in GIVEN]
)
def test_every_option_and_argument_has_a_meaning_in_both_languages(parameter, hint):
    meaning = meaning_of(hint)
    assert CHINESE.search(meaning.zh)
    assert meaning.en
    assert not CHINESE.search(meaning.en)
    assert not parameter.help


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_a_verb_says_all_in_both_languages(verb, inside):
    """What the verb does, its example, each of its options, and help itself."""
    for lang in ("zh", "en"):
        told = inside(verb, "--help", "--lang", lang)
        assert (told.returncode, told.stderr) == (0, "")
        about = without_example(told.stdout).split("\n\n")[1]
        assert re.fullmatch(r"(  \S.*\n?)+", about)
        assert bool(CHINESE.search(about)) == (lang == "zh")
        assert re.search(rf"^  lookback {verb}\b", told.stdout, re.MULTILINE)
        for option in ["--help", *(parameter.opts[0] for parameter in VERBS[verb].params if parameter.opts[0] > "-")]:
            if option.startswith("-"):
                assert re.search(rf"^  {option}\b.*\n?\s+\S", told.stdout, re.MULTILINE), option


@pytest.mark.parametrize("verb", VERBS)
def test_english_help_has_no_chinese(verb, inside):
    assert not CHINESE.search(without_example(inside(verb, "--help", "--lang", "en").stdout))


@pytest.mark.parametrize("verb", VERBS)
def test_chinese_help_has_no_english_but_what_is_typed(verb, inside):
    told = without_example(inside(verb, "--help").stdout)
    assert set(re.findall(r"\b[A-Za-z][A-Za-z-]+\b", NO_WORDS.sub(" ", told))) <= TYPED


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("verb", VERBS)
def test_help_fits_the_terminal(verb, lang, inside):
    """A Chinese character takes two columns; a line begins with no comma."""
    lines = inside(verb, "--help", "--lang", lang).stdout.splitlines()
    assert max(map(columns, lines)) <= 80
    assert not [line for line in lines if re.match(r"\s*[,.:;)、。]", line) or line != line.rstrip()]


@pytest.mark.parametrize("verb", VERBS)
def test_meanings_stand_in_one_column(verb, inside):
    """Behind each option that has its meaning on its own line, and below."""
    options = inside(verb, "--help").stdout.split("选项:\n")[1].splitlines()
    starts = {columns(line[: match.end()]) for line in options if (match := re.match(r"  --.*?\S  +|   +", line))}
    assert len(starts) == 1


ENGLISH = [
    ["--lang", "en", "plan", "--help"],
    ["plan", "--help", "--lang", "en"],
    ["plan", "--lang", "en", "--help"],
    ["plan", "--lang=en", "--help"],
    ["plan", "2026-11-24", "--help", "--days", "2", "--lang=en"],
    ["--help", "--lang", "en"],
    ["--lang", "en", "--help"],
]


@pytest.mark.parametrize("arguments", ENGLISH, ids=" ".join)
def test_english_is_asked_for_anywhere_on_the_line(arguments, inside):
    told = inside(*arguments)
    assert (told.returncode, told.stderr) == (0, "")
    assert re.match("Usage: lookback plan|Lookback plans", told.stdout)
    chinese = [argument.replace("en", "zh") if "en" in argument else argument for argument in arguments]
    assert re.match("用法:lookback plan|Lookback 规划", inside(*chinese).stdout)


@pytest.mark.parametrize("arguments", [["--lang", "en", "check"], ["check", "--lang", "en"]], ids=" ".join)
def test_results_are_in_the_language_that_was_asked_for_anywhere_on_the_line(arguments, inside, sample):
    told = inside(*arguments, "--workspace", sample, "--day", DAY)
    assert "enterprises" in told.stdout
    assert not CHINESE.search(told.stdout)


def test_codes_are_explained_by_what_people_call_them(inside):
    told = inside("record", "--help").stdout
    assert "over_collection(过度采)" in told
    assert "operator(运营者任一门店)" in told


def test_limits_and_defaults_are_told(inside):
    """In words, and none for a switch, or where the meaning says it."""
    zh, en = (inside("plan", "--help", "--lang", lang).stdout for lang in ("zh", "en"))
    for said in ("(默认 1;1 至 20)", "(默认 0;", "(不小于 0)", "(默认 pipeline)"):
        assert said in zh
    for said in ("[default: 1; 1 to 20]", "[at least 0]", "[default: pipeline]"):
        assert said in en
    assert "False" not in en
    assert "(必填" in inside("import", "--help").stdout
