"""Files as sheets: lines as editors count them, and GeoJSON as others write it."""

import json
import shutil
from pathlib import Path

import pytest

from planner import readers
from planner.errors import InputError
from planner.geo import LonLat
from planner.policy import Policy
from planner.readers import csv, geojson, headings, sheet
from planner.readers.headings import find_header

GOOD = Path(__file__).parents[1] / "bad" / "good"
SQUARE = [[121, 31], [121.01, 31], [121.01, 31.01], [121, 31.01], [121, 31]]


def csv_sheet(tmp_path, text):
    """The sheet of a CSV file with that text."""
    path = tmp_path / "table.csv"
    path.write_bytes(text.encode())
    (found,) = csv.sheets(path, "data/table.csv")
    return find_header(found, {})


def geojson_sheet(tmp_path, features, **members):
    """The sheet of a GeoJSON file with those features."""
    path = tmp_path / "layer.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **members}), "utf-8-sig")
    (found,) = geojson.sheets(path, "districts/layer.geojson")
    return found


def feature(kind, coordinates, **properties):
    """A GeoJSON feature."""
    return {"type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": coordinates}}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rows_are_numbered_as_an_editor_does(tmp_path, end):
    """By the line on which they start: blank lines count, and so do the lines within a cell."""
    text = f'a,b{end}{end}1,"x{end}y"{end}2,z{end},{end}3,w'
    found = csv_sheet(tmp_path, text)
    assert [(row.number, row.cells[0]) for row in found.rows] == [(3, "1"), (5, "2"), (7, "3")]
    assert found.rows[0].cells[1] == f"x{end}y"


def test_rows_after_a_broken_quote_are_read(tmp_path):
    """One open quote hides no other row, nor what is wrong with it."""
    found = csv_sheet(tmp_path, 'a,b\n1,"x\n2,y\n3,z,4\n')
    assert [problem.row for problem in found.problems] == [2, 4]
    assert [row.cells for row in found.rows if not row.broken] == [("2", "y")]


def test_a_file_of_quotes_is_given_up(tmp_path):
    """Quickly, and with one line."""
    with pytest.raises(InputError, match="too many unbalanced quotes"):
        csv_sheet(tmp_path, "a,b\n" + 'x"y,"\n' * 1_000 + '"z"z\n' * 1_000)


def test_columns_that_a_spreadsheet_leaves_behind_are_left_out(tmp_path):
    """No name and no value in any row; with a value somewhere, the column stays and is pointed out."""
    assert csv_sheet(tmp_path, "a,,b,\n1,,2,\n").header == ("a", "b")
    assert csv_sheet(tmp_path, "a,,b,\n1,,2,\n").rows[0].cells == ("1", "2")
    assert csv_sheet(tmp_path, "a,,b,\n1,,2,3\n").header == ("a", "b", "")


def test_a_long_cell_is_a_problem(tmp_path):
    """Most often a quote that was opened a page above."""
    (problem,) = csv_sheet(tmp_path, f"a,b\n1,{'x' * 10_001}\n").problems
    assert (problem.row, problem.column) == (2, "b")


@pytest.mark.parametrize(
    ("limit", "text"),
    [
        ("MAX_ROWS", "a\n1\n2\n3\n4\n"),
        ("MAX_LINES", "a\n\n\n\n"),
        ("MAX_COLUMNS", "a,b,c\n"),
        ("MAX_BYTES", "a\n1\n2\n"),
    ],
)
def test_a_table_has_bounds(tmp_path, monkeypatch, limit, text):
    """Rows, columns and bytes."""
    home = {"MAX_BYTES": sheet, "MAX_COLUMNS": headings}.get(limit, csv)
    monkeypatch.setattr(home, limit, 2)
    with pytest.raises(InputError, match=r"(more|larger) than 2"):
        csv_sheet(tmp_path, text)


