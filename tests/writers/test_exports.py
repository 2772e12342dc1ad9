"""Files for other programs, each read back by another one: what they say, and that no text in them becomes anything."""

import csv
import io
import json
import re
import sqlite3
import xml.etree.ElementTree as ET
import zipfile
from contextlib import closing
from dataclasses import replace

import hamlet as towns
import pyogrio
import pytest
import python_calamine
import shapely
import vobject
from hostile import PAYLOADS, hostile_town

from planner.writers.formats import Format, exported
from planner.writers.stops import COLUMNS, fit, stops

NAMES = ["西一咖啡", "店W2", "店W3", "店E1", "店E2"]


@pytest.fixture(scope="module")
def hostile():
    """A plan and its register in which every text is hostile."""
    return hostile_town()


@pytest.fixture
def written(tmp_path):
    """Writes an export of a plan and gives the path of one file."""

    def write(town, form, name, **options):
        (tmp_path / name).write_bytes(exported(*town, form, **options)[name])
        return tmp_path / name

    return write


def test_which_files_there_are():
    plan, register = towns.hamlet()
    for form in Format:
        files = exported(plan, register, form)
        assert list(files) == ([f"T01.{form}", f"T02.{form}"] if form in {"ics", "gpx"} else [f"plan.{form}"])
        assert list(exported(plan, register, form, team_id="T02")) == [f"T02.{form}"]


@pytest.mark.parametrize("form", Format)
def test_the_same_plan_gives_the_same_bytes(form):
    assert exported(*towns.hamlet(), form) == exported(*towns.hamlet(), form)


@pytest.mark.parametrize("form", Format)
def test_nothing_holds_a_risk_class_or_another_teams_visit(form, tmp_path):
    plan, register = towns.hamlet()
    for content in exported(plan, register, form, team_id="T02").values():
        parts = [content]
        if form == "xlsx":
            with zipfile.ZipFile(io.BytesIO(content)) as book:
                parts = [book.read(name) for name in book.namelist()]
        for part in parts:
            assert towns.RISK.encode() not in part
            assert "西一咖啡".encode() not in part
            assert "店W4".encode() not in part


@pytest.mark.parametrize("form", Format)
def test_names_of_files_stay_in_their_folder(form, hostile):
    for name in exported(*hostile, form):
        assert re.fullmatch(rf"[A-Za-z0-9][A-Za-z0-9_-]*\.{form}", name)


# Tables


