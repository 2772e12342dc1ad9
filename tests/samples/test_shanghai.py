"""What the Shanghai sample promises: real ground, invented firms, a campaign that adds up."""

import csv
import io
import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date, timedelta
from hashlib import sha256
from itertools import combinations, pairwise

import pytest
from opening_hours import OpeningHours
from shapely.geometry import LineString, Point, shape
from stdnum.cn import uscc

from planner.samples import SAMPLES
from planner.samples.shanghai import groups, history, shanghai, true_risk
from planner.samples.shanghai.businesses import SHUT_BY_DAY, SHUT_ON_TUESDAYS
from planner.samples.shanghai.ground import ADMIN_DISTRICTS, BUSINESS_DISTRICTS
from planner.samples.shanghai.plane import to_metres
from planner.samples.shanghai.workdays import after

TODAY = date(2026, 11, 24)
BANKS = {
    "west": "NJE NJW HHZ YUY XJH LHB WJC KJL ZSP TSH HQB WZL ZHR HQG ZBL CSL SCN BWT DNG SHW DPQ XZH QIB NFS "
    "JQW JDX SJX BSN GCP QPX",
    "east": "LJZ ZYL SHB QTN ZJG JQO DIS CHS FXN JSN",
    "island": "CMC",
}
REAL_NAMES = """
    星巴克 瑞幸 库迪 喜茶 奈雪 茶百道 古茗 沪上阿姨 蜜雪 霸王茶姬 一点点 乐乐茶 书亦 益禾堂 茉莉奶白 七分甜
    柠季 茶颜 麦当劳 肯德基 必胜客 汉堡王 海底捞 西贝 外婆家 绿茶 太二 九毛九 呷哺 鼎泰丰 点都德 小杨
    南翔 杏花楼 沈大成 王家沙 老盛昌 巴比 吉祥馄饨 味千 和府 遇见小面 陈香贵 马记永 鲍师傅 好利来 元祖 红宝石
    凯司令 小南国 望湘园 云海肴 南京大牌档 怪兽 街电 小电 来电 搜电 美团 竹芒 咻电 支付宝 微信支付 新东方
    学而思 好未来 昂立 精锐 猿辅导 东方童画 画啦啦 小码王 编程猫 乐高 金宝贝 沃尔玛 家乐福 永辉 盒马 山姆
    好市多 联华 罗森 全家 喜士多 便利蜂 名创优品 屈臣氏 丝芙兰 优衣库 百果园 链家 贝壳 中原地产 我爱我家 太平洋房屋
    德佑 特斯拉 蔚来 小鹏 理想汽车 比亚迪 宝马 奔驰 奥迪 大众 丰田 本田 永达 蚂蚁 花呗 京东金融
    度小满 陆金所 拍拍贷 宜信 平安 招联 恒隆 万达 百联 大悦城 来福士 太古 龙湖 天街 万象 凯德
    龙之梦 环球港 合生 久光 港汇 美罗城 正大 国金 八佰伴 吾悦 印象城 大融城 宝龙 日月光 新天地 嘉里
    绿地 缤纷 仲盛 长泰 传奇广场 华润 月星 爱琴海 南方商城 豫园商城 田子坊 世博源 恒基 新世界 世茂 宏伊
    中信泰富 梅龙镇 芮欧 兴业太古 迪士尼 捷停 停简单
"""


@pytest.fixture(scope="module")
def files():
    return shanghai(TODAY)


def rows(files, name):
    return list(csv.DictReader(io.StringIO(files[f"data/{name}.csv"].decode())))


def day(text):
    return date.fromisoformat(text) if text else None


@pytest.fixture(scope="module")
def enterprises(files):
    return {row["enterprise_id"]: row for row in rows(files, "enterprises")}


@pytest.fixture(scope="module")
def violations(files):
    return rows(files, "violations")


@pytest.fixture(scope="module")
def inspections(files):
    return rows(files, "inspections")


@pytest.fixture(scope="module")
def polygons(files):
    """The published polygons in metres, with their properties, by code."""
    features = json.loads(files["districts/business_districts.geojson"])["features"]
    return {f["properties"]["district_id"]: (metric(f["geometry"]), f["properties"]) for f in features}


@pytest.fixture(scope="module")
def rivers(files):
    features = json.loads(files["districts/barriers.geojson"])["features"]
    return {f["properties"]["barrier_id"]: (metric(f["geometry"]), f["properties"]) for f in features}


