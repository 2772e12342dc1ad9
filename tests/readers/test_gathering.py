"""Several sheets that become one table: each named, none in silence, no id twice."""

import pytest
from formats import workbook

from planner import readers
from planner.errors import InputError
from planner.policy import Policy
from planner.readers.gathering import gathered
from planner.readers.importing import Wishes
from planner.readers.tables import ENTERPRISES

EXTENT = Policy.default().workspace.extent
HEADER = ["企业编号", "企业名称", "经度", "纬度", "场景"]
NORTH = ["Q1", "北苑面馆", 121.452, 31.225, "扫码点餐"]
SOUTH = ["Q2", "南苑停车场", 121.456, 31.226, "停车缴费"]
SHEETS = {"说明": [["请勿改动"]], "北区": [["北区台账"], HEADER, NORTH], "南区": [HEADER[::-1], SOUTH[::-1]]}


@pytest.fixture
def take(tmp_path):
    """Import sheets of a workbook."""

    def take(sheets, *titles, **wishes):
        path = tmp_path / "t.xlsx"
        workbook(path, sheets)
        found = readers.sheets(path, path.name, ENTERPRISES)
        return gathered(ENTERPRISES, found, titles, path.name, Wishes(**wishes), EXTENT, {})

    return take


def ids(made):
    return [record.cells["enterprise_id"] for record in made.records]


def problems(take, *asked, **wishes):
    with pytest.raises(InputError) as caught:
        take(*asked, **wishes)
    return [problem.line() for problem in caught.value.problems]


def test_a_sheet_for_each_district_becomes_one_table(take):
    """Whatever the order of their columns and the titles above; the title of a sheet may be a column's value."""
    made = take(SHEETS, "*", constants={"address": "{sheet} {row}"})
    assert ids(made) == ["Q1", "Q2"]
    assert [record.cells["address"] for record in made.records] == ["北区 3", "南区 2"]
    said = [note.en for note in made.report]
    assert "t.xlsx[北区]: 1 rows imported, 0 left out as wrong" in said
    assert said[-1] == "2 rows of 2 sheets are one table"


def test_only_the_sheets_that_are_named_are_taken(take):
    """In their order, once each."""
    assert ids(take(SHEETS, "南区", "北区", "南区")) == ["Q2", "Q1"]
    assert ids(take(SHEETS, "南区")) == ["Q2"]


def test_without_titles_several_sheets_are_asked_about(take):
    (line,) = problems(take, SHEETS)
    assert "several sheets hold this table (t.xlsx[北区], t.xlsx[南区])" in line
    assert "--sheet" in line


def test_what_is_wrong_with_any_sheet_is_said_at_once(take):
    """Sheets that are not there, and rows that are wrong."""
    assert problems(take, SHEETS, "东区", "北区", "西区") == [
        "t.xlsx: has no sheet '东区', only t.xlsx[说明], t.xlsx[北区], t.xlsx[南区]",
        "t.xlsx: has no sheet '西区', only t.xlsx[说明], t.xlsx[北区], t.xlsx[南区]",
    ]
    wrong = {"甲": [HEADER, [*NORTH[:4], "?"]], "乙": [HEADER, [*SOUTH[:4], "?"]]}
    lines = problems(take, wrong, "*")
    assert [line.split(" scenario:")[0] for line in lines] == ["t.xlsx[甲]:2", "t.xlsx[乙]:2"]


def test_an_id_of_two_sheets_says_one_thing(take):
    """The same row again is one row; another is a problem, or left out."""
    same = {"甲": [HEADER, NORTH], "乙": [HEADER, NORTH, SOUTH]}
    assert ids(take(same, "*")) == ["Q1", "Q2"]
    other = {"甲": [HEADER, NORTH], "乙": [HEADER, ["Q1", *SOUTH[1:]]]}
    (line,) = problems(take, other, "*")
    assert line.startswith("t.xlsx[乙]:2 enterprise_id: 'Q1' stands already in row 2 of t.xlsx[甲], with another ")
    made = take(other, "*", leave_out=True)
    assert ids(made) == ["Q1"]
    assert [problem.file for problem in made.left_out] == ["t.xlsx[乙]"]


def test_where_no_sheet_has_the_columns_it_is_said_as_of_one(take):
    (line,) = problems(take, {"甲": [HEADER[1:], NORTH[1:]]}, "*")
    assert "enterprise_id" in line


def test_a_sheet_that_lacks_a_column_is_not_left_out_in_silence(take):
    """It may be a district that somebody forgot to complete."""
    lacking = SHEETS | {"东区": [HEADER[:4], ["Q3", "东苑面馆", 121.45, 31.22]]}
    made = take(lacking, "*")
    assert ids(made) == ["Q1", "Q2"]
    assert any(note.en.startswith("t.xlsx[东区]: lacks scenario and is not read (rows: 1)") for note in made.report)