def test_heights_are_left_out(tmp_path):
    """A position may have a third number, and even a fourth."""
    found = geojson_sheet(tmp_path, [feature("LineString", [[121, 31, 4.5], [121.5, 31, 4.5, 9]])])
    assert found.rows[0].line == (LonLat(121, 31), LonLat(121.5, 31))


def test_a_multipolygon_keeps_its_parts_and_holes(tmp_path):
    """Each polygon is an exterior ring followed by its holes."""
    hole = [[121.002, 31.002], [121.004, 31.002], [121.004, 31.004], [121.002, 31.002]]
    other = [[x + 0.1, y] for x, y in SQUARE]
    found = geojson_sheet(tmp_path, [feature("MultiPolygon", [[SQUARE, hole], [other]])])
    assert [len(rings) for rings in found.rows[0].polygons] == [2, 1]


def test_properties_become_cells(tmp_path):
    """In the order in which they first appear; numbers as they are, what is absent as an empty cell."""
    one = feature("Polygon", [SQUARE], id=7, weight=1.5, key=True)
    found = geojson_sheet(tmp_path, [one, feature("Polygon", [SQUARE], name="x", key=None)])
    assert found.header == ("id", "weight", "key", "name")
    assert [row.cells for row in found.rows] == [("7", "1.5", "yes", ""), ("", "", "", "x")]


@pytest.mark.parametrize(
    "name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4326", "EPSG:4326", "EPSG:4490"]
)
def test_wgs84_goes_by_several_names(tmp_path, name):
    """CGCS 2000 among them."""
    crs = {"type": "name", "properties": {"name": name}}
    assert geojson_sheet(tmp_path, [feature("Polygon", [SQUARE])], crs=crs).problems == ()


def test_a_ring_has_bounds(tmp_path, monkeypatch):
    """A ring of too many positions is named before it is drawn."""
    monkeypatch.setattr(geojson, "MAX_POSITIONS", 4)
    (problem,) = geojson_sheet(tmp_path, [feature("Polygon", [SQUARE])]).problems
    assert "more than 4 positions" in problem.message


def test_a_file_that_cannot_be_opened_is_a_problem(tmp_path):
    """A folder named like a table, and a table that is gone."""
    workspace = Path(shutil.copytree(GOOD, tmp_path / "workspace"))
    (workspace / "data" / "shifts.csv").unlink()
    (workspace / "data" / "shifts.csv").mkdir()
    with pytest.raises(InputError, match=r"data/shifts.csv: cannot be read"):
        readers.read(workspace, Policy.default())
    with pytest.raises(InputError, match="cannot be read"):
        csv.sheets(tmp_path / "none.csv", "data/none.csv")


def test_what_the_program_and_the_office_keep_beside_the_tables_is_ignored(tmp_path):
    """The store, the policy, notes to people, hidden files and locks of office programs."""
    workspace = Path(shutil.copytree(GOOD, tmp_path / "workspace"))
    for name in (
        "lookback.db",
        "lookback.db-journal",
        "policy.toml",
        "travel.csv",
        "README.md",
        ".DS_Store",
        "~$x.csv",
    ):
        (workspace / "data" / name).write_bytes(b"\0")
    for name in ("README.md", ".gitkeep"):
        (workspace / "districts" / name).write_bytes(b"\0")
    assert readers.read(workspace, Policy.default()) == readers.read(GOOD, Policy.default())


def test_a_strange_file_name_stays_on_one_line(tmp_path):
    """Nothing in a name can fake another message."""
    workspace = Path(shutil.copytree(GOOD, tmp_path / "workspace"))
    (workspace / "districts" / "a\nb.xyz").write_bytes(b"")
    with pytest.raises(InputError) as caught:
        readers.read(workspace, Policy.default())
    assert (
        str(caught.value)
        == r"districts/a\nb.xyz: cannot be read: only .geojson, .gpkg, .shp, .zip, .parquet, .kml files can"
    )
