"""KML as Chinese programs write it: its columns by their own names, in the encoding that it says."""

import shutil
from pathlib import Path

import pytest
from damage import GOOD, make

from planner import readers
from planner.errors import InputError
from planner.policy import Policy

POLICY = Policy.default()
pytestmark = pytest.mark.usefixtures("child")


@pytest.fixture
def workspace(tmp_path):
    """A copy of the good workspace."""
    return Path(shutil.copytree(GOOD, tmp_path / "workspace"))


KML = """<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>{schema}<Placemark>
<ExtendedData>{data}</ExtendedData><Polygon><outerBoundaryIs><LinearRing><coordinates>
121.48,31.22 121.49,31.22 121.49,31.23 121.48,31.23 121.48,31.22
</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></Document></kml>"""


@pytest.mark.parametrize(
    "names", [("商圈编号", "商圈名称", "所属区"), ("id", "name", "行政区"), ("编号", "名称", "区&#x53BF;")]
)
@pytest.mark.parametrize("way", ["Data", "SimpleData"])
def test_the_columns_of_a_kml_file_keep_their_names(workspace, names, way):
    """Chinese ones, and those that each place has anyway; typed or not."""
    cells = dict(zip(names, ("D3", "东市场", "North"), strict=True))
    if way == "Data":
        schema, data = "", "".join(f'<Data name="{k}"><value>{v}</value></Data>' for k, v in cells.items())
    else:
        fields = "".join(f"<SimpleField type='string' name='{k}'/>" for k in cells)
        schema = f'<Schema name="s" id="s">{fields}</Schema>'
        data = "".join(f'<SimpleData name="{k}">{v}</SimpleData>' for k, v in cells.items())
        data = f'<SchemaData schemaUrl="#s">{data}</SchemaData>'
    (workspace / "districts" / "more.kml").write_text(KML.format(schema=schema, data=data), "utf-8")
    found = readers.read(workspace, POLICY)
    district = found.register.district["D3"]
    assert (district.name, district.authority) == ("东市场", "North")
    assert found.warnings == ()


@pytest.mark.parametrize("encoding", ["GBK", "GB2312", "UTF-16"])
def test_a_kml_file_in_the_encoding_that_it_says(workspace, encoding):
    """Also in those of Chinese programs; in another than it says it is refused, and so."""
    path = workspace / "districts" / "more.kml"
    make(path)
    text = path.read_text("utf-8").replace('"1.0"', f'"1.0" encoding="{encoding}"')
    path.write_bytes(text.encode(encoding))
    assert readers.read(workspace, POLICY).register.district["D3"].name == "东市场"
    path.write_bytes(text.encode(encoding) + b"\xff")
    with pytest.raises(InputError, match=r"more\.kml: is not in the encoding that it says"):
        readers.read(workspace, POLICY)
