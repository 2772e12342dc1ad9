"""What offices are used to do in their tables, and what is read all the same."""

import zipfile
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from formats import workbook

from planner import readers
from planner.errors import InputError
from planner.geo import Datum
from planner.policy import Policy
from planner.readers.cells import datum, degrees, yes_no
from planner.readers.importing import Imported, Wishes, imported
from planner.readers.tables import ENTERPRISES
from planner.readers.times import day

EXTENT = Policy.default().workspace.extent
HEADER = ["企业编号", "企业名称", "经度", "纬度", "场景"]
SHOP = ["Q1", "北苑面馆", "121.452", "31.225", "扫码点餐"]


def taken(path: Path, wishes: Wishes | None = None) -> Imported:
    """The enterprises of a file."""
    return imported(ENTERPRISES, readers.sheets(path, path.name, ENTERPRISES), wishes or Wishes(), EXTENT, {})


def problems(path: Path) -> list[str]:
    """What is wrong with them."""
    with pytest.raises(InputError) as caught:
        taken(path)
    return [problem.line() for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        ("经纬度", '"121.452,31.225"'),
        ("坐标", '"(121.452，31.225)"'),
        ("经纬度坐标", "121.452 31.225"),
        ("lnglat", "121.452/31.225"),
        ("纬经度", '"31.225, 121.452"'),
    ],
)
def test_both_coordinates_in_one_column(tmp_path, heading, cell):
    """They are two columns; what is no pair is named as a longitude that is none."""
    path = tmp_path / "t.csv"
    path.write_text(f"企业编号,{heading},企业名称,场景\nQ1,{cell},a,retail\nQ2,,b,retail\n", "utf-8")
    first, second = taken(path).records
    assert (first.cells["lon"], first.cells["lat"]) == (121.452, 31.225)
    assert "lon" not in second.cells
    path.write_text(f"企业编号,{heading},企业名称,场景\nQ1,{cell},a,retail\nQ2,东门口,b,retail\n", "utf-8")
    assert problems(path) == ["t.csv:3 lon: '东门口' is not a number of degrees, such as 121.4737"]


