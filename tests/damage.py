"""Files of every format, damaged at random; how many, and from which number on, is the person's to say."""

import csv
import io
import os
import random
import shutil
import zipfile
from contextlib import contextmanager
from pathlib import Path

import shapely
from formats import workbook, write_layer, write_parquet, zipped

GOOD = Path(__file__).parent / "bad" / "good"
TRIES = int(os.environ.get("LOOKBACK_FUZZ", "24"))
FEW = int(os.environ.get("LOOKBACK_FUZZ", "8"))
"""Of what goes the same way as something else that is tried."""
FIRST = int(os.environ.get("LOOKBACK_FUZZ_FROM", "0"))
SHARES = 4
"""Tests that share the tries of one format, so that several processes can work at them."""
MOST_SECONDS = 20

SQUARE = "POLYGON ((121.48 31.22, 121.49 31.22, 121.49 31.23, 121.48 31.23, 121.48 31.22))"
DISTRICTS = {"编号": ["D3", "D4"], "name": ["东市场", "East"], "authority": ["North", "South"], "weight": ["1.5", ""]}
SQUARES = list(shapely.from_wkt([SQUARE, SQUARE.replace("121.4", "121.5")]))


def _rows(name):
    with (GOOD / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def _enterprises():
    """Those of the good workspace, by column and as points; a shapefile's columns have ten characters."""
    header, *rows = _rows("enterprises")
    columns = {name: [row[k] for row in rows] for k, name in enumerate(header)}
    points = [shapely.Point(*map(float, place)) for place in zip(columns.pop("lon"), columns.pop("lat"), strict=True)]
    short = {"enterprise_id": "shop_id", "credit_code": "uscc", "opening_hours": "hours", "visit_minutes": "visit"}
    return {short.get(name, name): values for name, values in columns.items() if name != "visit_minutes"}, points


def layer(path, kind, columns, shapes, **options):
    """A layer in the format that the path's name says."""
    driver = {".geojson": "GeoJSON", ".gpkg": "GPKG", ".shp": "ESRI Shapefile"}.get(path.suffix)
    if driver:
        write_layer(path, columns, shapes, kind=kind, driver=driver, **options)
    elif path.suffix == ".parquet":
        write_parquet(path, columns, shapes)
    elif path.suffix == ".kml":
        path.write_text(kml(columns, shapes), "utf-8")
    else:
        parts = path.with_suffix(".parts")
        parts.mkdir()
        write_layer(parts / "layer.shp", columns, shapes, kind=kind, driver="ESRI Shapefile")
        zipped(parts, path)
        shutil.rmtree(parts)


def kml(columns, shapes):
    """KML of two folders: the layer, and a note about it."""
    marks = []
    for k, shape in enumerate(shapes):
        told = "".join(
            f'<Data name="{name}"><value>{values[k]}</value></Data>'
            for name, values in columns.items()
            if name != "name"
        )
        points = shape.exterior.coords if shape.geom_type == "Polygon" else shape.coords
        drawn = f"<coordinates>{' '.join(f'{x},{y}' for x, y in points)}</coordinates>"
        drawn = (
            f"<Polygon><outerBoundaryIs><LinearRing>{drawn}</LinearRing></outerBoundaryIs></Polygon>"
            if shape.geom_type == "Polygon"
            else f"<Point>{drawn}</Point>"
        )
        name = f"<name>{columns['name'][k]}</name>"
        marks.append(f"<Placemark>{name}<ExtendedData>{told}</ExtendedData>{drawn}</Placemark>")
    note = "<Placemark><name>注</name><LineString><coordinates>121,31 121.1,31</coordinates></LineString></Placemark>"
    return (
        '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        f"<Folder><name>图</name>{''.join(marks)}</Folder><Folder><name>注</name>{note}</Folder></Document></kml>"
    )


def make(path):
    """The file of that name, whole: a workbook, a policy, enterprises as points, districts as polygons."""
    if path.suffix == ".xlsx":
        workbook(path, {"表": _rows(path.stem)})
    elif path.suffix == ".toml":
        path.write_text("[workspace]\ndatum = 'wgs84'\n[visits]\nmax_visits = 8\n", "utf-8")
    elif path.suffix == ".csv" or path.name == "districts.geojson":
        shutil.copy(GOOD / ("data" if path.suffix == ".csv" else "districts") / path.name, path)
    elif path.name.startswith("enterprises."):
        layer(path, "Point", *_enterprises())
    else:
        layer(path, "Polygon", DISTRICTS, SQUARES)


LAYERS = (".geojson", ".gpkg", ".shp", ".zip", ".kml", ".parquet")
FORMATS = (
    "data/enterprises.csv",
    "data/violations.csv",
    "data/policy.toml",
    "data/enterprises.xlsx",
    "districts/districts.geojson",
    *(f"data/enterprises{suffix}" for suffix in LAYERS),
    *(f"districts/more{suffix}" for suffix in LAYERS[1:]),
)
"""A file of each format."""


def parts(path):
    """The bytes of a file, and of those that belong to it."""
    return {part: part.read_bytes() for part in sorted(path.parent.glob(f"{path.stem}.*"))}


def spoilt(part, data, dice):
    """Damage one file of ``parts``; often inside an archive, so that its checksum does not give it away."""
    within = zipfile.is_zipfile(io.BytesIO(data)) and dice.random() < 0.7
    part.write_bytes((damaged_within if within else damaged)(data, dice))


@contextmanager
def one_spoilt(what, whole):
    """One of the ``parts`` is damaged in the block, and a failure says which; what dice there are for the rest."""
    dice = random.Random(what)
    part = dice.choice(sorted(whole))
    spoilt(part, whole[part], dice)
    try:
        yield dice
    except BaseException:
        print(f"try {what}: {part.name}")  # noqa: T201
        raise
    finally:
        part.write_bytes(whole[part])


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


NASTY = [
    "", " ", "0", "-0", "1", "NA", "null", "nan", "inf", "1e5", "9.13E+17", "121.45", "31.22", "181", "91", "０１",
    "2026-03-02", "2026/3/2", "2026年3月2日", "46083", "02/03/2026", "2026-02-30", "9:30", "下午2点半", "25:00",
    "45分钟", "周一", "Mon", "是", "no", "Mo-Fr 09:00-18:00", "周一至周五 9:00-18:00", "24/7", "wgs84", "火星坐标",
    "E1", "E2", "O1", "T1", "O1;O2", "O1;O1", "scan_to_order", "扫码点餐", "retail;retail", "cac", "网信办",
    "interview", "约谈", "A", "Z", "91990000MA007919X8", "=1+1", "'=1+1", "@x", "{{x}}", "<script>", "\u202e",
    "\ufeff", "a\x00b", "\ud7ff", "x" * 300, 'say "hi"', "a,b", "a;b", "line\nbreak", "\t", "#REF!", "North",
    "South", "../../etc",
]  # fmt: skip
