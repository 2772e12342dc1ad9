"""What is written about the program is true: examples run, lists are complete, nothing of our desks is in it."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from typer.main import get_command

from planner.cli import app
from planner.cli.front import overview

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
VERBS = get_command(app).commands
OVERVIEWS = overview("en") + overview("zh")


def tracked():
    """The files that belong to the project: those that git knows, or all that are not generated."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


# Examples


def test_python_of_the_readme_runs(monkeypatch, capsys):
    """As it stands there, from the top of the repository, which is a workspace itself."""
    monkeypatch.chdir(ROOT)
    code = "\n".join(blocks("python"))
    assert code
    names = {}
    exec(compile(code, "README.md", "exec"), names)  # noqa: S102
    said = capsys.readouterr().out
    assert "T01" in said
    assert "LB-" in said
    assert "plan.html" in names["pages"]


def test_make_targets_of_the_readme_exist():
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = set(re.findall(r"^make (\w+)", "\n".join(blocks("sh")), re.MULTILINE)) | set(
        re.findall(r"`make (\w+)`", README)
    )
    assert {"plan", "test"} <= named <= targets


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_an_example_wherever_one_looks(verb):
    """In its own help, in the overview and in the README."""
    assert re.search(rf"Example: lookback {verb}\b", VERBS[verb].help)
    for lang in ("zh", "en"):
        assert re.search(rf"^  {verb} .* lookback {verb}\b", overview(lang), re.MULTILINE)
    assert re.search(rf"^\| `{verb}` \| `lookback {verb}\b", README, re.MULTILINE)


def test_no_verb_is_promised_that_does_not_exist():
    promised = set(re.findall(r"\blookback ([a-z]+)\b", README + OVERVIEWS))
    assert promised - {"alone", "plans"} <= VERBS.keys()


def examples():
    """Every call of the command that a help text, the overview, the README or the changelog shows."""
    texts = [
        OVERVIEWS,
        README,
        (ROOT / "CHANGELOG.md").read_text("utf-8"),
        *(command.help for command in VERBS.values()),
    ]
    texts += [path.read_text("utf-8") for path in (ROOT / "planner/folder").glob("*.md")]
    shown = {line for text in texts for line in re.findall(r"\blookback ((?:[a-z]+)(?: [^`\s·]+)*)", text)}
    return sorted(line for line in shown if line.split()[0] in VERBS)


@pytest.mark.parametrize("example", examples())
def test_options_of_every_example_exist(example):
    verb, *arguments = example.split()
    options = {option for parameter in VERBS[verb].params for option in parameter.opts}
    assert {argument for argument in arguments if argument.startswith("-")} <= options | {"--help"}


def test_every_verb_speaks_both_languages_in_its_help():
    for name, command in VERBS.items():
        assert re.search("[\u4e00-\u9fff]", command.help), name


def test_every_verb_takes_what_all_verbs_take():
    """``init`` makes the workspace that the others take, and has nothing to say to a machine."""
    for name, command in VERBS.items():
        options = {option for parameter in command.params for option in parameter.opts}
        assert "--lang" in options
        if name != "init":
            assert {"--workspace", "--json"} <= options, name


# Versions and links


def test_changelog_has_an_entry_for_the_version():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    newest = re.search(r"^## (\S+)(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
    assert newest[1] == version
    assert re.search(r"^- \S", newest[2], re.MULTILINE)


def test_links_lead_somewhere():
    for path in tracked():
        if path.suffix == ".md":
            for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text("utf-8")):
                if "://" not in target:
                    assert (path.parent / target).exists(), f"{path.relative_to(ROOT)}: {target}"


def test_every_folder_at_the_top_explains_itself():
    tops = {path.relative_to(ROOT).parts[0] for path in tracked() if len(path.relative_to(ROOT).parts) > 1}
    for top in sorted(tops):
        if not top.startswith(".") and top != "docs":
            assert (ROOT / top / "README.md").exists(), top


# Nothing of ours


HOMES = re.compile(rb"/(?:root|home|Users|work)/[A-Za-z0-9_]|[A-Z]:\\Users\\")


def test_no_path_of_a_machine_is_in_any_file():
    for path in tracked():
        if path != Path(__file__):
            found = HOMES.search(path.read_bytes())
            assert not found, f"{path.relative_to(ROOT)}: {found[0]}"


def test_text_files_are_utf_8_with_plain_line_ends():
    for path in tracked():
        if path.suffix in {".py", ".md", ".toml", ".csv", ".geojson", ".json", ".css", ".js"}:
            content = path.read_bytes()
            assert b"\r" not in content, path
            assert content.decode("utf-8").endswith("\n") or not content, path
