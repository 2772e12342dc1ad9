"""The same workspace in every format: an Excel workbook, semicolons, a GeoPackage, a shapefile, Parquet, KML."""

import csv
import json
import shutil
from datetime import date, datetime, time
from pathlib import Path

import pytest
import shapely
from damage import LAYERS, make
from formats import workbook, write_layer, write_parquet, zipped

from planner import readers
from planner.errors import InputError
from planner.policy import Policy

GOOD = Path(__file__).parents[1] / "bad" / "good"
POLICY = Policy.default()
WHOLE = readers.read(GOOD, POLICY)


@pytest.fixture
def workspace(tmp_path):
    """A copy of the good workspace."""
    return Path(shutil.copytree(GOOD, tmp_path / "workspace"))


def rows_of(path):
    """The cells of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def typed(text):
    """What a spreadsheet makes of a cell: numbers, dates and times are no longer text."""
    for parse in (int, float, date.fromisoformat, time.fromisoformat):
        try:
            return parse(text)
        except ValueError:
            continue
    return text


def layer_of(name):
    """A layer's properties by column, and its shapes."""
    features = json.loads((GOOD / "districts" / f"{name}.geojson").read_text("utf-8"))["features"]
    names = list(dict.fromkeys(key for feature in features for key in feature["properties"]))
    columns = {key: [feature["properties"].get(key) for feature in features] for key in names}
    return columns, [shapely.geometry.shape(feature["geometry"]) for feature in features]


@pytest.mark.parametrize("table", [path.stem for path in sorted((GOOD / "data").iterdir())])
@pytest.mark.parametrize("cell", [str, typed])
def test_a_workbook_is_read_like_text(workspace, table, cell):
    """Whether its cells are text or numbers, dates and times."""
    rows = rows_of(workspace / "data" / f"{table}.csv")
    workbook(workspace / "data" / f"{table}.xlsx", {"Sheet1": [rows[0], *([cell(c) for c in row] for row in rows[1:])]})
    (workspace / "data" / f"{table}.csv").unlink()
    assert readers.read(workspace, POLICY) == WHOLE


@pytest.mark.parametrize("mark", [";", "\t"])
@pytest.mark.parametrize("table", [path.stem for path in sorted((GOOD / "data").iterdir())])
def test_cells_may_be_separated_otherwise(workspace, table, mark):
    """By semicolons, as in some countries, or by tabs."""
    path = workspace / "data" / f"{table}.csv"
    rows = rows_of(path)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=mark).writerows(rows)
    assert readers.read(workspace, POLICY) == WHOLE


def test_a_title_may_stand_above_the_header(workspace):
    """A title over the whole width, a note, an empty row; the header's own cells merged; rows keep their numbers."""
    table = workspace / "data" / "violations.csv"
    rows = rows_of(table)
    table.unlink()
    width = len(rows[0])
    sheet = [["" for _ in range(width)], ["打印日期:2026年11月20日"], [], rows[0], [""] * width, *rows[1:]]
    merges = [(0, 0, 0, width - 1, "静安区问题台账"), (3, 1, 4, 1, rows[0][1])]
    workbook(workspace / "data" / "violations.xlsx", {"台账": sheet}, merges)
    assert readers.read(workspace, POLICY) == WHOLE
    sheet[6][3] = "过度"
    workbook(workspace / "data" / "violations.xlsx", {"台账": sheet}, merges)
    with pytest.raises(InputError, match=r"data/violations.xlsx\[台账\]:7 kind: '过度' is not one of"):
        readers.read(workspace, POLICY)


def test_a_page_of_instructions_may_stand_above_the_header(workspace):
    """As in forms that are sent down for others to fill in; one that is longer than a page is not looked through."""
    table = workspace / "data" / "violations.csv"
    rows = rows_of(table)
    table.unlink()
    notes = [[f"{k}. 填表说明"] for k in range(1, 121)]
    workbook(workspace / "data" / "violations.xlsx", {"台账": [*notes[:60], *rows]})
    assert readers.read(workspace, POLICY) == WHOLE
    workbook(workspace / "data" / "violations.xlsx", {"台账": [*notes, *rows]})
    with pytest.raises(InputError, match="has no row that names the columns of this table"):
        readers.read(workspace, POLICY)