def metric(geometry):
    """A GeoJSON geometry in metres."""
    if geometry["type"] == "LineString":
        return LineString([to_metres(*point) for point in geometry["coordinates"]])
    (ring,) = geometry["coordinates"]
    return shape({"type": "Polygon", "coordinates": [[to_metres(*point) for point in ring]]})


def is_left_of(point, river):
    """Whether a point lies on the left hand of one who follows the line at its nearest place."""
    along = river.project(point)
    start, end = river.interpolate(max(along - 1, 0)), river.interpolate(min(along + 1, river.length))
    return (end.x - start.x) * (point.y - start.y) - (end.y - start.y) * (point.x - start.x) > 0


def open_groups(violations, enterprises):
    """The rows still unverified, by what one look-back would close."""
    groups = defaultdict(list)
    for row in violations:
        if not row["rectified_on"]:
            site = row["enterprise_id"]
            key = enterprises[site]["operator"] if row["scope"] == "operator" else site
            groups[row["scope"], key].append(row)
    return groups


def state(group):
    """The state today of an open group, by the deadline of its latest finding."""
    row = max(group, key=lambda row: row["found_on"])
    deadline = day(row["rectify_by"]) or after(day(row["found_on"]), 10)
    if deadline >= TODAY:
        return "not_released"
    last = history.due(row["action"], deadline)
    return "released" if last > TODAY else "due_today" if last == TODAY else "overdue"


def authority(enterprise):
    return next(a.name for a in ADMIN_DISTRICTS if enterprise["address"].startswith(a.name))


class TestFiles:
    def test_the_sample_is_registered_and_complete(self, files):
        assert SAMPLES["shanghai"](TODAY) == files
        assert sorted(files) == sorted(
            ["districts/business_districts.geojson", "districts/barriers.geojson"]
            + [f"data/{name}.csv" for name in (
                "enterprises", "violations", "inspections", "teams", "officers", "shifts", "recusals", "calendar",
            )]
        )  # fmt: skip

    def test_the_same_bytes_under_another_hash_seed(self, files):
        """Nothing depends on the order of a set or on hash()."""
        code = (
            "import sys; from hashlib import sha256; from planner.samples import SAMPLES; from datetime import date;"
            "files = SAMPLES['shanghai'](date(2026, 11, 24));"
            "print(sha256(b''.join(files[k] for k in sorted(files))).hexdigest())"
        )
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": "1234"},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == sha256(b"".join(files[k] for k in sorted(files))).hexdigest()

    def test_plain_utf_8_with_unix_line_ends(self, files):
        for content in files.values():
            assert not content.startswith(b"\xef\xbb\xbf")
            assert b"\r" not in content
            assert content.endswith(b"\n")
            content.decode("utf-8")

    def test_text_is_short(self, files):
        for name in ("enterprises", "violations", "teams", "officers"):
            assert all(len(text) < 100 for row in rows(files, name) for text in row.values())

    def test_another_day_moves_every_date_but_the_public_calendar(self, files):
        """Ids and texts stay; all dates move by the same number of days."""
        later = shanghai(TODAY + timedelta(days=30))
        dated = {"violations": ("found_on", "rectify_by", "rectified_on"), "inspections": ("date",),
                 "officers": ("valid_until",), "shifts": ("date",)}  # fmt: skip
        for name, columns in dated.items():
            for old, new in zip(rows(files, name), rows(later, name), strict=True):
                for column, text in old.items():
                    moved = day(text) + timedelta(days=30) if column in columns and text else text
                    assert new[column] == str(moved)
        for name in ("enterprises", "teams", "recusals", "calendar"):
            assert later[f"data/{name}.csv"] == files[f"data/{name}.csv"]


