"""Somebody else's table as one of ours: what is renamed, translated, converted, left out, and said about it."""

import json
import math
from dataclasses import replace

import pytest
import shapely
from damage import layer as layer_file
from formats import workbook

from planner import readers
from planner.errors import InputError
from planner.geo import Datum
from planner.policy import Policy
from planner.readers.importing import Wishes, imported
from planner.readers.tables import BARRIERS, DISTRICTS, ENTERPRISES, INSPECTIONS, SHIFTS, VIOLATIONS

EXTENT = Policy.default().workspace.extent
SHOPS = """\
店名,商户号,lng,lat,类型,备用
北苑面馆,S1,121.452,31.225,餐饮,x
 南苑面馆 ,S2,0,0.0,餐饮,y
地下停车场,S3,121.456,31.226,停车,z
"""
ASKED = Wishes(
    renamed={"商户号": "enterprise_id", "类型": "scenario"},
    values={("scenario", "餐饮"): "scan_to_order", ("scenario", "停车"): "停车缴费"},
)


@pytest.fixture
def take(tmp_path):
    """Import a table from text, or from a file that a function writes."""

    def take(table, text, wishes=None, known=None, name="theirs.csv"):
        path = tmp_path / name
        path.write_text(text, "utf-8") if isinstance(text, str) else text(path)
        return imported(table, readers.sheets(path, path.name, table), wishes or Wishes(), EXTENT, known or {})

    return take


def said(made):
    """The report as lines."""
    return [note.en for note in made.report]


def rows(made):
    """The clean table's rows."""
    return made.csv().decode("utf-8-sig").splitlines()


def test_columns_and_values_are_renamed_as_asked(take):
    """What is known by another name needs no asking; what is not taken is said."""
    made = take(ENTERPRISES, SHOPS, ASKED)
    assert rows(made) == [
        "enterprise_id,name,lon,lat,scenario",
        "S1,北苑面馆,121.452,31.225,scan_to_order",
        "S2,南苑面馆,,,scan_to_order",
        "S3,地下停车场,121.456,31.226,parking_payment",
    ]
    assert said(made) == [
        "column name: from '店名'",
        "column enterprise_id: from '商户号'",
        "column lon: from 'lng'",
        "column lat: from 'lat'",
        "column scenario: from '类型'",
        "column scenario: 3 cells translated as asked",
        "columns lon, lat: 1 places at (0, 0) emptied: lookback locate can look for them",
        "column name: space around 1 cells removed",
        "column scenario: 1 cells in another form, such as row 4: '停车缴费' → 'parking_payment'",
        "theirs.csv:1: '备用' is not a column of this table and is not read",
        "3 rows imported, 0 left out as wrong",
    ]


def test_several_columns_may_make_one_and_one_several(take):
    """``a+b=ours`` and ``theirs=ours+ours``; what only makes another is not said to be left out."""
    text = "licence,district,road,no,name\nS1,东区,北苑路,7号,a\nS2,,南苑路,,b\n"
    wishes = Wishes({"district+road+no": "address", "licence": "enterprise_id+operator"}, {"scenario": "retail"})
    made = take(ENTERPRISES, text, wishes)
    assert rows(made) == [
        "enterprise_id,name,scenario,operator,address",
        "S1,a,retail,S1,东区 北苑路 7号",
        "S2,b,retail,S2,南苑路",
    ]
    assert not any("not read" in line or "not taken" in line for line in said(made))


def test_a_missing_column_may_be_meant_by_another_name(take):
    """The nearest heading is suggested, and how to say so."""
    with pytest.raises(
        InputError,
        match=r"name: the column is missing: is it '企业名称全'\?; --map \"THEIRS=name\" says which",
    ):
        take(ENTERPRISES, "企业编号,企业名称全,场景\nE1,a,retail\n")