def test_a_header_may_have_two_rows(workspace):
    """Groups above, names below, as in many a form; what has no group has its name above."""
    table = workspace / "data" / "enterprises.csv"
    rows = rows_of(table)
    table.unlink()
    upper = ["坐标" if name in {"lon", "lat", "datum"} else name for name in rows[0]]
    lower = [name if name in {"lon", "lat", "datum"} else "" for name in rows[0]]
    workbook(workspace / "data" / "enterprises.xlsx", {"A": [["企业名单"], upper, lower, *rows[1:]]})
    assert readers.read(workspace, POLICY) == WHOLE


def test_the_sheet_that_holds_the_table_is_taken(workspace):
    """Wherever in the workbook it stands; two that could be it are named."""
    table = workspace / "data" / "teams.csv"
    rows = rows_of(table)
    table.unlink()
    workbook(workspace / "data" / "teams.xlsx", {"说明": [["请勿改动"]], "空": [], "队伍": rows})
    assert readers.read(workspace, POLICY) == WHOLE
    workbook(workspace / "data" / "teams.xlsx", {"旧": rows, "新": rows})
    with pytest.raises(InputError, match=r"teams.xlsx\[旧\]: several sheets hold this table"):
        readers.read(workspace, POLICY)


def test_a_merged_cell_says_the_same_in_every_row(workspace):
    """As a person sees it."""
    table = workspace / "data" / "officers.csv"
    rows = rows_of(table)
    table.unlink()
    k = rows[0].index("agency")
    rows[1][k] = rows[2][k] = ""
    both = [(1, k, 2, k, "amr")]
    workbook(workspace / "data" / "officers.xlsx", {"A": rows}, both)
    agencies = [officer.agency for officer in readers.read(workspace, POLICY).register.officers[:2]]
    assert agencies == ["amr", "amr"]


def test_a_code_that_became_a_number_is_refused(workspace):
    """Its digits are lost, and its neighbours' are not trusted."""
    table = workspace / "data" / "enterprises.csv"
    rows = rows_of(table)
    table.unlink()
    rows[1][rows[0].index("credit_code")] = 915101007130000018
    workbook(workspace / "data" / "enterprises.xlsx", {"A": rows})
    with pytest.raises(InputError, match=r"credit_code: '9\.15101007130000E\+17' was turned into a number"):
        readers.read(workspace, POLICY)


def test_times_of_workbooks(workspace):
    """A date at midnight is a date; one with a time is doubtful; lengths of time are minutes."""
    workbook(
        workspace / "data" / "calendar.xlsx",
        {"A": [["日期", "是否上班"], [datetime(2026, 11, 28), "是"], [datetime(2026, 11, 30, 9, 30), False]]},  # noqa: DTZ001
    )
    (workspace / "data" / "calendar.csv").unlink()
    found = readers.read(workspace, POLICY)
    assert found.register.calendar == WHOLE.register.calendar
    assert [w.line() for w in found.warnings] == [
        (
            "data/calendar.xlsx[A] date: a date with a time of day, which is left out: 1 "
            "(row 3, '2026-11-30 09:30:00' as 2026-11-30)"
        )
    ]


WRITERS = {
    "districts.gpkg": lambda path, *layer: write_layer(path, *layer, kind="Polygon", driver="GPKG"),
    "districts.shp": lambda path, *layer: write_layer(path, *layer, kind="Polygon", driver="ESRI Shapefile"),
    "districts.kml": lambda path, *layer: write_layer(path, *layer, kind="Polygon", driver="LIBKML"),
    "districts.parquet": write_parquet,
}