class TestGround:
    def test_41_districts_of_16_admin_districts(self, polygons):
        assert len(polygons) == 41
        named = {properties["authority"] for _, properties in polygons.values()}
        assert named == {district.name for district in ADMIN_DISTRICTS}
        assert polygons["CSL"][1]["authority"] == "普陀区"
        assert {properties["weight"] for _, properties in polygons.values()} == {1.0, 1.1}

    def test_polygons_are_valid_many_cornered_and_counter_clockwise(self, polygons):
        for polygon, _ in polygons.values():
            assert polygon.is_valid
            assert polygon.exterior.is_ccw
            assert 8 <= len(polygon.exterior.coords) - 1 <= 20

    def test_polygons_hold_their_centre_and_have_about_their_size(self, polygons):
        for district in BUSINESS_DISTRICTS:
            polygon, _ = polygons[district.code]
            assert polygon.contains(Point(to_metres(district.lon, district.lat)))
            assert 0.8 * district.radius_m**2 < polygon.area < 4 * district.radius_m**2

    def test_polygons_are_a_street_apart(self, polygons):
        for (one, _), (other, _) in combinations(polygons.values(), 2):
            assert one.distance(other) > 20

    def test_no_polygon_touches_the_water(self, polygons, rivers):
        for polygon, _ in polygons.values():
            assert polygon.distance(rivers["huangpu"][0]) > 225  # half its width
            assert polygon.distance(rivers["suzhou_creek"][0]) > 30
            assert polygon.distance(rivers["yangtze_south_branch"][0]) > 2000

    def test_every_district_is_on_its_bank(self, polygons, rivers):
        """
        The Huangpu is drawn upstream, the Yangtze downstream: Pudong and Chongming are on the left.

        Nanqiao and Jinshan lie beyond the upper river, which counts as east.
        """
        huangpu, _ = rivers["huangpu"]
        yangtze, _ = rivers["yangtze_south_branch"]
        assert sorted(polygons) == sorted(code for codes in BANKS.values() for code in codes.split())
        for bank, codes in BANKS.items():
            for code in codes.split():
                corners = [Point(corner) for corner in polygons[code][0].exterior.coords]
                assert {is_left_of(corner, yangtze) for corner in corners} == {bank == "island"}
                if bank != "island":
                    assert {is_left_of(corner, huangpu) for corner in corners} == {bank == "east"}

    def test_the_creek_parts_its_neighbours(self, polygons, rivers):
        """Drawn upstream, its south is on the left."""
        creek, _ = rivers["suzhou_creek"]
        north = ["SHW", "BWT", "SCN", "HQG", "ZBL", "ZHR", "JQW"]
        south = ["NJE", "CSL", "ZSP", "TSH", "NJW"]
        for code in north + south:
            centre = polygons[code][0].representative_point()
            assert is_left_of(centre, creek) == (code in south)

    def test_barriers_say_what_cannot_be_walked(self, rivers):
        assert {name: p["walkable"] for name, (_, p) in rivers.items()} == {
            "huangpu": False,
            "suzhou_creek": True,
            "yangtze_south_branch": False,
        }
        assert 40 <= len(rivers["huangpu"][0].coords) <= 80
        assert all(line.is_simple for line, _ in rivers.values())

    def test_the_river_bends_at_no_place_more_than_a_river_does(self, rivers):
        """No spikes: a typing slip in one vertex would turn the line back on itself."""
        for line, _ in rivers.values():
            for (a, b), (_, c) in pairwise(pairwise(line.coords)):
                inward, onward = (b[0] - a[0], b[1] - a[1]), (c[0] - b[0], c[1] - b[1])
                assert inward[0] * onward[0] + inward[1] * onward[1] > 0


class TestEnterprises:
    def test_6043_with_ids_in_a_row(self, enterprises):
        assert list(enterprises) == [f"E{number:05d}" for number in range(1, 6044)]

    def test_scenarios_are_mixed_as_in_the_city(self, enterprises):
        count = Counter(row["scenario"] for row in enterprises.values())
        assert count == {
            "scan_to_order": 2780,
            "childrens_training": 846,
            "power_bank_rental": 725,
            "parking_payment": 544,
            "retail": 544,
            "property_agency": 302,
            "car_dealer": 151,
            "online_lending": 151,
        }

    def test_four_per_cent_lie_outside_all_districts_half_of_them_near(self, enterprises, polygons):
        gaps = []
        for row in enterprises.values():
            point = Point(to_metres(float(row["lon"]), float(row["lat"])))
            gap, code = min((polygon.distance(point), code) for code, (polygon, _) in polygons.items())
            assert authority(row) == polygons[code][1]["authority"]
            if gap:
                gaps.append(gap)
        assert 0.035 < len(gaps) / len(enterprises) < 0.045
        assert 0.4 < sum(gap < 800 for gap in gaps) / len(gaps) < 0.6
        assert max(gaps) < 3000

    def test_all_stand_on_dry_land(self, enterprises, rivers):
        points = [Point(to_metres(float(row["lon"]), float(row["lat"]))) for row in enterprises.values()]
        assert min(rivers["huangpu"][0].distance(point) for point in points) > 225

    def test_credit_codes_are_sound_and_nobodys(self, enterprises):
        codes = [row["credit_code"] for row in enterprises.values()]
        assert len(set(codes)) == len(codes)
        assert all(uscc.is_valid(code) and code[2:8] == "990000" for code in codes)

    def test_no_real_name_appears(self, enterprises):
        for row in enterprises.values():
            text = row["name"] + row["operator"] + row["address"]
            assert not [name for name in REAL_NAMES.split() if name in text]

    def test_names_are_unique_and_some_are_awkward(self, enterprises):
        names = [row["name"] for row in enterprises.values()]
        assert len(set(names)) == len(names)
        for mark in ("&", '"', "'", ",", "(", "<"):
            assert any(mark in name for name in names)

    def test_operators_are_few_and_skewed(self, enterprises):
        sizes = Counter(row["operator"] for row in enterprises.values() if row["operator"])
        assert 150 <= len(sizes) <= 170
        assert 3 <= sum(60 <= size <= 150 for size in sizes.values()) <= 12
        assert sum(5 <= size <= 20 for size in sizes.values()) > 90
        power_banks = Counter(row["operator"] for row in enterprises.values() if row["scenario"] == "power_bank_rental")
        assert len(power_banks) == 5
        assert "" not in power_banks

    def test_opening_hours_can_be_read(self, enterprises):
        texts = Counter(row["opening_hours"] for row in enterprises.values())
        assert 0.25 < texts.pop("") / len(enterprises) < 0.4
        for text in texts:
            OpeningHours(text)

    def test_risk_classes_are_skewed(self, enterprises):
        count = Counter(row["risk_class"] for row in enterprises.values())
        assert count["A"] > count["B"] > count["C"] > count["D"] > 100