def test_a_column_may_be_refused(take):
    """Even one that we would know: their risk is not ours."""
    text = "id,name,risk\nS1,a,Risk 1 (High)\n"
    wishes = Wishes(renamed={"id": "enterprise_id", "risk": ""}, constants={"scenario": "retail"})
    assert rows(take(ENTERPRISES, text, wishes))[1] == "S1,a,retail"


def test_rows_without_ids_may_be_numbered(take):
    """By the line on which they stand."""
    text = "enterprise_id,date,result\nE1,2026/3/2,发现问题\n\nE1,2026/3/9,clean\n"
    made = take(INSPECTIONS, text, Wishes(constants={"inspection_id": "I-{row}"}))
    assert rows(made)[1:] == ["I-2,E1,2026-03-02,violation", "I-4,E1,2026-03-09,clean"]


def test_only_some_rows_are_taken(take):
    """Those with one of the values asked for, in a column that need not be taken."""
    text = "violation_id,enterprise_id,found_on,verdict\nV1,E1,2026-03-02,Fail\nV2,E1,2026-03-02,Pass\n"
    wishes = Wishes(constants={"kind": "rights", "action": "fine"}, only={"verdict": frozenset({"Fail"})})
    made = take(VIOLATIONS, text, wishes)
    assert rows(made)[1:] == ["V1,E1,2026-03-02,rights,fine"]
    assert "1 rows not asked for by --only" in said(made)


VISITS = """\
no,shop,day,verdict
1,E1,2026-03-02,Fail
2,E1,2026-03-02,Pass
3,E2,2026-03-03,Fail
4,E1,2026-03-20,Fail
5,E1,2026-04-01T09:30:00,Pass
6,E1,2026-05-01,Pass
7,E2,when?,Pass
"""
FAILS = Wishes(
    renamed={"no": "violation_id", "shop": "enterprise_id", "day": "found_on"},
    constants={"kind": "rights", "action": "fine"},
    only={"Verdict": frozenset({"Fail"})},
    rectified_by={"verdict": frozenset({"Pass"})},
)


def test_a_later_good_visit_says_when_a_violation_was_rectified(take):
    """The enterprise's next one, not one on the same day; without one, or without its date, the violation is open."""
    made = take(VIOLATIONS, VISITS, FAILS)
    assert rows(made)[1:] == [
        "1,E1,2026-03-02,rights,fine,2026-04-01",
        "3,E2,2026-03-03,rights,fine,",
        "4,E1,2026-03-20,rights,fine,2026-04-01",
    ]
    assert "column rectified_on: from the enterprise's next row with 'verdict' 'Pass': 2 of 3" in said(made)


@pytest.mark.parametrize(
    ("renamed", "said"),
    [
        (FAILS.renamed | {"verdict": "rectified_on"}, "do not give both"),
        ({"no": "violation_id", "shop": "enterprise_id"}, "needs the columns"),
    ],
)
def test_a_rectification_is_told_in_one_way(take, renamed, said):
    """By a column of their own, or by later rows, for which one must know whose they are and when."""
    constants = FAILS.constants | ({} if "day" in renamed else {"found_on": "2026-03-02"})
    with pytest.raises(InputError, match=said):
        take(VIOLATIONS, VISITS, replace(FAILS, renamed=renamed, constants=constants))


def test_a_star_is_any_other_value(take):
    """But not an empty cell, which says nothing."""
    text = "no,title,kind,lng,lat\nS1,a,Restaurant,,\nS2,b,School,,\nS3,c,,,\n"
    wishes = Wishes(
        renamed={"no": "enterprise_id", "title": "name", "kind": "scenario"},
        values={("scenario", "restaurant"): "scan_to_order", ("scenario", "*"): "retail"},
        leave_out=True,
    )
    made = take(ENTERPRISES, text, wishes)
    assert [row.rpartition(",")[2] for row in rows(made)[1:]] == ["scan_to_order", "retail"]
    assert [problem.line() for problem in made.left_out] == ["theirs.csv:4 scenario: is empty"]


