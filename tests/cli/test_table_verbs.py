"""import, locate and what check can do about tables: files as people have them, and the folder afterwards."""

import json
import shutil
from pathlib import Path

import pytest
from command import tree
from test_geocoding import answering, point

REAL = Path(__file__).parents[3] / "shared" / "realdata"
SHOPS = "店名,商户号,经度,纬度,场景\n北苑面馆,S1,121.452,31.225,扫码点餐\n南苑停车场,S2,121.455,31.215,停车缴费\n"


@pytest.fixture
def shops(tmp_path):
    """Somebody's list of shops."""
    path = tmp_path / "商户.csv"
    path.write_bytes(SHOPS.encode("gb18030"))
    return path


@pytest.fixture
def empty(tmp_path, inside):
    """A new workspace."""
    assert inside("init", tmp_path / "new").returncode == 0
    return tmp_path / "new"


def asked(shops, workspace, *more):
    """The arguments of an import."""
    return ["import", shops, "--as", "enterprises", "--map", "商户号=enterprise_id", "--workspace", workspace, *more]


def test_a_table_is_taken_into_a_new_workspace(inside, shops, empty):
    """Clean, with a report beside it; the empty table of ``init`` holds nothing to lose."""
    done = inside(*asked(shops, empty, "--lang", "en"))
    assert done.returncode == 0
    assert "2 rows imported, 0 left out as wrong" in done.stdout
    assert "lookback check" in done.stderr
    assert (empty / "data/enterprises.csv").read_text("utf-8-sig").splitlines()[
        1
    ] == "S1,北苑面馆,121.452,31.225,scan_to_order"
    assert (empty / "imports/enterprises-report.txt").read_text("utf-8") == done.stdout


def test_a_table_is_replaced_only_when_asked(inside, shops, town):
    """And the old one is kept, under a name that was free, as often as it happens."""
    before = tree(town)
    old = (town / "data/enterprises.csv").read_bytes()
    refused = inside(*asked(shops, town, "--lang", "en"))
    assert refused.returncode == 2
    assert refused.stderr.startswith("data/enterprises.csv: has rows already: --replace")
    assert tree(town) == before
    for _ in range(2):
        assert inside(*asked(shops, town, "--replace")).returncode == 0
    assert (town / "imports/replaced-1-enterprises.csv").read_bytes() == old
    assert (town / "imports/replaced-2-enterprises.csv").read_bytes() == (town / "data/enterprises.csv").read_bytes()


def test_a_table_in_another_format_makes_way(inside, shops, town):
    """Two files for one table would be one too many."""
    (town / "data/enterprises.csv").rename(town / "data/enterprises.geojson")
    assert inside(*asked(shops, town, "--replace")).returncode == 0
    assert [path.name for path in (town / "data").glob("enterprises.*")] == ["enterprises.csv"]
    assert (town / "imports/replaced-1-enterprises.geojson").exists()


def test_a_wrong_row_stops_an_import(inside, shops, empty):
    """Exit code 2, nothing written; left out when asked, into a list."""
    shops.write_text(SHOPS + "书店,S3,121,31,零食\n", "utf-8")
    before = tree(empty)
    refused = inside(*asked(shops, empty, "--lang", "en"))
    assert refused.returncode == 2
    assert refused.stderr.startswith("商户.csv:4 scenario: '零食' is not one of")
    assert tree(empty) == before
    done = inside(*asked(shops, empty, "--lang", "en", "--leave-out", "--json"))
    assert json.loads(done.stdout)["rows"] == 2
    assert (empty / "imports/enterprises-left-out.txt").read_text("utf-8").startswith("商户.csv:4 scenario")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--as", "shops"], "is not one of enterprises"),
        (["--map", "店名"], "has no '='"),
        (["--map", "店名=title"], "is no column of enterprises"),
        (["--set", "datum"], "has no '='"),
        (["--value", "scenario=retail"], "is not written OURS:THEIRS=VALUE"),
        (["--sheet", "Sheet2"], "has no sheet 'Sheet2'"),
    ],
)
def test_what_is_asked_wrongly_is_said(inside, shops, empty, more, said):
    """A line, exit code 2, nothing written."""
    before = tree(empty)
    done = inside(*asked(shops, empty, *more))
    assert done.returncode == 2
    assert said in done.stderr
    assert tree(empty) == before


@pytest.mark.parametrize(
    "file", ["https://example.org/shops.csv", "/vsicurl/https://example.org/a.geojson", "none.csv"]
)
def test_only_files_of_this_computer_are_read(inside, empty, file):
    """No address, nothing that a library would take for one."""
    done = inside("import", file, "--as", "enterprises", "--workspace", empty)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1


def test_a_shop_without_coordinates_is_located(inside, town):
    """Proposed from the address, kept by a person in places.csv, and then it has a place and a district."""
    table = town / "data/enterprises.csv"
    text = table.read_text("utf-8").replace("121.4520,31.2250,wgs84", ",,").replace("1 North Road", "3 North Road")
    table.write_text(text, "utf-8")
    before = tree(town)
    done = inside("locate", "--workspace", town, "--lang", "en")
    assert done.returncode == 0
    assert tree(town) == before
    assert done.stdout.splitlines()[1] == "E1,121.456,31.226,wgs84,same address as 1 others,North Noodles 3 North Road"
    (town / "data/places.csv").write_text(done.stdout, "utf-8")
    assert "without coordinates, 0 with" in inside("locate", "--workspace", town, "--lang", "en").stderr
    assert "lon" not in inside("check", "--workspace", town, "--lang", "en").stderr