class TestHistory:
    def test_every_enterprise_was_in_the_campaign(self, enterprises, inspections):
        campaign = [row for row in inspections if row["inspection_type"] == "campaign"]
        assert {row["enterprise_id"] for row in campaign} == set(enterprises)
        assert min(row["date"] for row in campaign) >= "2026-06-15"
        assert max(row["date"] for row in campaign) <= "2026-11-20"
        assert max(row["date"] for row in inspections) < str(TODAY)

    def test_one_visit_a_day(self, inspections):
        visits = [(row["enterprise_id"], row["date"]) for row in inspections]
        assert len(set(visits)) == len(visits)

    def test_violations_and_inspections_tell_the_same_story(self, violations, inspections):
        failed = {(row["enterprise_id"], row["date"]) for row in inspections if row["result"] == "violation"}
        assert failed == {(row["enterprise_id"], row["found_on"]) for row in violations}

    def test_numbers_of_the_campaign(self, violations):
        assert 1800 <= len({row["enterprise_id"] for row in violations}) <= 2000
        under = defaultdict(set)
        for row in violations:
            under[row["action"]].add(row["enterprise_id"])
        assert len(under["interview"]) == 520
        assert len(under["case"]) == 52
        assert set(under) == set(history.DAYS_TO_RECTIFY)

    def test_first_check_rates(self, enterprises, inspections):
        bad = {
            row["enterprise_id"]
            for row in inspections
            if row["result"] == "violation" and row["inspection_type"] != "look_back"
        }
        for scenario, rate in (
            ("scan_to_order", 0.30),
            ("parking_payment", 0.25),
            ("childrens_training", 0.40),
            ("power_bank_rental", 0.35),
        ):
            ids = [key for key, row in enterprises.items() if row["scenario"] == scenario]
            assert abs(len(bad.intersection(ids)) / len(ids) - rate) < 0.06

    def test_kinds_are_mixed_as_told(self, violations):
        count = Counter(row["kind"] for row in violations)
        rest = count["illegal_use"] + count["rights"]
        for found, share in (
            (count["induced"], 40),
            (count["over_collection"], 25),
            (count["no_notice"], 15),
            (count["compulsory"], 12),
            (rest, 8),
        ):
            assert abs(100 * found / len(violations) - share) < 4

    def test_deadlines_follow_the_finding(self, violations):
        for row in violations:
            assert (row["rectify_by"] == "") == (row["action"] == "guidance")
            assert row["rectify_by"] == "" or row["found_on"] <= row["rectify_by"]

    def test_a_verified_violation_has_its_clean_look_back(self, enterprises, violations, inspections):
        """At the site itself, or at any site of the operator when its scope is the operator."""
        clean = {
            (row["enterprise_id"], row["date"])
            for row in inspections
            if (row["inspection_type"], row["result"]) == ("look_back", "clean")
        }
        at_operator = {(enterprises[key]["operator"], when) for key, when in clean}
        for row in violations:
            when = row["rectified_on"]
            if when and row["scope"] == "operator":
                assert (enterprises[row["enterprise_id"]]["operator"], when) in at_operator
            elif when:
                assert (row["enterprise_id"], when) in clean
            assert not when or when > max(row["found_on"], row["rectify_by"])

    def test_an_operator_is_verified_as_a_whole(self, enterprises, violations):
        for row in violations:
            assert row["scope"] == "site" or enterprises[row["enterprise_id"]]["operator"]
        ends = defaultdict(set)
        for row in violations:
            if row["scope"] == "operator":
                ends[enterprises[row["enterprise_id"]]["operator"]].add(row["rectified_on"])
        assert all(len(dates) == 1 for dates in ends.values())

    def test_a_fifth_to_a_quarter_of_first_look_backs_failed(self, violations, inspections):
        results = Counter(row["result"] for row in inspections if row["inspection_type"] == "look_back")
        first = results["clean"]  # every closed group has one
        assert 0.18 < results["violation"] / first < 0.26
        again = [row for row in violations if row["note"].startswith("复查所见")]
        assert len(again) > 100

    def test_the_state_of_today(self, enterprises, violations):
        groups = open_groups(violations, enterprises)
        count = Counter(state(group) for group in groups.values())
        assert 55 <= count["overdue"] <= 65
        assert 25 <= count["due_today"] <= 35
        assert 280 <= count["released"] <= 340
        assert 100 <= count["not_released"] <= 130

    def test_no_admin_district_has_more_than_its_teams_can_do(self, enterprises, violations):
        groups = open_groups(violations, enterprises).values()
        mandatory = [group for group in groups if state(group) in ("overdue", "due_today")]
        count = Counter(authority(enterprises[group[0]["enterprise_id"]]) for group in mandatory)
        assert set(count) == {district.name for district in ADMIN_DISTRICTS}
        assert max(count.values()) <= 14
        assert count["崇明区"] >= 2

    def test_a_few_mandatory_ones_cannot_be_seen_that_day(self, enterprises, violations):
        shut = [
            group[0]["enterprise_id"]
            for (scope, _), group in open_groups(violations, enterprises).items()
            if scope == "site" and state(group) in ("overdue", "due_today")
            and enterprises[group[0]["enterprise_id"]]["opening_hours"] in SHUT_BY_DAY | SHUT_ON_TUESDAYS
            and authority(enterprises[group[0]["enterprise_id"]]) != groups.EVENING_AUTHORITY
        ]  # fmt: skip
        assert 5 <= len(shut) <= 8

    def test_the_truth_is_behind_what_was_found(self, violations):
        """Enterprises in trouble were likelier to be, by the latent risk."""
        truth = true_risk()
        bad = {row["enterprise_id"] for row in violations}
        risk = {kept: [p for key, p in truth.items() if (key in bad) is kept] for kept in (True, False)}
        assert sum(risk[True]) / len(risk[True]) > 1.3 * sum(risk[False]) / len(risk[False])


