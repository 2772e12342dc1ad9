"""Every defect that we know of: the line it must bring, and nothing else."""

import shutil
import tomllib
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest
import shapely
from formats import workbook, write_layer, write_parquet

from planner import readers
from planner.errors import InputError
from planner.policy import Policy

BAD = Path(__file__).parents[1] / "bad"
DEFECTS = {
    f"{path.parent.name}: {defect['name']}": defect
    for path in sorted(BAD.glob("*/*.toml"))
    for defect in [tomllib.loads(path.read_text("utf-8"))]
}


@pytest.fixture
def workspace(tmp_path):
    """A small workspace in which nothing is wrong or doubtful."""
    return Path(shutil.copytree(BAD / "good", tmp_path / "workspace"))


def spoil(workspace, defect):
    """Make the one edit (or two) that a defect consists of."""
    path = workspace / defect["file"]
    if "instead_of" in defect:
        (workspace / defect["instead_of"]).unlink()
    if defect.get("remove"):
        path.unlink()
    elif "rename" in defect:
        path.rename(workspace / defect["rename"])
    elif "hex" in defect:
        path.write_bytes(bytes.fromhex(defect["hex"]))
    elif "workbook" in defect:
        workbook(path, defect["workbook"], defect.get("merges", ()))
    elif "layer" in defect:
        layer = defect["layer"]
        shapes = list(shapely.from_wkt(layer["shapes"], on_invalid="ignore"))
        if layer["driver"] == "Parquet":
            write_parquet(path, layer["columns"], shapes, layer.get("crs"))
        else:
            write_layer(
                path, layer["columns"], shapes, kind=layer["kind"], driver=layer["driver"], crs=layer.get("crs")
            )
    elif "zip" in defect:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in defect["zip"].items():
                archive.writestr(name, text * defect.get("times", 1))
    elif "text" in defect:
        path.write_text(defect["text"], "utf-8")
    elif "repeat" in defect:
        path.write_text(defect["repeat"] * defect["times"], "utf-8")
    elif "replace" in defect:
        for edit in filter(None, (defect, defect.get("also"))):
            text = path.read_text("utf-8")
            assert text.count(edit["replace"]) == 1, "the text to replace must stand there once"
            path.write_text(text.replace(edit["replace"], edit["with"]), "utf-8")
    if "without" in defect:
        (workspace / defect["without"]).unlink()
    if "cut" in defect:
        path.write_bytes(path.read_bytes()[: defect["cut"]])
    if "zeros" in defect:
        first, last = defect["zeros"]
        data = path.read_bytes()
        path.write_bytes(data[:first] + bytes(last - first) + data[last:])


def lines(workspace):
    """What reading the workspace brings: the lines of the problems, or else those of the warnings."""
    own = workspace / "data" / "policy.toml"
    try:
        policy = Policy.default()
        if own.exists():
            policy = Policy.from_toml(own.read_text("utf-8"), file="data/policy.toml")
        reading = readers.read(workspace, policy)
    except InputError as error:
        return [problem.line() for problem in error.problems]
    return [f"warning: {problem.line()}" for problem in reading.warnings]


def fingerprint(workspace):
    """The names and contents of all files."""
    return {path: sha256(path.read_bytes()).hexdigest() for path in workspace.rglob("*") if path.is_file()}


def test_nothing_is_wrong_with_the_good_workspace(workspace):
    """The defects below are the only ones."""
    assert lines(workspace) == []


@pytest.mark.parametrize("defect", DEFECTS.values(), ids=DEFECTS)
def test_a_defect_is_named(defect, workspace):
    """A defect brings exactly its lines, and no file is touched."""
    spoil(workspace, defect)
    before = fingerprint(workspace)
    assert lines(workspace) == defect["lines"]
    assert fingerprint(workspace) == before


@pytest.mark.parametrize("name", [name for name, defect in DEFECTS.items() if "mend" in defect])
def test_the_message_is_enough_to_mend_the_file(name, workspace):
    """What the worst files say tells what to write; once it is written, nothing is wrong or doubtful."""
    defect = DEFECTS[name]
    spoil(workspace, defect)
    path = workspace / defect["file"]
    for old, new in defect["mend"]:
        text = path.read_text("utf-8")
        assert text.count(old) == 1, "the text to mend must stand there once"
        path.write_text(text.replace(old, new), "utf-8")
    assert lines(workspace) == []


def test_all_defects_are_named_in_one_run(workspace):
    """Defects in every table and both layers come out together, ordered by file, row and column."""
    chosen = [
        "rows: a required cell is empty",
        "cells: a kind that is not known",
        "cells: a day that does not exist",
        "cells: a result that is not known",
        "cells: one aggravation of two is not known",
        "cells: half a visit",
        "cells: an agency that is not known",
        "rows: a shift that ends before it starts",
        "rows: a recusal from nothing",
        "cells: a calendar that answers maybe",
        "links: a violation at an unknown enterprise",
        "links: an authority that no district has",
        "geometry: a bow-tie",
        "geometry: latitude before longitude",
    ]
    for name in chosen:
        spoil(workspace, DEFECTS[name])
    expected = [line for name in chosen for line in DEFECTS[name]["lines"]]
    found = lines(workspace)
    assert sorted(found) == sorted(expected)
    assert len({line.partition(":")[0] for line in found}) == 10


def test_every_problem_is_said_in_chinese_too(workspace):
    """The Chinese line says what was expected, and names the column."""
    spoil(workspace, DEFECTS["cells: a day that does not exist"])
    with pytest.raises(InputError) as caught:
        readers.read(workspace, Policy.default())
    (problem,) = caught.value.problems
    assert problem.line("zh") == f"{problem.line()} | 发现日期:应为存在的日期,写作 2026-03-02"


def test_there_are_enough_defects():
    """No fewer than when they were first gathered, and all of them differ."""
    assert len(DEFECTS) >= 310
