"""Places that look wrong together: another datum, one shop twice, districts drawn carelessly."""

import json
import random
import shutil
from pathlib import Path

import numpy as np
import pytest
import shapely

from planner import readers
from planner.enterprises import Enterprise, Scenario
from planner.geo import Datum, LonLat, from_wgs84
from planner.policy import Policy
from planner.readers import duplicates, geojson
from planner.readers.repairs import repaired

GOOD = Path(__file__).parents[1] / "bad" / "good"
POLICY = Policy.default()
EXTENT = POLICY.workspace.extent
HEADER = "enterprise_id,name,lon,lat,datum,scenario\n"


@pytest.fixture
def workspace(tmp_path):
    """The good workspace with nothing but enterprises and districts."""
    folder = Path(shutil.copytree(GOOD, tmp_path / "workspace"))
    for name in ("violations", "inspections", "recusals", "same_as"):
        table = folder / "data" / f"{name}.csv"
        table.write_text(table.read_text("utf-8").partition("\n")[0] + "\n", "utf-8")
    return folder


def doubts(folder, column):
    """The warnings about a column."""
    return [warning.line() for warning in readers.read(folder, POLICY).warnings if warning.column == column]


@pytest.mark.parametrize("truly", [Datum.GCJ02, Datum.BD09])
def test_points_that_fit_better_in_another_datum_are_pointed_out(workspace, truly):
    """Which datum, and by how many points; read in that datum, nobody asks."""
    table = workspace / "data" / "enterprises.csv"
    # Inside by 50 m on the side from which the datum shifts them out: as they are given, they lie outside.
    places = [(121.4595, 31.211 + k * 0.00045) for k in range(40)]
    lon, lat = from_wgs84(np.array([x for x, _ in places]), np.array([y for _, y in places]), truly)
    pairs = list(enumerate(zip(lon, lat, strict=True)))
    for given in ("wgs84", truly.value):
        table.write_text(
            HEADER + "".join(f"S{k},Shop {k},{x:.7f},{y:.7f},{given},retail\n" for k, (x, y) in pairs), "utf-8"
        )
        if given == "wgs84":
            (line,) = doubts(workspace, "datum")
            assert f"would lie inside as {truly.value} (0 the other way): are they {truly.value}?" in line
        else:
            assert doubts(workspace, "datum") == []


def test_districts_drawn_in_another_datum_are_pointed_out(workspace):
    """When it is not the points that would fit better, but the polygons."""
    path = workspace / "districts" / "districts.geojson"
    layer = json.loads(path.read_text("utf-8"))
    for feature in layer["features"]:
        ring = np.array(feature["geometry"]["coordinates"][0])
        shifted = from_wgs84(ring[:, 0], ring[:, 1], Datum.GCJ02)
        feature["geometry"]["coordinates"] = [np.stack(shifted, axis=1).tolist()]
    path.write_text(json.dumps(layer), "utf-8")
    places = [(121.4505, 31.211 + k * 0.00045) for k in range(40)]
    rows = "".join(f"S{k},Shop {k},{x:.7f},{y:.7f},wgs84,retail\n" for k, (x, y) in enumerate(places))
    (workspace / "data" / "enterprises.csv").write_text(HEADER + rows, "utf-8")
    found = [line for line in doubts(workspace, "geometry") if "drawn in" in line]
    assert len(found) == 1
    assert "import them with --datum gcj02" in found[0]


def shop(enterprise_id, name, place, address=""):
    """A shop."""
    return Enterprise(enterprise_id, name, LonLat(*place), Scenario.RETAIL, operator=enterprise_id, address=address)


HERE, NEAR, FAR = (121.4505, 31.215), (121.4508, 31.2151), (121.47, 31.22)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        (shop("A", "北苑面馆", HERE), shop("B", "北苑面馆", NEAR), True),
        (shop("A", "北苑面馆有限公司", HERE), shop("B", "北苑 面馆", NEAR), True),
        (shop("A", "北苑面馆", HERE), shop("B", "北苑面馆", FAR), False),
        (shop("A", "北苑面馆", HERE, "北路1号"), shop("B", "北苑面馆", FAR, "北路 1号"), True),
        (shop("A", "COSI SANDWICH BAR", HERE, "1 North Rd"), shop("B", "Cosi Sandwich Bars", FAR, "1 NORTH RD"), True),
        (shop("A", "P1停车场", HERE, "北路1号"), shop("B", "P2停车场", FAR, "北路1号"), False),
        (shop("A", "北苑面馆", HERE, "北路1号"), shop("B", "东方书店", HERE, "北路1号"), False),
    ],
)
def test_what_may_be_one_shop(one, other, alike):
    """By name, address and distance; a decision, either way round, ends the question."""
    assert [(p.enterprise_id, p.other_id) for p in duplicates.pairs([other, one])] == [("A", "B")] * alike
    assert duplicates.pairs([one, other], [frozenset({"B", "A"})]) == ()


def test_one_shop_under_two_ids_is_read_as_one(tmp_path):
    """Once a person has said so: its violations and inspections are those of the id that is kept."""
    folder = Path(shutil.copytree(GOOD, tmp_path / "workspace"))
    (folder / "data" / "same_as.csv").write_text("enterprise_id,other_id,same\nE1,E2,yes\nE3,E4,no\n", "utf-8")
    register = readers.read(folder, POLICY).register
    assert [e.enterprise_id for e in register.enterprises] == ["E1", "E3", "E4"]
    assert [(v.violation_id, v.enterprise_id) for v in register.violations] == [
        ("V1", "E1"),
        ("V2", "E1"),
        ("V3", "E4"),
    ]