def test_duplicates_are_listed_for_a_person_to_decide(inside, town):
    """As the table in which the decision stands; undecided rows are problems, not decisions."""
    table = town / "data/enterprises.csv"
    table.write_text(table.read_text("utf-8") + "E5,North  Noodles,121.4521,31.2250,wgs84,retail,,,,,,\n", "utf-8")
    done = inside("check", "--duplicates", "--workspace", town)
    assert done.stdout.splitlines() == [
        "enterprise_id,other_id,same,note",
        'E1,E5,,"name, 10 m: North Noodles / North  Noodles"',
    ]
    (town / "data/same_as.csv").write_text(done.stdout, "utf-8")
    assert inside("check", "--workspace", town, "--lang", "en").stderr == "data/same_as.csv:2 same: is empty\n"
    (town / "data/same_as.csv").write_text(done.stdout.replace("E1,E5,,", "E1,E5,yes,"), "utf-8")
    assert inside("check", "--workspace", town, "--lang", "en").stdout.startswith("4 enterprises")


def test_districts_are_repaired_into_a_copy(inside, town):
    """Which can then be imported; the drawn file is as it was until then."""
    path = town / "districts/districts.geojson"
    path.write_text(
        path.read_text("utf-8").replace(", [121.45, 31.23], [121.45, 31.22]]]", ", [121.45, 31.23]]]"), "utf-8"
    )
    assert "is not closed" in inside("check", "--workspace", town, "--lang", "en").stderr
    drawn = path.read_bytes()
    done = inside("check", "--fix", "districts", "--workspace", town, "--lang", "en")
    assert done.stdout == "districts/districts.geojson:1 North Market: ring closed\n"
    assert path.read_bytes() == drawn
    copy = town / "imports/districts-repaired.geojson"
    taken = inside("import", copy, "--as", "districts", "--replace", "--workspace", town)
    assert taken.returncode == 0
    assert inside("check", "--workspace", town, "--lang", "en").returncode == 0
    assert (town / "imports/replaced-1-districts.geojson").read_bytes() == drawn


@pytest.mark.skipif(not REAL.is_dir(), reason="the real tables are not beside the project")
def test_a_real_city_is_taken_in(inside, empty):
    """San Mateo: 107 places at (0, 0), rows that say the same, spellings of all kinds."""
    policy = empty / "data/policy.toml"
    policy.write_text(policy.read_text("utf-8").replace("[73, 3, 136, 54]", "[-123.2, 36.8, -121.2, 38.2]"), "utf-8")
    shutil.copy(REAL / "polygons/chicago_community_areas.geojson", empty / "chicago.geojson")
    shops = ["import", REAL / "san_mateo/enterprises.csv", "--as", "enterprises", "--workspace", empty, "--lang", "en"]
    done = inside(*shops, "--map", "id=enterprise_id", "--set", "scenario=scan_to_order", "--leave-out")
    assert done.returncode == 0
    assert "107 places at (0, 0) emptied" in done.stdout
    visits = ["import", REAL / "san_mateo/inspections.csv", "--as", "inspections", "--workspace", empty, "--lang", "en"]
    names = ["--map", "inspection_date=date", "--map", "type=inspection_type", "--set", "inspection_id=I{row}"]
    values = [f"result:{theirs}={ours}" for theirs, ours in {
        "NOT_APPLICABLE": "clean", "PASS_GREEN": "clean", "CONDITIONAL_YELLOW": "violation", "CLOSED_RED": "violation",
    }.items()]  # fmt: skip
    done = inside(*visits, *names, *(a for value in values for a in ("--value", value)), "--leave-out")
    assert done.returncode == 0
    assert "rows imported" in done.stdout


def test_a_geocoder_is_asked_only_when_named_and_only_once(inside, town):
    """
    It hears addresses, its answers are proposals in WGS 84, and what it said is remembered, with its datum.

    The old answers were converted from that datum: under another one they would lie half a kilometre off.
    """
    table = town / "data/enterprises.csv"
    text = table.read_text("utf-8").replace("121.4520,31.2250,wgs84", ",,").replace("1 North Road", "Old Mill Lane")
    table.write_text(text, "utf-8")
    with answering(lambda _: point(121.4565, 31.2238)) as (url, heard):
        assert inside("locate", "--workspace", town, "--lang", "en").stdout.count("\n") == 1
        assert heard == []
        asked = ["locate", "--workspace", town, "--lang", "en", "--geocoder", url.replace("&key={key}", "")]
        first = inside(*asked, "--datum", "gcj02")
        again = inside(*asked, "--datum", "gcj02")
        assert [path for path, _ in heard] == ["/search?q=Old%20Mill%20Lane"]
        unshifted = inside(*asked)
    assert unshifted.stdout.splitlines()[1].startswith("E1,121.4565,31.2238,")
    assert "asking 127.0.0.1 for 1 addresses; nothing else is sent" in first.stderr
    row = first.stdout.splitlines()[1]
    assert row.startswith("E1,121.45") and row.endswith(",wgs84,geocoder 127.0.0.1,North Noodles Old Mill Lane")  # noqa: PT018
    assert again.stdout == first.stdout
    assert inside("locate", "--workspace", town, "--geocoder", "amap").returncode == 2
