"""Small files that would become large ones: refused within two seconds and three hundred megabytes."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

READ = """
import resource, sys, time
from pathlib import Path
from planner import readers
from planner.errors import InputError
from planner.readers.tables import DISTRICTS, ENTERPRISES
path = Path(sys.argv[1])
start = time.process_time()
try:
    readers.sheets(path, path.name, DISTRICTS if path.suffix in readers.SPATIAL else ENTERPRISES)
    print("read")
except InputError as wrong:
    print(wrong)
used = time.process_time() - start + resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
most = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(used, int(most.split()[1]) / 1000)
"""

SHEET = '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
BOOK = (
    '<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
    '<sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
RELATIONS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Target="worksheets/sheet1.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"/></Relationships>'
)


def packed(path, parts):
    """A zip of those parts."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)


def workbook_of(path, cells):
    """A workbook of one sheet with that XML."""
    parts = {
        "xl/workbook.xml": BOOK,
        "xl/_rels/workbook.xml.rels": RELATIONS,
        "xl/worksheets/sheet1.xml": SHEET.format(cells),
    }
    packed(path, parts)


def rows(count, cell='<c r="A{0}"><v>1</v></c>'):
    """The XML of so many rows."""
    return "".join(f'<row r="{k}">{cell.format(k)}</row>' for k in range(1, count + 1))


def deep(path):
    """JSON nested a hundred thousand times."""
    path.write_text('{"type": "FeatureCollection", "features": ' + "[" * 100_000 + "]" * 100_000 + "}")


def long_ring(path):
    """A ring of more than a hundred thousand positions."""
    ring = [[121.45 + k * 1e-7, 31.2] for k in range(100_002)]
    feature = {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))


BOMBS = {
    "zeros.xlsx": lambda path: packed(path, {"xl/worksheets/sheet1.xml": "0" * 120_000_000}),
    "forty-megabytes.xlsx": lambda path: workbook_of(path, rows(1, "<c><v>1</v></c>" * 2_700_000)),
    "far-cell.xlsx": lambda path: workbook_of(path, '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    "wide-and-deep.xlsx": lambda path: workbook_of(path, '<c r="A1"><v>1</v></c><c r="GR150000"><v>1</v></c>'),
    "many-parts.xlsx": lambda path: packed(path, {f"xl/{k}.xml": "" for k in range(3_000)}),
    "zeros.zip": lambda path: packed(path, dict.fromkeys(("a.shp", "a.shx", "a.dbf", "a.prj"), "0" * 30_000_000)),
    "nested.geojson": deep,
    "long-ring.geojson": long_ring,
    "laughs.kml": lambda path: path.write_text(
        '<!DOCTYPE l [<!ENTITY a "ha">'
        + "".join(f'<!ENTITY a{k} "{f"&a{k - 1 or str()};" * 10}">' for k in range(1, 9))
        + "]><kml>&a8;</kml>"
    ),
    "quotes.csv": lambda path: path.write_text('a,b\n"' + 'x"y,"\n' * 2_000_000),
    "columns.csv": lambda path: path.write_text("a," * 10_000_000),
    "lines.csv": lambda path: path.write_text("a\n" * 12_000_000),
}


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is measured as Linux tells it")
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused(name, tmp_path):
    """By a declared cap, with one line."""
    BOMBS[name](tmp_path / name)
    done = subprocess.run(
        [sys.executable, "-c", READ, tmp_path / name], capture_output=True, text=True, timeout=120, check=True
    )
    *said, used = done.stdout.splitlines()
    seconds, megabytes = map(float, used.split())
    if name == "long-ring.geojson":  # read, and its one feature is a problem
        assert said == ["read"]
    else:
        assert len(said) == 1
        assert said[0].startswith(f"{name}:")
    assert seconds < 2, said
    assert megabytes < 300, said
