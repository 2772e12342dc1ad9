"""Files of several layers: the one that holds the table is read; what is not read, and what could be it, is named."""

import shutil
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
from formats import workbook, write_layer

from planner import readers
from planner.errors import InputError
from planner.policy import Policy
from planner.readers.tables import DISTRICTS

GOOD = Path(__file__).parents[1] / "bad" / "good"
POLICY = Policy.default()
pytestmark = pytest.mark.usefixtures("child")
SQUARE = "POLYGON ((121.48 31.22, 121.49 31.22, 121.49 31.23, 121.48 31.23, 121.48 31.22))"
EAST = {"district_id": ["D3"], "name": ["东市场"], "authority": ["North"]}
WEST = {"district_id": ["D4"], "name": ["西市场"], "authority": ["South"]}


@pytest.fixture
def workspace(tmp_path):
    """A copy of the good workspace."""
    return Path(shutil.copytree(GOOD, tmp_path / "workspace"))


def placemark(shape, **told):
    """A place of a KML file."""
    data = "".join(f'<Data name="{key}"><value>{value}</value></Data>' for key, value in told.items() if key != "name")
    name = f"<name>{told['name']}</name>" if "name" in told else ""
    return f"<Placemark>{name}<ExtendedData>{data}</ExtendedData>{shape}</Placemark>"


def polygon(west):
    """A square of KML that begins at a longitude."""
    east = west + 0.01
    ring = f"{west},31.22 {east},31.22 {east},31.23 {west},31.23 {west},31.22"
    return (
        "<Polygon><outerBoundaryIs><LinearRing>"
        f"<coordinates>{ring}</coordinates></LinearRing></outerBoundaryIs></Polygon>"
    )


POINT = "<Point><coordinates>121.5,31.22</coordinates></Point>"
D3 = placemark(polygon(121.48), district_id="D3", name="东市场", authority="North")
D4 = placemark(polygon(121.50), district_id="D4", name="西市场", authority="South")
D4_OF_NOBODY = placemark(polygon(121.50), district_id="D4", name="西市场")
METRO = placemark(POINT, name="地铁站")


def folder(title, *inside):
    """A folder of KML."""
    return f"<Folder><name>{title}</name>{''.join(inside)}</Folder>"


def kml(*inside):
    """A KML file."""
    return (
        '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2">'
        f"<Document><name>图</name>{''.join(inside)}</Document></kml>"
    )


def lines(workspace):
    """The problems of a workspace, or else its warnings."""
    try:
        return [warning.line() for warning in readers.read(workspace, POLICY).warnings]
    except InputError as error:
        return [problem.line() for problem in error.problems]


SEVERAL = (
    "districts/more.kml[{0}]: several layers hold this table (districts/more.kml[{0}], districts/more.kml[{1}])"
    ": merge them into one, or import those you name with --sheet"
)


@pytest.mark.parametrize(
    ("inside", "titles"),
    [
        ((folder("甲", D3), folder("乙", D4)), ("甲", "乙")),
        ((folder("甲", D3), folder("甲", D4)), ("甲", "甲 (#2)")),
        ((folder("", D3), folder("", D4)), ("", " (#2)")),
        ((folder("全部", folder("甲", D3), folder("乙", D4)),), ("甲", "乙")),
        ((folder("全部", D3, folder("乙", D4)),), ("全部", "乙")),
        ((D3, folder("乙", D4)), ("图", "乙")),
    ],
)
def test_folders_that_could_each_be_the_table_are_named(workspace, inside, titles):
    """Also two of one name, two without a name, folders within folders, and what stands beside a folder."""
    (workspace / "districts" / "more.kml").write_text(kml(*inside), "utf-8")
    assert lines(workspace) == [SEVERAL.format(*titles)]


def test_a_folder_that_lacks_a_column_is_not_dropped_in_silence(workspace):
    """Its polygons are districts, too; what it lacks is said, and either can be chosen."""
    path = workspace / "districts" / "more.kml"
    path.write_text(kml(folder("甲", D3), folder("乙", D4_OF_NOBODY)), "utf-8")
    lacking = SEVERAL.replace("{1}])", "{1}], which lacks authority)")
    assert lines(workspace) == [lacking.format("甲", "乙")]


def test_a_folder_of_other_shapes_is_pointed_out(workspace):
    """Places among districts are none; an empty folder is nothing."""
    path = workspace / "districts" / "more.kml"
    path.write_text(kml(folder("站点", METRO, METRO), folder("甲", D3), folder("空")), "utf-8")
    assert lines(workspace) == [
        "districts/more.kml[站点]: is another layer than districts/more.kml[甲] and is not read (features: 2)"
    ]


def test_folders_of_which_none_is_the_table_are_all_named(workspace):
    """One line for what the first lacks, and which other layers there are."""
    path = workspace / "districts" / "more.kml"
    path.write_text(kml(folder("甲", D4_OF_NOBODY), folder("乙", D4_OF_NOBODY)), "utf-8")
    assert lines(workspace) == [
        (
            "districts/more.kml[甲]: several layers hold this table (districts/more.kml[甲], which lacks authority, "
            "districts/more.kml[乙], which lacks authority): merge them into one, or import those you name with --sheet"
        )
    ]


