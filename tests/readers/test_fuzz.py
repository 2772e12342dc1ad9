"""
Files damaged at random and tables put together at random: read or refused, and what is read keeps every rule.

``make test`` tries a few of each; ``make test-long`` ten thousand. Each try can be had again by its number:
``LOOKBACK_FUZZ_FROM=123 LOOKBACK_FUZZ=4`` asks four from there on. With ``-s`` it says how many were accepted.
"""

import csv
import io
import os
import random
import shutil
import time
import zipfile
from pathlib import Path

import pytest
import shapely
from formats import workbook, write_layer, write_parquet, zipped

from planner import readers
from planner.errors import InputError
from planner.policy import Policy
from planner.readers.tables import TABLES

GOOD = Path(__file__).parents[1] / "bad" / "good"
POLICY = Policy.default()
TRIES = int(os.environ.get("LOOKBACK_FUZZ", "24"))
FIRST = int(os.environ.get("LOOKBACK_FUZZ_FROM", "0"))
SHARES = 4
"""Tests that share the tries of one format, so that several processes can work at them."""
MOST_SECONDS = 20

SQUARE = "POLYGON ((121.48 31.22, 121.49 31.22, 121.49 31.23, 121.48 31.23, 121.48 31.22))"
COLUMNS = {"id": ["D3", "D4"], "name": ["东市场", "East"], "authority": ["North", "South"], "weight": ["1.5", ""]}
SHAPES = list(shapely.from_wkt([SQUARE, SQUARE.replace("121.4", "121.5")]))

KML = (
    '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>East</name>'
    '<ExtendedData><Data name="district_id"><value>D3</value></Data><Data name="authority"><value>North</value></Data>'
    "</ExtendedData><Polygon><outerBoundaryIs><LinearRing>"
    "<coordinates>121.48,31.22 121.49,31.22 121.49,31.23 121.48,31.22"
    "</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></Document></kml>"
)


def write_kml(path):
    """A KML file."""
    path.write_text(KML, "utf-8")


def write_zip(path):
    """A shapefile in a zip."""
    folder = path.with_suffix(".parts")
    folder.mkdir()
    write_layer(folder / "layer.shp", COLUMNS, SHAPES, kind="Polygon", driver="ESRI Shapefile")
    zipped(folder, path)
    shutil.rmtree(folder)


def write_workbook(path):
    """The enterprises as a workbook."""
    with (GOOD / "data" / "enterprises.csv").open(encoding="utf-8", newline="") as file:
        workbook(path, {"企业": list(csv.reader(file))})


FORMATS = {
    "data/enterprises.csv": None,
    "data/violations.csv": None,
    "data/policy.toml": lambda path: path.write_text(
        "[workspace]\ndatum = 'wgs84'\n[visits]\nmax_visits = 8\n", "utf-8"
    ),
    "data/enterprises.xlsx": write_workbook,
    "districts/districts.geojson": None,
    "districts/more.gpkg": lambda path: write_layer(path, COLUMNS, SHAPES, kind="Polygon", driver="GPKG"),
    "districts/more.shp": lambda path: write_layer(path, COLUMNS, SHAPES, kind="Polygon", driver="ESRI Shapefile"),
    "districts/more.zip": write_zip,
    "districts/more.kml": write_kml,
    "districts/more.parquet": lambda path: write_parquet(path, COLUMNS, SHAPES),
}
"""A file of each format, and how it is made where the good workspace does not have it."""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """A copy of the good workspace."""
    return Path(shutil.copytree(GOOD, tmp_path_factory.mktemp("fuzz") / "workspace"))


def damaged(data, dice):
    """Bytes flipped, cut out, put in, doubled, zeroed, or cut off."""
    data = bytearray(data)
    for _ in range(dice.choice([1, 1, 1, 2, 3, 8, 30])):
        at, length = dice.randrange(len(data) + 1), dice.choice([1, 1, 2, 4, 16, 200])
        kind = dice.randrange(6)
        if kind == 0 and at < len(data):
            data[at] ^= 1 << dice.randrange(8)
        elif kind == 1:
            del data[at : at + length]
        elif kind == 2:
            data[at:at] = dice.randbytes(length)
        elif kind == 3:
            data[at:at] = data[at : at + length]
        elif kind == 4:
            data[at : at + length] = bytes(min(length, len(data) - at))
        elif dice.random() < 0.3:
            del data[at:]
        else:
            data[at : at + length] = dice.choice(
                [b"\xff" * length, b'"', b"'", b",", b"\n", b"9" * length, b"-", b"e9"]
            )
    return bytes(data)