@pytest.mark.parametrize(
    ("same", "read_as"),
    [
        ([("A", "B")], {"B": "A"}),
        ([("A", "B"), ("B", "C")], {"B": "A", "C": "A"}),
        ([("B", "C"), ("A", "B")], {"B": "A", "C": "A"}),
        ([("A", "B"), ("B", "A")], {"B": "A"}),
    ],
)
def test_chains_of_ids_end_at_one(same, read_as):
    """Whatever the order in which they were decided."""
    assert duplicates.aliases(same) == read_as


def test_a_place_found_later_is_used_until_the_table_has_its_own(tmp_path):
    """In whatever datum it is given."""
    folder = Path(shutil.copytree(GOOD, tmp_path / "workspace"))
    table = folder / "data" / "enterprises.csv"
    table.write_text(table.read_text("utf-8").replace("121.4520,31.2250,wgs84", ",,"), "utf-8")
    later = "enterprise_id,lon,lat,datum,source\nE1,121.4520,31.2250,wgs84,phone\nE2,121.4,31.2,wgs84,old\n"
    (folder / "data" / "places.csv").write_text(later, "utf-8")
    register = readers.read(folder, POLICY).register
    assert register.enterprise["E1"].place == LonLat(121.452, 31.225)
    assert register.enterprise["E2"].place == LonLat(121.453, 31.215)


def drawn(tmp_path, *shapes):
    """The sheets of a layer with those polygons, as rings of positions."""
    features = [
        {
            "type": "Feature",
            "properties": {"district_id": f"D{k}", "name": f"D{k}", "authority": "North"},
            "geometry": {"type": "Polygon", "coordinates": rings},
        }
        for k, rings in enumerate(shapes, 1)
    ]
    path = tmp_path / "d.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return geojson.sheets(path, "d.geojson")


def box(west, south, east, north, *, closed=True):
    """A ring."""
    return [[west, south], [east, south], [east, north], [west, north], *([[west, south]] if closed else [])]


GROUND = (121.45, 31.21, 121.46, 31.22)


@pytest.mark.parametrize(
    ("shapes", "said"),
    [
        ([[box(*GROUND, closed=False)]], "d.geojson:1 D1: ring closed"),
        ([[[[y, x] for x, y in box(*GROUND)]]], "d.geojson:1 D1: lon and lat were swapped, swapped back"),
        (
            [[[[121.45, 31.21], [121.46, 31.22], [121.46, 31.21], [121.45, 31.22], [121.45, 31.21]]]],
            "d.geojson:1 D1: self-intersection at 121.455000, 31.215000 cut",
        ),
        ([[box(*GROUND)], [box(121.4599, 31.21, 121.47, 31.22)]], "m² that d.geojson:1 D1 has too cut off"),
        (
            [
                [box(121.45, 31.21, 121.46, 31.22)],
                [[*box(121.46, 31.21, 121.47, 31.22)[:-1], [121.4601, 31.215], [121.46, 31.21]]],
            ],
            "a gap of",
        ),
        ([[box(*GROUND), [[121.455, 31.215], [121.456, 31.216]]]], "a ring of less than three places dropped"),
    ],
)
def test_districts_are_repaired(tmp_path, shapes, said):
    """What was done is said, and what comes out is read without a problem."""
    made = repaired(drawn(tmp_path, *shapes), EXTENT)
    assert any(said in note.en for note in made.notes), made.notes
    (tmp_path / "again.geojson").write_bytes(made.geojson())
    (sheet,) = geojson.sheets(tmp_path / "again.geojson", "again.geojson")
    assert sheet.problems == ()
    together = [shapely.MultiPolygon([(r[0], r[1:]) for r in row.polygons]) for row in sheet.rows]
    assert all(one.intersection(other).area < 1e-12 for one in together for other in together if one is not other)
    assert repaired(geojson.sheets(tmp_path / "again.geojson", "a"), EXTENT).notes == ()


@pytest.mark.parametrize("seed", range(12))
def test_neighbours_that_were_drawn_apart_become_sound(tmp_path, seed):
    """A border that two people drew, corner by corner a little off: gaps and overlaps of all sizes, and thin ones."""
    dice = random.Random(seed)
    rows = [31.20 + 0.0005 * k for k in range(40)]

    def border():
        off = dice.choice([1e-8, 1e-7, 1e-6, 1e-5, 3e-5])
        return [[121.46 + dice.uniform(-off, off), y + dice.uniform(-off, off)] for y in rows]

    west, east = border(), border()
    shapes = [
        [[[121.45, 31.22], [121.45, 31.20], *west, [121.45, 31.22]]],
        [[[121.47, 31.20], [121.47, 31.22], *reversed(east), [121.47, 31.20]]],
    ]
    (tmp_path / "again.geojson").write_bytes(repaired(drawn(tmp_path, *shapes), EXTENT).geojson())
    (sheet,) = geojson.sheets(tmp_path / "again.geojson", "again.geojson")
    assert sheet.problems == ()


def test_what_a_person_must_decide_is_left(tmp_path):
    """A broad overlap is named, and both polygons stay as they are."""
    made = repaired(drawn(tmp_path, [box(*GROUND)], [box(121.455, 31.21, 121.465, 31.22)]), EXTENT)
    (note,) = made.notes
    assert "overlaps d.geojson:1 D1" in note.en
    assert "draw them anew" in note.en


def test_a_sound_layer_is_not_touched(tmp_path):
    """Not by a millimetre more than the rounding of its figures."""
    made = repaired(drawn(tmp_path, [box(*GROUND)]), EXTENT)
    assert made.notes == ()
    (polygon,) = made.features[0]["geometry"]["coordinates"]
    assert np.allclose(sorted(map(tuple, polygon[0])), sorted(map(tuple, box(*GROUND))), atol=2e-8)
