"""
Somebody else's files, damaged or put together at random: taken in or refused, and what was taken in reads as it was.

Had again as those of ``test_fuzz``; a few of them are the command's own.
"""

import csv
import io
import json
import random
import shutil
import time
from pathlib import Path

import pytest
import shapely
from command import tree
from damage import FEW, FIRST, FORMATS, GOOD, MOST_SECONDS, NASTY, SHARES, layer, make, one_spoilt, parts
from formats import workbook

from planner import readers
from planner.errors import InputError
from planner.geo import Datum
from planner.policy import Policy
from planner.readers.headings import chosen
from planner.readers.importing import ROW, Wishes, imported
from planner.readers.records import records
from planner.readers.sheet import Findings
from planner.readers.tables import BARRIERS, DISTRICTS, ENTERPRISES, TABLES, VIOLATIONS
from planner.workspace import Workspace

POLICY = Policy.default()
EXTENT = POLICY.workspace.extent
BY_COMMAND = 12
"""Of so many tries, one is the command's."""


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """A copy of the good workspace."""
    return Path(shutil.copytree(GOOD, tmp_path_factory.mktemp("imports") / "town"))


def restored(town):
    """The workspace as it was."""
    shutil.rmtree(town)
    shutil.copytree(GOOD, town)


def reads_as_it_was(made, target, policy=POLICY):
    """What was written is read without a problem or a doubt that the import did not name, and says the same."""
    table, findings = made.table, Findings()
    sheet = chosen(readers.sheets(target, target.name, table), table.names, table.needed)
    found = records(table, sheet, findings, policy.workspace.extent)
    assert [problem.line() for problem in findings.problems] == []
    assert [warning.line() for warning in findings.warnings] == []
    assert [row.cells for row in found.rows] == [record.cells for record in made.records]
    assert [(row.polygons, row.line) for row in found.rows] == [(row.polygons, row.line) for row in made.records]


def is_named(problems):
    """There is one at least, and each is said on one line in both languages."""
    assert problems
    for problem in problems:
        assert problem.file
        assert problem.message
        assert len(problem.line("zh").splitlines()) == 1


def taken(town, path, table, wishes):
    """Import as the command does; whether it was taken in. Refused, it has touched nothing."""
    before, start = tree(town), time.monotonic()
    at = Workspace.at(town)
    try:
        found = readers.sheets(path, path.name, table)
        made = imported(table, found, wishes, EXTENT, readers.known_ids(town, table, POLICY))
        target = at.take_in(made, replace=True, lang="zh")
    except InputError as wrong:
        is_named(wrong.problems)
        assert tree(town) == before
        return False
    finally:
        assert time.monotonic() - start < MOST_SECONDS
    if made.records:
        reads_as_it_was(made, target)
    restored(town)
    return True


def taken_by_command(inside, town, path, table, *asked):
    """Import by the command; whether it was taken in."""
    before = tree(town)
    done = inside("import", path, "--as", table.name, "--replace", "--workspace", town, *asked)
    assert done.returncode in {0, 2}, done.stderr
    if done.returncode:
        assert done.stderr.strip()
        assert tree(town) == before
        return False
    restored(town)
    return True


def asks(dice, table):
    """Something a person may say of a file that needs nothing said of it."""
    return Wishes(
        leave_out=dice.random() < 0.5,
        datum=dice.choice([None, None, *Datum]) if table in {ENTERPRISES, DISTRICTS} else None,
        constants={"operator": "Noodles"} if table is ENTERPRISES and dice.random() < 0.2 else {},
    )


def options(wishes):
    """The same for the command."""
    said = [text for name, value in wishes.constants.items() for text in ("--set", f"{name}={value}")]
    said += ["--leave-out"] * wishes.leave_out
    return [*said, "--datum", wishes.datum.value] if wishes.datum else said