@pytest.fixture
def take(workspace, inside):
    """Import a file of folders."""

    def take(text, *asked):
        path = workspace / "theirs.kml"
        path.write_text(text, "utf-8")
        given = ["import", path, "--as", "districts", "--replace", "--lang", "en", "--workspace", workspace]
        return inside(*given, *asked)

    return take


THEIRS = kml(folder("甲", D3), folder("乙", D4_OF_NOBODY), folder("站点", METRO))


def test_a_folder_is_imported_by_its_name(workspace, take):
    """With what it lacks given for all its rows; of the others nothing is taken."""
    refused = take(THEIRS, "--set", "authority=North")
    assert refused.returncode == 2
    assert "several layers hold this table (theirs.kml[甲], theirs.kml[乙])" in refused.stderr
    done = take(THEIRS, "--set", "authority=North", "--sheet", "乙")
    assert done.returncode == 0
    assert "1 rows imported" in done.stdout
    (sheet,) = readers.layer(workspace, DISTRICTS)
    assert [row.cells for row in sheet.rows] == [("D4", "西市场", "North")]


def test_folders_of_a_map_become_one_table(workspace, take):
    """Those that are named; what is no district is not among them."""
    done = take(THEIRS, "--set", "authority=North", "--sheet", "甲", "--sheet", "乙")
    assert done.returncode == 0
    assert "2 rows of 2 sheets are one table" in done.stdout
    (sheet,) = readers.layer(workspace, DISTRICTS)
    assert [row.cells[0] for row in sheet.rows] == ["D3", "D4"]
    assert all(row.polygons for row in sheet.rows)


def test_a_folder_that_is_not_there_is_named_with_those_that_are(take):
    """So that one can be chosen."""
    refused = take(THEIRS, "--sheet", "丙")
    assert refused.returncode == 2
    assert "has no sheet '丙', only theirs.kml[甲], theirs.kml[乙], theirs.kml[站点]" in refused.stderr


def test_what_is_left_of_an_import_is_in_its_report(take):
    """Places among districts."""
    done = take(kml(folder("甲", D3), folder("站点", METRO)))
    assert done.returncode == 0
    assert "theirs.kml[站点]: is another layer than theirs.kml[甲] and is not read (features: 1)" in done.stdout


def test_the_only_layer_of_a_file_may_be_named(take):
    """As the program that made it calls it."""
    assert take(kml(folder("甲", D3)), "--sheet", "甲").returncode == 0


def test_a_file_of_a_hundred_layers_says_how_many_may_be(workspace):
    """To export it again would not help."""
    path = workspace / "districts" / "more.kml"
    path.write_text(kml(*(folder(f"第{k}", D3) for k in range(100))), "utf-8")
    assert lines(workspace) == [
        "districts/more.kml: has 100 layers, more than 50: put what is needed into a file of its own"
    ]


def geopackage(path, **layers):
    """A GeoPackage of one square in each layer."""
    for k, (title, columns) in enumerate(layers.items()):
        shapes = [shapely.from_wkt(SQUARE.replace("121.4", f"121.{4 + k}"))]
        write_layer(path, columns, shapes, kind="Polygon", driver="GPKG", layer=title, append=k > 0)


def test_layers_of_a_geopackage_keep_the_same_rule(workspace):
    """In the same words."""
    geopackage(workspace / "districts" / "more.gpkg", 甲=EAST, 乙=WEST)
    assert lines(workspace) == [SEVERAL.replace(".kml", ".gpkg").format("甲", "乙")]


def test_a_table_without_shapes_beside_a_layer_needs_no_coordinate_system(workspace):
    """Where QGIS keeps how a layer is drawn, in the GeoPackage itself."""
    path = workspace / "districts" / "more.gpkg"
    geopackage(path, 甲=EAST)
    styles = [np.array(["甲"], object)]
    pyogrio.raw.write(path, None, styles, ["f_table_name"], layer="layer_styles", driver="GPKG", append=True)
    assert {d.district_id for d in readers.read(workspace, POLICY).register.districts} == {"D1", "D2", "D3"}


def test_a_month_that_lacks_a_column_is_not_dropped_in_silence(workspace):
    """A sheet that looks like the table and is none is pointed out; a list of contacts is not."""
    rows = [line.split(",") for line in (workspace / "data" / "violations.csv").read_text("utf-8").splitlines()]
    (workspace / "data" / "violations.csv").unlink()
    k = rows[0].index("action")
    february = [[*row[:k], *row[k + 1 :]] for row in rows]
    notes = [["企业编号", "电话"], ["E1", "021"]]
    workbook(workspace / "data" / "violations.xlsx", {"一月": rows, "二月": february, "联系人": notes})
    lost = f"data/violations.xlsx[二月]: lacks action and is not read (rows: {len(rows) - 1})"
    assert lines(workspace) == [f"{lost}; data/violations.xlsx[一月] is"]