class TestPeople:
    def test_two_teams_an_admin_district_and_four_municipal(self, files):
        count = Counter(row["authorities"] for row in rows(files, "teams"))
        assert count.pop("") == 4
        assert count == dict.fromkeys([district.name for district in ADMIN_DISTRICTS], 2)

    def test_each_team_has_two_officers_of_each_agency(self, files):
        agency = {row["officer_id"]: row["agency"] for row in rows(files, "officers")}
        crews = [row["officers"].split(";") for row in rows(files, "teams")]
        assert sorted(officer for crew in crews for officer in crew) == sorted(agency)
        assert len(agency) == 144
        assert all([agency[officer] for officer in crew] == ["cac", "cac", "amr", "amr"] for crew in crews)

    def test_officers_have_names_and_certificates_of_their_own(self, files):
        officers = rows(files, "officers")
        assert len({row["name"] for row in officers}) == len({row["certificate"] for row in officers}) == 144
        assert all(2 <= len(row["name"]) <= 3 for row in officers)

    def test_one_certificate_has_expired_and_one_soon_will(self, files):
        left = sorted((day(row["valid_until"]) - TODAY).days for row in rows(files, "officers"))
        assert left[0] == -4
        assert 0 < left[1] <= 30 < left[2]

    def test_recusals_touch_open_look_backs(self, files, enterprises, violations):
        keys = {key for _, key in open_groups(violations, enterprises)}
        recusals = rows(files, "recusals")
        assert len(recusals) == 6
        for row in recusals:
            assert (row["enterprise_id"] == "") != (row["operator"] == "")
            assert (row["enterprise_id"] or row["operator"]) in keys

    def test_shifts_are_a_weekday_or_a_date(self, files):
        teams = {row["team_id"] for row in rows(files, "teams")}
        for row in rows(files, "shifts"):
            assert row["team_id"] in teams
            assert (row["date"] == "") != (row["weekday"] == "")
            assert row["start"] < row["break_from"] < row["break_to"] <= row["end"]