def test_a_column_of_that_name_that_holds_no_coordinates_is_only_unknown(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("企业编号,坐标,企业名称,场景\nQ1,东门口,a,retail\n", "utf-8")
    assert any("'坐标'" in note.en for note in taken(path).report)


def test_a_hidden_sheet_is_not_meant(tmp_path):
    """Last year's list, which nobody sees; read where it is the only one."""
    path = tmp_path / "t.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for title, name in (("2025", "旧店"), ("2026", "新店")):
            sheet = book.add_worksheet(title)
            for number, row in enumerate((HEADER, ["Q1", name, *SHOP[2:]])):
                sheet.write_row(number, 0, row)
        book.worksheets()[1].activate()
        book.worksheets()[1].set_first_sheet()
        book.worksheets()[0].hide()
    assert [record.cells["name"] for record in taken(path).records] == ["新店"]
    found = readers.headings.named(readers.sheets(path, path.name, ENTERPRISES), ["2025"], path.name)
    assert [r.cells["name"] for r in imported(ENTERPRISES, found, Wishes(), EXTENT, {}).records] == ["旧店"]


def test_line_breaks_that_fit_a_cell_into_its_column(tmp_path):
    """In headings and cells; the name stands on one line, and the report says so."""
    path = tmp_path / "t.xlsx"
    shop = ["Q1", "北苑面馆\n(总店)", *SHOP[2:4], "扫码\n点餐"]
    workbook(path, {"企业": [["企业\n编号", "企业名称\n(必填)", *HEADER[2:]], shop]})
    (record,) = taken(path).records
    assert record.cells["name"] == "北苑面馆 (总店)"


def test_sums_notes_and_the_header_again_are_one_problem_each(tmp_path):
    """Also a note in cells merged into one; left out when asked, and listed."""
    path = tmp_path / "t.xlsx"
    rows = [HEADER, SHOP, HEADER, ["合计:", "1家", "", "", ""], ["注:坐标来自高德"]]
    workbook(path, {"企业": rows}, [(5, 0, 5, 4, "填表人:张三")])
    assert problems(path) == [
        "t.xlsx[企业]:3: repeats the header: delete this row",
        "t.xlsx[企业]:4: '合计:' is a sum, not a row of the table: delete this row",
        "t.xlsx[企业]:5: holds nothing but '注:坐标来自高德': complete the row, or delete it if it is a note",
        "t.xlsx[企业]:6: holds nothing but '填表人:张三': complete the row, or delete it if it is a note",
    ]
    made = taken(path, Wishes(leave_out=True))
    assert [record.cells["enterprise_id"] for record in made.records] == ["Q1"]
    assert len(made.left_out) == 4


def test_two_columns_that_mean_one_are_named_by_their_own_headings(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("企业编号,企业名称,名称,场景\nQ1,a,b,retail\n", "utf-8")
    (line,) = problems(path)
    assert line == "t.csv:1 name: '企业名称' and '名称' both mean it: leave one out with --map \"THEIRS=\""
    (record,) = taken(path, Wishes({"名称": ""})).records
    assert record.cells["name"] == "a"


def test_a_byte_order_mark_written_twice(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("\ufeff\ufeff企业编号,企业名称,场景\nQ1,a,retail\n", "utf-8")
    assert len(taken(path).records) == 1


@pytest.mark.parametrize("text", ["E121°27'7.2\"", "东经121度27分7.2秒", "121°27′7.2″E"])
def test_degrees_with_their_side_before_or_behind(text):
    assert degrees(text) == 121.452


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("国测局坐标", Datum.GCJ02),
        ("百度坐标系", Datum.BD09),
        ("2000国家大地坐标系", Datum.WGS84),
        ("GPS坐标", Datum.WGS84),
    ],
)
def test_a_datum_by_what_people_call_it(text, meant):
    assert datum(text) is meant


def test_ticks_and_crosses():
    assert [yes_no(mark) for mark in "√✓✔×✗✘"] == [True, True, True, False, False, False]


@pytest.mark.parametrize("text", ["2026年3月2日 星期一", "2026-03-02(周一)", "2026/3/2,周一", "2026.3.2 礼拜一"])
def test_a_date_with_its_own_day_of_the_week(text):
    assert day(text) == date(2026, 3, 2)


def test_an_id_that_a_spreadsheet_is_told_to_take_as_text(tmp_path):
    """As many systems export it, so that its zeros stay."""
    path = tmp_path / "t.csv"
    path.write_text('企业编号,企业名称,场景\n="007",面馆,retail\n', "utf-8")
    assert [record.cells["enterprise_id"] for record in taken(path).records] == ["007"]


def test_a_failed_formula_is_found_on_whichever_sheet_it_stands(tmp_path):
    """And is not taken for an empty cell: a place, for instance, that was looked up."""
    path = tmp_path / "t.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("a & b").write_formula(0, 0, "=1/0", value="#DIV/0!")
        sheet = book.add_worksheet("企业")
        for number, row in enumerate((HEADER, SHOP)):
            sheet.write_row(number, 0, row)
        sheet.write_formula(1, 2, "=VLOOKUP(A2,X:Y,2,0)", value="#N/A")
        sheet.write_formula(1, 3, "=VLOOKUP(A2,X:Y,3,0)", value="#N/A")
    assert problems(path) == [
        "t.xlsx[企业]:2 lat: '#N/A' is what a spreadsheet shows for a formula that failed",
        "t.xlsx[企业]:2 lon: '#N/A' is what a spreadsheet shows for a formula that failed",
    ]


@pytest.mark.parametrize("value", ["", "<v></v>", "<v />"])
@pytest.mark.parametrize("formula", ["<f>1/2*62</f>", '<f t="shared" si="0"/>'])
def test_a_formula_that_was_never_worked_out_is_no_empty_cell(tmp_path, formula, value):
    """As programs write it that cannot calculate; a text that a formula leaves empty is an empty cell."""
    path = tmp_path / "t.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("企业")
        for number, row in enumerate((HEADER, SHOP)):
            sheet.write_row(number, 0, row)
        sheet.write_formula(1, 2, "=1/2*62")
        sheet.write_formula(1, len(SHOP), '=IF(1,"","x")', value="")
    with zipfile.ZipFile(path) as archive:
        parts = {part.filename: archive.read(part) for part in archive.infolist()}
    name = "xl/worksheets/sheet1.xml"
    before = parts[name]
    parts[name] = before.replace(b"<f>1/2*62</f><v>0</v>", f"{formula}{value}".encode())
    assert parts[name] != before
    with zipfile.ZipFile(path, "w") as archive:
        for part, data in parts.items():
            archive.writestr(part, data)
    (said,) = problems(path)
    assert said.startswith("t.xlsx[企业]:2 lon: '=?' stands for a formula whose value the file does not hold: ")
