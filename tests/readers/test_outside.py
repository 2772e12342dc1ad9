"""Histories from elsewhere: whatever their columns are called, and every problem named."""

import pytest

from planner.errors import InputError
from planner.readers.outside import chain, outside

SHOPS = """\
id,name,latitude,longitude,facility_type,risk
1,NOODLE HOUSE #3,41.9,-87.6,Restaurant,High
2,noodle house (Loop),0,0,School,Low
"""
CHECKS = """\
enterprise_id,inspection_date,type,critical,major,minor
1,2013-01-02,ROUTINE,0,2,1
2,2013-01-03T00:00:00,COMPLAINT,1,0,0
2,2013-02-03,OTHER,0,0,4
9,2013-02-04,ROUTINE,1,0,0
"""


def files(tmp_path, shops=SHOPS, checks=CHECKS):
    (tmp_path / "shops.csv").write_text(shops, "utf-8")
    (tmp_path / "checks.csv").write_text(checks, "utf-8")
    return tmp_path / "shops.csv", tmp_path / "checks.csv"


def test_known_names_need_no_mapping(tmp_path):
    """Found is what was critical, serious what was major; a complaint is not movable."""
    read = outside(*files(tmp_path))
    told = read.history
    assert told.found.tolist() == [False, True, False]
    assert told.serious.tolist() == [True, False, False]
    assert told.minor.tolist() == [1, 0, 4]
    assert told.movable.tolist() == [True, False, True]
    assert told.lead.tolist() == [False, True, False]
    assert len(set(told.operator.tolist())) == 1
    assert told.records[0] == "checks.csv:2"


def test_a_plus_adds_numbers_and_joins_texts(tmp_path):
    told = outside(*files(tmp_path), {"critical+major": "found", "facility_type+risk": "scenario"}).history
    assert told.found.tolist() == [True, True, False]
    assert told.scenarios == ("restaurant high", "school low")


def test_types_say_what_could_be_moved(tmp_path):
    told = outside(*files(tmp_path), types=["routine"]).history
    assert told.movable.tolist() == [True, False, False]


def test_words_for_results(tmp_path):
    checks = "enterprise_id,date,result\n1,2013-01-02,violation\n1,2013-02-02,clean\n2,2013-01-02,发现问题\n"
    assert outside(*files(tmp_path, checks=checks)).history.found.tolist() == [True, True, False]


def test_what_is_left_out_is_said(tmp_path):
    """An unknown enterprise, and a place at (0, 0)."""
    notes = [note.line() for note in outside(*files(tmp_path)).notes]
    assert any("1 inspections are of enterprises that shops.csv does not have" in note for note in notes)
    assert any("1 enterprises have no coordinates" in note for note in notes)


def test_every_problem_at_once(tmp_path):
    checks = "enterprise_id,when,critical\n1,2013-13-02,0\n1,2013-01-02,many\n"
    with pytest.raises(InputError) as error:
        outside(*files(tmp_path, checks=checks), {"when": "date", "severity": "serious"})
    lines = [problem.line() for problem in error.value.problems]
    assert any(line.startswith("checks.csv:2 date: '2013-13-02'") for line in lines)
    assert any(line.startswith("checks.csv:3 found: 'many'") for line in lines)
    assert any("'severity' is a column of neither file" in line for line in lines)


def test_a_missing_column_says_how_to_name_it(tmp_path):
    with pytest.raises(InputError, match='--map "THEIRS=date"'):
        outside(*files(tmp_path, checks="enterprise_id,when,critical\n1,2013-01-02,0\n"))


def test_columns_are_known_and_suggested_as_in_import(tmp_path):
    """By our names for them; one that is nearly known is suggested, one that is not read is listed."""
    checks = "单位编号,检查时间,检查结果,检查结论书,天气\n1,2013年1月2日,发现问题,x,晴\n"
    notes = [note.line() for note in outside(*files(tmp_path, checks=checks)).notes]
    assert "checks.csv: column enterprise_id: from '单位编号'" in notes
    assert "checks.csv:1: '检查结论书', '天气' are no columns of this table and are not read" in notes
    with pytest.raises(InputError, match="found: the column is missing: is it '检查结论书'"):
        outside(*files(tmp_path, checks=checks.replace("检查结果", "所得")))


def test_no_row_of_the_types_given(tmp_path):
    with pytest.raises(InputError, match="'COMPLAINT'"):
        outside(*files(tmp_path), types=["Canvass"])


def test_sites_of_a_chain_share_a_name():
    assert chain("SUBWAY #1234") == chain("Subway (Airport)") == "subway"
    assert chain("汀洲点心铺(澄明荟店)") == "汀洲点心铺"