def test_csv_has_a_row_a_visit_and_headers_in_chinese(written):
    text = written(towns.hamlet(), Format.CSV, "plan.csv").read_text("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["企业名称"] for row in rows] == NAMES
    assert rows[0]["开始"] == "10:00"
    assert rows[0]["上次发现"] == "2026-11-03 · 强制要 · 责令限期改正 · 整改期限 2026-11-18 · 在W1发现"
    english = exported(*towns.hamlet(), Format.CSV, lang="en")["plan.csv"].decode("utf-8-sig")
    assert english.splitlines()[0].startswith("date,team id,team,no.,start")


def test_no_cell_of_a_csv_begins_a_formula(written, hostile):
    path = written(hostile, Format.CSV, "plan.csv")
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
    assert len(rows) == 2 * len(PAYLOADS)
    for text, row in zip(PAYLOADS, rows, strict=False):
        assert row["企业名称"] in {fit(text), f"'{fit(text)}"}
        for cell in row.values():
            assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t"))


def sheets(path):
    """The sheets of a workbook as another program reads them."""
    book = python_calamine.load_workbook(path)
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_a_workbook_has_an_overview_and_a_sheet_a_team(written):
    found = sheets(written(towns.hamlet(), Format.XLSX, "plan.xlsx"))
    assert list(found) == ["总览", "T01", "T02"]
    assert found["总览"][1][:6] == ["2026-11-24", "T01", "西区一组", "09:00-17:30", "12:00-13:00", "13:45"]
    assert found["T01"][1][:6] == ["序号", "开始", "结束", "到达方式", "路上分钟", "企业名称"]
    assert [row[5] for row in found["T01"][2:]] == NAMES[:3]
    assert found["T01"][2][0] == 1
    assert list(sheets(written(towns.hamlet(), Format.XLSX, "T02.xlsx", team_id="T02"))) == ["总览", "T02"]


def test_every_cell_of_a_workbook_is_a_text_or_a_number(written, hostile):
    path = written(hostile, Format.XLSX, "plan.xlsx")
    with zipfile.ZipFile(path) as book:
        for name in book.namelist():
            part = book.read(name)
            ET.fromstring(part)  # noqa: S314  # our own file
            if name.startswith("xl/worksheets/sheet"):
                assert b"<f>" not in part
                assert b"<hyperlink" not in part
    found = sheets(path)
    assert len(found) == len(PAYLOADS) + 2
    shown = [row[5] for rows in list(found.values())[1:-1] for row in rows[2:]]
    assert shown == [fit(text) for text in PAYLOADS]


# Calendars


def events(content):
    """The events of a calendar as another program reads them."""
    calendar = vobject.readOne(content.decode())
    return list(calendar.vevent_list)


def test_a_calendar_has_an_event_a_visit_and_the_break():
    found = events(exported(*towns.hamlet(), Format.ICS)["T01.ics"])
    assert [event.summary.value for event in found] == [
        "1 西一咖啡 · 扫码点餐",
        "2 店W2 · 扫码点餐",
        "3 店W3 · 扫码点餐",
        "休息",
    ]
    assert found[0].dtstart.value.isoformat() == "2026-11-24T02:00:00+00:00"
    assert found[0].dtend.value.isoformat() == "2026-11-24T02:30:00+00:00"
    assert "整改期限 2026-11-18" in found[0].description.value
    assert found[0].location.value == "W1路1号"


def test_an_event_is_the_same_one_in_the_next_revision():
    plan, register = towns.hamlet()
    old = events(exported(plan, register, Format.ICS)["T01.ics"])
    new = events(exported(replace(plan, revision=2), register, Format.ICS)["T01.ics"])
    assert [event.uid.value for event in old] == [event.uid.value for event in new]
    assert new[0].sequence.value == "2"


def test_no_text_makes_a_second_event(hostile):
    files = exported(*hostile, Format.ICS)
    for content in files.values():
        assert max(map(len, content.split(b"\r\n"))) <= 75
    (content,) = [content for name, content in files.items() if name.startswith("all")]
    assert content.count(b"BEGIN:VEVENT") == len(PAYLOADS) + 1
    found = events(content)
    assert len(found) == len(PAYLOADS) + 1
    for number, (text, event) in enumerate(zip(PAYLOADS, found, strict=False), start=1):
        plain = fit(text).replace("\u2028", " ").replace("\u2029", " ")
        assert event.summary.value == " ".join(f"{number} {plain} · 扫码点餐".split())


# Tracks and maps


def test_a_track_leads_from_the_base_past_the_stops_and_back(written):
    path = written(towns.hamlet(), Format.GPX, "T02.gpx")
    assert {name for name, _ in pyogrio.list_layers(path)} >= {"waypoints", "routes", "tracks"}
    _, _, geometry, fields = pyogrio.raw.read(path, layer="waypoints", columns=["name", "desc"])
    assert [shapely.from_wkb(at).coords[0][:2] for at in geometry] == [(121.525, 31.235), (121.525, 31.225)]
    assert list(fields[0]) == ["1 店E1", "2 店E2"]
    _, _, track, _ = pyogrio.raw.read(path, layer="tracks", columns=["name"])
    (line,) = shapely.from_wkb(track[0]).geoms
    assert [at[:2] for at in line.coords] == [
        (121.539, 31.221),
        (121.525, 31.235),
        (121.525, 31.225),
        (121.531, 31.222),
    ]


def line_of(written, town, form):
    """The line of T01's day in an export, as another program reads it."""
    if form is Format.GPX:
        path, layer = written(town, form, "T01.gpx"), "tracks"
    else:
        path, layer = written(town, form, f"plan.{form}"), "routes" if form is Format.GPKG else None
    _, _, geometry, _ = pyogrio.raw.read(path, layer=layer)
    first = next(shape for shape in shapely.from_wkb(geometry) if shape.geom_type.endswith("LineString"))
    (line,) = shapely.get_parts(first)
    return [at[:2] for at in line.coords]


@pytest.mark.parametrize("form", [Format.GPX, Format.GEOJSON, Format.GPKG])
def test_a_line_leads_by_way_of_the_door_from_which_a_team_went_on(form, written):
    """It goes where the team went, and the door is a point of its own that is no stop."""
    plan, register = towns.called_off()
    w1, door, w3 = ((place.lon, place.lat) for place in (register.enterprise[w].at for w in ("W1", "W2", "W3")))
    base = (121.481, 31.221)
    assert line_of(written, (plan, register), form) == [base, w1, door, w3, base]
    straight = replace(plan, duties=tuple(replace(duty, halts=()) for duty in plan.duties))
    assert line_of(written, (straight, register), form) == [base, w1, w3, base]


def test_the_door_from_which_a_team_went_on_is_a_point_that_says_so(written):
    town = towns.called_off()
    _, _, _, fields = pyogrio.raw.read(written(town, Format.GPX, "T01.gpx"), layer="waypoints", columns=["name"])
    assert list(fields[0]) == ["1 西一咖啡", "11:00 店W2 · 从此处继续", "2 店W3"]
    found = json.loads(written(town, Format.GEOJSON, "plan.geojson", lang="en").read_text("utf-8"))["features"]
    (halt,) = [each for each in found if each["properties"]["layer"] == "halt"]
    assert halt["properties"]["what"] == "11:00 店W2 · goes on from here"
    assert halt["properties"]["after"] == 1
    layers = dict(pyogrio.list_layers(written(town, Format.GPKG, "plan.gpkg")))
    assert layers["halts"] == "Point"
    assert "halts" not in dict(pyogrio.list_layers(written(towns.hamlet(), Format.GPKG, "plan.gpkg")))


def test_a_track_of_hostile_names_is_xml(hostile):
    space = {"g": "http://www.topografix.com/GPX/1/1"}
    (content,) = [content for name, content in exported(*hostile, Format.GPX).items() if name.startswith("all")]
    root = ET.fromstring(content)  # noqa: S314  # our own file
    names = [node.text for node in root.findall("g:wpt/g:name", space)]
    assert names == [f"{k} {fit(text)}" for k, text in enumerate(PAYLOADS, start=1)]


@pytest.mark.parametrize("form", [Format.GEOJSON, Format.GPKG])
def test_stops_routes_and_what_is_left_are_on_the_map(form, written):
    path = written(towns.hamlet(), form, f"plan.{form}")
    if form is Format.GEOJSON:
        found = json.loads(path.read_text("utf-8"))["features"]
        assert [f["properties"]["layer"] for f in found] == ["stop"] * 5 + ["route"] * 2 + ["unvisited"] * 2
        meta, _, geometry, _ = pyogrio.raw.read(path)
        assert len(geometry) == 9
        return
    layers = dict(pyogrio.list_layers(path))
    assert {
        "stops": "Point",
        "routes": "LineString",
        "unvisited": "Point",
        "districts": "MultiPolygon",
    }.items() <= layers.items()
    meta, _, geometry, fields = pyogrio.raw.read(path, layer="stops", columns=["name", "number"])
    assert meta["crs"] == "EPSG:4326"
    assert list(fields[list(meta["fields"]).index("name")]) == NAMES
    assert shapely.from_wkb(geometry[0]).coords[0] == (121.483, 31.235)


def test_a_geopackage_holds_a_style_for_each_layer(written):
    with closing(sqlite3.connect(written(towns.hamlet(), Format.GPKG, "plan.gpkg"))) as store:
        assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        rows = store.execute("SELECT f_table_name, styleQML, useAsDefault FROM layer_styles").fetchall()
    assert [row[0] for row in rows] == ["stops", "routes", "unvisited", "districts"]
    for _, style, default in rows:
        assert ET.fromstring(style).find("renderer-v2/symbols/symbol/layer") is not None  # noqa: S314  # our own
        assert default == 1


def test_hostile_texts_arrive_on_the_map_as_they_were(written, hostile):
    wanted = [fit(text) for text in PAYLOADS]
    with closing(sqlite3.connect(written(hostile, Format.GPKG, "plan.gpkg"))) as store:
        assert [row[0] for row in store.execute("SELECT name FROM stops ORDER BY fid")][: len(wanted)] == wanted
    found = json.loads(written(hostile, Format.GEOJSON, "plan.geojson").read_text("utf-8"))["features"]
    assert [f["properties"]["name"] for f in found if f["properties"]["layer"] == "stop"][: len(wanted)] == wanted


def test_a_stop_says_what_bears_on_it():
    found = stops(*towns.hamlet())
    assert [stop.number for stop in found] == [1, 2, 3, 1, 2]
    assert [v.violation_id for v in found[0].findings] == ["V-W1"]
    assert {key for key, (label, _) in COLUMNS.items() if not (label.zh and label.en)} == set()