def damaged_within(data, dice):
    """An archive that is sound around a member that is damaged: no checksum gives it away."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        chosen = dice.choice(old.namelist())
        for name in old.namelist():
            new.writestr(name, damaged(old.read(name), dice) if name == chosen else old.read(name))
    return stream.getvalue()


def is_sound(register, extent):
    """Every rule that what was read must keep, asked anew."""
    ids = {e.enterprise_id for e in register.enterprises}
    assert len(ids) == len(register.enterprises)
    assert all(e.name and len(e.name) <= 200 for e in register.enterprises)
    for enterprise in register.enterprises:
        if enterprise.place is not None:
            west, south, east, north = extent
            assert west - 0.02 <= enterprise.place.lon <= east + 0.02
            assert south - 0.02 <= enterprise.place.lat <= north + 0.02
    assert {v.enterprise_id for v in register.violations} <= ids
    assert {i.enterprise_id for i in register.inspections} <= ids
    assert len({v.violation_id for v in register.violations}) == len(register.violations)
    assert all(v.rectify_by is None or v.rectify_by >= v.found_on for v in register.violations)
    assert len({d.district_id for d in register.districts}) == len(register.districts) > 0
    for district in register.districts:
        shape = shapely.MultiPolygon([(rings[0], rings[1:]) for rings in district.polygons])
        assert shape.is_valid
        assert not shape.is_empty
    assert set(register.located.values()) <= set(register.district)
    assert {officer for team in register.teams for officer in team.officers} <= set(register.officer)


def read(folder):
    """Read the folder as the command does; whether it was accepted."""
    start = time.monotonic()
    try:
        text = (folder / "data" / "policy.toml").read_bytes() if (folder / "data" / "policy.toml").exists() else b""
        try:
            policy = Policy.from_toml(text.decode("utf-8"), file="data/policy.toml")
        except UnicodeDecodeError:
            return False
        register = readers.read(folder, policy).register
    except InputError:
        return False
    finally:
        assert time.monotonic() - start < MOST_SECONDS
    is_sound(register, policy.workspace.extent)
    return True


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("name", FORMATS)
def test_a_damaged_file_is_read_or_refused(name, share, workspace, child):
    """Never a crash, never for long, and never half."""
    folder = Path(shutil.copytree(GOOD, workspace.parent / f"{Path(name).name}-{share}", dirs_exist_ok=True))
    path = folder / name
    if FORMATS[name]:
        if path.stem == "enterprises":
            (folder / "data" / "enterprises.csv").unlink()
        FORMATS[name](path)
    whole = {part: part.read_bytes() for part in path.parent.glob(f"{path.stem}.*")}
    assert read(folder), "the file is good before it is damaged"
    accepted = []
    for k in range(FIRST + share, FIRST + max(TRIES, SHARES), SHARES):
        dice = random.Random(f"{name} {k}")
        part = dice.choice(sorted(whole))
        within = zipfile.is_zipfile(part) and dice.random() < 0.7
        part.write_bytes((damaged_within if within else damaged)(whole[part], dice))
        try:
            accepted.append(read(folder))
        except BaseException:
            print(f"try {k} of {name}: {part.name}")  # noqa: T201
            raise
        finally:
            part.write_bytes(whole[part])
    print(f"{name}: {sum(accepted)} of {len(accepted)} accepted")  # noqa: T201


NASTY = [
    "", " ", "0", "-0", "1", "NA", "null", "nan", "inf", "1e5", "9.13E+17", "121.45", "31.22", "181", "91", "０１",
    "2026-03-02", "2026/3/2", "2026年3月2日", "46083", "02/03/2026", "2026-02-30", "9:30", "下午2点半", "25:00",
    "45分钟", "周一", "Mon", "是", "no", "Mo-Fr 09:00-18:00", "周一至周五 9:00-18:00", "24/7", "wgs84", "火星坐标",
    "E1", "E2", "O1", "T1", "O1;O2", "O1;O1", "scan_to_order", "扫码点餐", "retail;retail", "cac", "网信办",
    "interview", "约谈", "A", "Z", "91990000MA007919X8", "=1+1", "'=1+1", "@x", "{{x}}", "<script>", "\u202e",
    "\ufeff", "a\x00b", "\ud7ff", "x" * 300, 'say "hi"', "a,b", "a;b", "line\nbreak", "\t", "#REF!", "North",
    "South", "../../etc",
]  # fmt: skip


@pytest.mark.parametrize("share", range(SHARES))
def test_a_table_put_together_at_random_is_read_or_refused(share, workspace):
    """Headers by any of their names, in any order, some missing, some strange; cells of every kind."""
    folder = Path(shutil.copytree(GOOD, workspace.parent / f"tables-{share}", dirs_exist_ok=True))
    accepted = []
    for k in range(FIRST + share, FIRST + max(TRIES, 100), SHARES):  # cheap, and few of them are accepted
        dice = random.Random(f"table {k}")
        table = dice.choice(TABLES)
        path = folder / "data" / f"{table.name}.csv"
        good = list(csv.reader(io.StringIO((GOOD / "data" / path.name).read_text("utf-8"))))
        columns = [column for column in table.columns if dice.random() < 0.97]
        dice.shuffle(columns)
        at = {name: i for i, name in enumerate(good[0])}
        rows = [
            [dice.choice(column.names) for column in columns],
            *(
                [dice.choice(NASTY) if dice.random() < 0.08 else row[at[column.name]] for column in columns]
                for row in good[1:] * dice.choice([1, 1, 2])
            ),
        ]
        stream = io.StringIO()
        csv.writer(stream, delimiter=dice.choice(",;\t")).writerows(rows)
        path.write_bytes(stream.getvalue().encode(dice.choice(["utf-8", "utf-8-sig", "gb18030"]), "replace"))
        try:
            accepted.append(read(folder))
        except BaseException:
            print(f"try {k}: {table.name}\n{stream.getvalue()}")  # noqa: T201
            raise
        finally:
            shutil.copy(GOOD / "data" / path.name, path)
    print(f"tables: {sum(accepted)} of {len(accepted)} accepted")  # noqa: T201
    assert any(accepted)