@pytest.mark.parametrize("name", WRITERS)
def test_districts_come_in_many_formats(workspace, name):
    """And mean the same."""
    columns, shapes = layer_of("districts")
    if name.endswith(".shp"):  # its column names have ten characters
        columns = {("编号" if key == "district_id" else key): values for key, values in columns.items()}
    (workspace / "districts" / "districts.geojson").unlink()
    WRITERS[name](workspace / "districts" / name, columns, shapes)
    found = readers.read(workspace, POLICY).register.districts
    for one, other in zip(found, WHOLE.register.districts, strict=True):
        assert (one.district_id, one.name, one.authority, one.weight) == (
            other.district_id, other.name, other.authority, other.weight,
        )  # fmt: skip
        assert {*one.polygons[0][0]} == {*other.polygons[0][0]}


@pytest.mark.parametrize("encoding", ["UTF-8", "GB18030"])
@pytest.mark.parametrize("named", [True, False])
def test_a_shapefile_in_a_zip(workspace, tmp_path, encoding, named):
    """In Chinese, in either encoding, whether a .cpg names it or not."""
    columns, shapes = layer_of("districts")
    columns = {"编号": columns["district_id"], "名称": ["北区市场", "南区市场"], "行政区": columns["authority"]}
    (tmp_path / "shp").mkdir()
    target = tmp_path / "shp" / "layer.shp"
    write_layer(target, columns, shapes, kind="Polygon", driver="ESRI Shapefile", encoding=encoding)
    if not named:
        target.with_suffix(".cpg").unlink()
        table = bytearray(target.with_suffix(".dbf").read_bytes())
        table[29] = 0
        target.with_suffix(".dbf").write_bytes(table)
    (workspace / "districts" / "districts.geojson").unlink()
    zipped(tmp_path / "shp", workspace / "districts" / "商圈.shp.zip")
    found = readers.read(workspace, POLICY).register.districts
    assert [district.name for district in found] == ["北区市场", "南区市场"]


def test_a_part_without_a_name_is_passed_over(workspace, tmp_path):
    """A zip may hold one, as damage makes them."""
    columns, shapes = layer_of("districts")
    columns["id"] = columns.pop("district_id")
    (tmp_path / "shp").mkdir()
    write_layer(tmp_path / "shp" / "layer.shp", columns, shapes, kind="Polygon", driver="ESRI Shapefile")
    (tmp_path / "shp" / "nameless.txt").write_text("")
    zipped(tmp_path / "shp", tmp_path / "d.zip", stem="d")
    data = (tmp_path / "d.zip").read_bytes().replace(b"d/d.txt", b"\0/d.txt")
    (workspace / "districts" / "districts.geojson").unlink()
    (workspace / "districts" / "d.zip").write_bytes(data)
    assert len(readers.read(workspace, POLICY).register.districts) == 2


@pytest.mark.parametrize("suffix", [*LAYERS, ".shp.zip"])
def test_enterprises_come_as_points(workspace, suffix):
    """Longitude and latitude are those of the points."""
    (workspace / "data" / "enterprises.csv").unlink()
    make(workspace / "data" / f"enterprises{suffix}")
    found = readers.read(workspace, POLICY).register.enterprises
    assert [e.place for e in found] == [pytest.approx(e.place, abs=1e-9) for e in WHOLE.register.enterprises]
    assert [e.name for e in found] == [e.name for e in WHOLE.register.enterprises]


def test_an_enterprise_without_coordinates_is_kept(workspace):
    """It is in the register, in no district, and one warning says so."""
    table = workspace / "data" / "enterprises.csv"
    text = table.read_text("utf-8").replace("121.4520,31.2250,wgs84", ",,")
    table.write_text(text, "utf-8")
    found = readers.read(workspace, POLICY)
    assert found.register.enterprise["E1"].place is None
    assert "E1" not in found.register.located
    assert [w.line() for w in found.warnings] == [
        "data/enterprises.csv lon: empty, so not planned until located (lookback locate proposes places): 1 (E1)"
    ]