IMPORTED = [name for name in FORMATS if not name.endswith(".toml")] + ["data/violations.xlsx"]


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("name", IMPORTED)
def test_a_damaged_file_is_taken_in_or_refused(name, share, town, child, inside, tmp_path):
    """Never a crash, never for long, and nothing is written of what is refused."""
    path = tmp_path / Path(name).name
    table = next((table for table in TABLES if table.name == path.stem), DISTRICTS)
    make(path)
    whole = parts(path)
    assert taken(town, path, table, Wishes()), "the file is good before it is damaged"
    accepted = []
    for k in range(FIRST + share, FIRST + max(FEW, SHARES), SHARES):
        with one_spoilt(f"import {name} {k}", whole) as dice:
            wishes = asks(dice, table)
            if k // SHARES % BY_COMMAND == 0:
                accepted.append(taken_by_command(inside, town, path, table, *options(wishes)))
            else:
                accepted.append(taken(town, path, table, wishes))
    print(f"import {name}: {sum(accepted)} of {len(accepted)} accepted")  # noqa: T201


ODD = [
    *[
        "x",
        "x",
        "备注",
        "类型",
        "企业\n编号",
        "名称(必填)",
        "geometry",
        "合计",
        "a+b",
        "\x00x",
        "=1",
        "Ｎａｍｅ",
        "序号",
    ],
    "",
    " ",
]
ODD_CELLS = [
    *NASTY, "合计", "小计:", "'", "''", "'=", "\u2028", "0.00001", "1e-05", "120.0", "-1", "121.45,31.22",
    "A;B\nC;D\nE;F\nG;H\nI;J\nK;L", "a\r\nb", "a\rb", "。", "'-1", "00:00", "24:00", "0.1", "+31.2",
    "2026-03-02 09:30", "\t=1", "'@x", " =1", "＝1",
]  # fmt: skip


def headings(dice, table):
    """Their headings for some of our columns, and others beside them; and where the values for each come from."""
    columns = [column for column in table.columns if column.required or dice.random() < 0.7]
    columns = [column for column in columns if dice.random() < 0.97]
    theirs = [
        (dice.choice(ODD) if dice.random() < 0.05 else dice.choice(column.names), column.name) for column in columns
    ]
    theirs += [(dice.choice([*ODD, dice.choice(table.columns).name]), "") for _ in range(dice.choice([0, 0, 1, 2]))]
    dice.shuffle(theirs)
    return theirs


def wishes_for(dice, table, theirs):
    """What a person may say: headings that are there and are not, joined and parted, constants, values, and rows."""
    names = [column.name for column in table.columns]
    any_heading = [heading for heading, _ in theirs if heading.strip()] or ["x"]
    renamed = {}
    for _ in range(dice.choice([0, 0, 1, 1, 2, 4])):
        heading = dice.choice([*any_heading, *ODD, "+".join(dice.choices(any_heading, k=2))]).strip() or "x"
        renamed[heading] = dice.choice([dice.choice(names), "", "+".join(dice.choices(names, k=2))])
    renamed |= {heading: ours for heading, ours in theirs if ours and heading.strip() and dice.random() < 0.2}
    constants = {
        dice.choice(names): dice.choice([dice.choice(ODD_CELLS), ROW, f"R{ROW}", "retail", "2026-03-02"])
        for _ in range(dice.choice([0, 0, 0, 1, 2]))
    }
    values = {
        (dice.choice(names), dice.choice(["*", *ODD_CELLS])): dice.choice(ODD_CELLS)
        for _ in range(dice.choice([0, 0, 1, 2]))
    }
    kept = {dice.choice(any_heading): frozenset(dice.choices(ODD_CELLS, k=3))} if dice.random() < 0.08 else {}
    later = table is VIOLATIONS and dice.random() < 0.3
    return Wishes(
        renamed=renamed,
        constants=constants,
        values=values,
        only=kept,
        rectified_by={dice.choice(any_heading): frozenset({"over_collection", "case"})} if later else {},
        datum=dice.choice([None, None, *Datum]),
        leave_out=dice.random() < 0.6,
    )


def good_rows(table):
    """The good workspace's rows of a table, by column."""
    if table.shape in {"polygon", "line"}:
        text = (GOOD / "districts" / f"{table.name}.geojson").read_text("utf-8")
        return [{k: "" if v is None else v for k, v in f["properties"].items()} for f in json.loads(text)["features"]]
    return list(csv.DictReader(io.StringIO((GOOD / "data" / f"{table.name}.csv").read_text("utf-8"))))