def test_a_column_known_by_another_name_may_choose_the_rows(take):
    """By the heading that it has in the file."""
    text = "inspection_id,enterprise_id,inspection_date,result\nI1,E1,2026-03-02,clean\nI2,E1,2026-03-09,clean\n"
    made = take(INSPECTIONS, text, Wishes(only={"inspection_date": frozenset({"2026-03-09"})}))
    assert rows(made)[1:] == ["I2,E1,2026-03-09,clean"]


def test_a_property_that_is_not_taken_may_be_anything(take):
    """A list or an object in it is nobody's business; in one that is taken it is named."""
    feature = {"type": "Feature", "properties": {"id": "D1", "name": "East", "authority": "N", "label": [1, 2]}}
    feature["geometry"] = {"type": "Polygon", "coordinates": [[[121, 31], [121.1, 31], [121.1, 31.1], [121, 31]]]}
    text = json.dumps({"type": "FeatureCollection", "features": [feature]})
    assert len(take(DISTRICTS, text, name="theirs.geojson").records) == 1
    with pytest.raises(InputError, match="a list is neither text nor a number"):
        take(DISTRICTS, text, Wishes(renamed={"label": "name_en"}), name="theirs.geojson")


def test_forms_become_ours(take):
    """Times, weekdays, lengths and labels, and the report shows one of each."""
    text = "小组编号,星期,上班时间,下班时间,午休分钟\nT1,周一,上午9点,下午5:30,1小时\n"
    made = take(SHIFTS, text)
    assert rows(made) == ["team_id,weekday,start,end,break_minutes", "T1,1,09:00,17:30,60"]
    assert "column end: 1 cells in another form, such as row 2: '下午5:30' → '17:30'" in said(made)


def test_a_wrong_row_stops_all_or_is_left_out(take):
    """Every wrong row is named; left out only when asked, and named all the same."""
    text = SHOPS + "书店,S4,121.9,131.2,零售,\n,S5,121.45,31.22,餐饮,\n"
    with pytest.raises(InputError) as caught:
        take(ENTERPRISES, text, ASKED)
    lines = [problem.line() for problem in caught.value.problems]
    assert lines == [
        "theirs.csv:5 lat: 131.2 is not a latitude (-90 to 90)",
        (
            "theirs.csv:5 scenario: '零售' is not one of scan_to_order, parking_payment, childrens_training, "
            "power_bank_rental, retail, property_agency, car_dealer, online_lending"
        ),
        "theirs.csv:6 name: is empty",
    ]
    made = take(ENTERPRISES, text, Wishes(ASKED.renamed, {}, ASKED.values, leave_out=True))
    assert [record.cells["enterprise_id"] for record in made.records] == ["S1", "S2", "S3"]
    assert [problem.line() for problem in made.left_out] == lines


def test_a_missing_column_stops_all_whatever_is_asked(take):
    """Leaving out every row would leave nothing."""
    with pytest.raises(InputError, match="scenario: the column is missing"):
        take(ENTERPRISES, "企业编号,企业名称\nE1,a\n", Wishes(leave_out=True))


def test_a_column_that_is_not_there_cannot_be_renamed(take):
    """The message names those that are."""
    with pytest.raises(InputError, match=r"has no column '店名称'; it has '店名', '商户号'"):
        take(ENTERPRISES, SHOPS, Wishes(renamed={"店名称": "name"}))


def test_rows_that_say_the_same_are_one(take):
    """One id that says two things is a problem, with what differs."""
    text = SHOPS + "北苑面馆,S1,121.452,31.225,餐饮,other\n"
    assert "1 rows that say the same as an earlier one merged into it" in said(take(ENTERPRISES, text, ASKED))
    with pytest.raises(
        InputError, match=r":5 enterprise_id: 'S1' stands already in row 2, with another lat \(445 m away"
    ):
        take(ENTERPRISES, SHOPS + "北苑面馆,S1,121.452,31.229,餐饮,\n", ASKED)


def test_rows_must_refer_to_what_the_workspace_has(take):
    """Otherwise their enterprises are to be imported first."""
    text = "问题编号,企业编号,发现日期,问题类型,处理\nV1,E1,2026-03-02,过度采,约谈\nV2,E9,2026-03-02,过度采,约谈\n"
    with pytest.raises(InputError, match=r"theirs.csv:3 enterprise_id: 'E9' is not in the workspace: import it first"):
        take(VIOLATIONS, text, known={"enterprise_id": frozenset({"E1"})})


def test_a_datum_is_written_into_every_row(take):
    """The coordinates stay as they are; the reader converts them."""
    made = take(ENTERPRISES, SHOPS, Wishes(ASKED.renamed, {}, ASKED.values, datum=Datum.GCJ02))
    assert rows(made)[1] == "S1,北苑面馆,121.452,31.225,gcj02,scan_to_order"


def test_nothing_becomes_a_formula(take, tmp_path):
    """A name that begins like one is marked as text, and read back as it was."""
    text = "企业编号,企业名称,场景\nE1,=HYPERLINK(1),retail\nE2,+86面馆,retail\nE3,'@home,retail\n"
    made = take(ENTERPRISES, text)
    assert [line.split(",")[1] for line in rows(made)[1:]] == ["'=HYPERLINK(1)", "'+86面馆", "'@home"]
    (tmp_path / "again.csv").write_bytes(made.csv())
    again = take(ENTERPRISES, lambda path: path.write_bytes(made.csv()))
    assert [record.cells["name"] for record in again.records] == ["=HYPERLINK(1)", "+86面馆", "@home"]


def test_a_cell_of_many_lines_does_not_say_what_separates_cells(take):
    """However many semicolons or tabs stand in it."""
    note = "甲;乙\n" * 9
    text = f'violation_id,enterprise_id,found_on,kind,action,note\nV1,E1,2026-03-02,rights,fine,"{note}"\n'
    assert [record.cells["note"] for record in take(VIOLATIONS, text).records] == [note.strip()]


def test_a_sum_is_known_wherever_its_word_stands(take):
    """In the first column, or in that of the ids, which is the first of what is written."""
    with pytest.raises(InputError, match=r"theirs\.csv:3: '合计' is a sum, not a row of the table: delete this row"):
        take(ENTERPRISES, "企业名称,企业编号,场景\n面馆,E1,retail\n共1家,合计,retail\n")


def test_a_small_number_is_written_as_tables_write_it(take):
    """Without an exponent, and read so."""
    shape = {"type": "LineString", "coordinates": [[121.4, 31.2], [121.5, 31.2]]}
    told = {"barrier_id": "B1", "name": "河", "crossing_minutes": "0.00001", "width_m": 2.5e-7}
    feature = {"type": "Feature", "properties": told, "geometry": shape}
    made = take(BARRIERS, json.dumps({"type": "FeatureCollection", "features": [feature]}), name="b.geojson")
    again = take(BARRIERS, made.geojson().decode(), name="b.geojson")
    assert [record.cells for record in again.records] == [record.cells for record in made.records]


def test_points_in_metres_are_converted_beside_a_joined_column(take):
    """Wherever their coordinates stand by then."""
    told = {"shop_id": ["Q1"], "name": ["面馆"], "区": ["东区"], "路": ["北苑路"]}
    wishes = Wishes(renamed={"区+路": "address"}, constants={"scenario": "retail"})
    places = [shapely.Point(352_000, 3_455_000)]
    made = take(
        ENTERPRISES, lambda path: layer_file(path, "Point", told, places, crs="EPSG:32651"), wishes, name="e.gpkg"
    )
    (record,) = made.records
    assert math.isclose(record.cells["lon"], 121.45, abs_tol=0.01)