def rows_for(dice, table, theirs):
    """The good table's rows under their headings, some cells odd; titles above, sums below."""
    chance = dice.choice([0, 0.02, 0.1, 0.4])
    rows = [
        [
            dice.choice(ODD_CELLS) if dice.random() < (chance if ours else 0.3) else row.get(ours, "")
            for _, ours in theirs
        ]
        for row in good_rows(table) * dice.choice([1, 1, 2, 9])
    ]
    rows = [[heading for heading, _ in theirs], *rows]
    if table.shape in {"polygon", "line"}:
        return rows
    if dice.random() < 0.1:
        rows.insert(0, ["2026年台账"])
    if dice.random() < 0.1:
        rows.append(["合计", str(len(rows))])
    return rows


def written(dice, rows, path, table):
    """The rows in one of the formats of the table."""
    kind = dice.choice(["csv", "csv", "xlsx"] + ["geojson", "gpkg"] * (table is ENTERPRISES))
    if table in {DISTRICTS, BARRIERS}:
        kind = "geojson"
    path = path.with_suffix(f".{kind}")
    path.unlink(missing_ok=True)
    if kind == "csv":
        stream = io.StringIO()
        csv.writer(stream, delimiter=dice.choice(",,;\t")).writerows(rows)
        path.write_bytes(stream.getvalue().encode(dice.choice(["utf-8", "utf-8-sig", "gb18030"]), "replace"))
    elif kind == "xlsx":
        workbook(path, {"Sheet1": rows, **({"说明": [["无"]]} if dice.random() < 0.3 else {})})
    elif table is ENTERPRISES:
        rows = [row for row in rows if len(row) == len(rows[-1])] if len(rows[0]) > 1 else rows[1:]
        columns = {name.replace("\0", "") or "c": _column(rows[1:], k) for k, name in enumerate(rows[0])}
        crs = dice.choice(["EPSG:4326", "EPSG:4326", "EPSG:32651", "EPSG:4490"])
        west, south, step = (352_000, 3_455_000, 50) if crs == "EPSG:32651" else (121.45, 31.22, 0.001)
        points = [None if dice.random() < 0.1 else shapely.Point(west + k * step, south) for k in range(len(rows) - 1)]
        layer(path, "Point", columns, points, crs=crs)
    else:
        header, *cells = rows
        shapes = [_shape(table, k) for k in range(len(cells))]
        features = [
            {"type": "Feature", "properties": dict(zip(header, row, strict=True)), "geometry": shape}
            for row, shape in zip(cells, shapes, strict=True)
        ]
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return path


def _shape(table, k):
    """A square or a line, each east of the one before."""
    shape = shapely.box(121.4 + k / 100, 31.2, 121.41 + k / 100, 31.21)
    return shapely.geometry.mapping(shape if table is DISTRICTS else shapely.LineString(shape.exterior.coords[:2]))


def _column(rows, k):
    return [(row[k] if k < len(row) else "").replace("\0", "") for row in rows]


@pytest.mark.parametrize("share", range(SHARES))
def test_a_table_put_together_at_random_is_taken_in_or_refused(share, town, child, tmp_path):
    """Whatever its headings, and whatever a person says of them."""
    accepted = []
    for k in range(FIRST + share, FIRST + max(FEW, 40), SHARES):
        dice = random.Random(f"import table {k}")
        table = dice.choice([*TABLES, DISTRICTS, BARRIERS])
        theirs = headings(dice, table) or [("x", "")]
        rows = rows_for(dice, table, theirs)
        path = written(dice, rows, tmp_path / "theirs", table)
        wishes = wishes_for(dice, table, theirs) if dice.random() < 0.7 else Wishes(leave_out=True)
        try:
            accepted.append(taken(town, path, table, wishes))
        except BaseException:
            print(f"try {k}: {table.name} {path.suffix}\n{rows}\n{wishes}")  # noqa: T201
            raise
    print(f"import tables: {sum(accepted)} of {len(accepted)} accepted")  # noqa: T201
    assert any(accepted)