def test_importing_what_was_imported_changes_nothing(take):
    """import(import(x)) == import(x)."""
    made = take(ENTERPRISES, SHOPS, ASKED)
    again = take(ENTERPRISES, lambda path: path.write_bytes(made.csv()))
    assert again.csv() == made.csv()
    assert not any("another form" in line or "emptied" in line for line in said(again))


def test_a_sheet_of_a_workbook(take):
    """With a title above, dates as dates."""
    sheet = [
        ["2026年检查台账"],
        ["检查编号", "企业编号", "检查日期", "检查结论"],
        [1001, "E1", "2026年3月2日", "未发现问题"],
    ]
    made = take(INSPECTIONS, lambda path: workbook(path, {"台账": sheet}), name="台账.xlsx")
    assert rows(made)[1] == "1001,E1,2026-03-02,clean"


def layer(crs, ring):
    """A GeoJSON text of one district in a coordinate system."""
    feature = {
        "type": "Feature",
        "properties": {"编号": 7.0, "名称": "东", "行政区": "东区"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    named = {"type": "name", "properties": {"name": crs}}
    return json.dumps({"type": "FeatureCollection", "crs": named, "features": [feature]})


def places(made):
    """The places of the first district."""
    (feature, *_) = json.loads(made.geojson())["features"]
    return feature["geometry"]["coordinates"][0][0]


def test_districts_in_metres_are_converted(take):
    """By the coordinate system that the file names: zone 51 north puts its middle meridian at 123 degrees east."""
    ring = [[500_000, 3_450_000], [501_000, 3_450_000], [501_000, 3_451_000], [500_000, 3_450_000]]
    made = take(DISTRICTS, layer("EPSG:32651", ring), name="d.geojson")
    assert math.isclose(places(made)[0][0], 123, abs_tol=1e-9)
    assert 31 < places(made)[0][1] < 31.3
    assert "shapes converted from WGS 84 / UTM zone 51N to WGS 84" in said(made)


def test_an_unknown_coordinate_system_is_named(take):
    """Nothing is guessed."""
    with pytest.raises(InputError, match="not known: 'EPSG:999999'"):
        take(DISTRICTS, layer("EPSG:999999", [[0, 0], [1, 0], [1, 1], [0, 0]]), name="d.geojson")


def test_a_coordinate_system_of_another_world_is_named(take):
    """As a damaged description of ours is understood to be."""
    with pytest.raises(InputError, match="cannot be converted to WGS 84: 'IAU_2015:30100'; export it in WGS 84"):
        take(DISTRICTS, layer("IAU_2015:30100", [[0, 0], [1, 0], [1, 1], [0, 0]]), name="d.geojson")


def test_districts_from_a_map_service_are_shifted_back(take):
    """By half a kilometre in Shanghai."""
    ring = [[121.48, 31.22], [121.49, 31.22], [121.49, 31.23], [121.48, 31.22]]
    made = take(DISTRICTS, layer("EPSG:4326", ring), Wishes(datum=Datum.GCJ02), name="d.geojson")
    east = (121.48 - places(made)[0][0]) * 111_320 * math.cos(math.radians(31.22))
    north = (31.22 - places(made)[0][1]) * 111_320
    assert 300 < math.hypot(east, north) < 700


def test_a_point_whose_id_is_that_of_a_sum_is_refused(take):
    """As it would be in the table that it becomes; its name may be any."""

    def points(place_id, name):
        properties = {"名称": name, "企业编号": place_id, "场景": "扫码点餐"}
        point = {"type": "Point", "coordinates": [121.45, 31.22]}
        feature = {"type": "Feature", "properties": properties, "geometry": point}
        return json.dumps({"type": "FeatureCollection", "features": [feature]})

    assert rows(take(ENTERPRISES, points("E1", "合计"), name="e.geojson"))[1].startswith("E1,合计,")
    with pytest.raises(InputError, match="'合计' is a sum, not a row of the table"):
        take(ENTERPRISES, points("合计", "店"), name="e.geojson")
