"""Teams, officers, shifts, recusals and the office's calendar: all people are invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from .dice import Dice
from .ground import ADMIN_DISTRICTS, MUNICIPAL_DEPOTS
from .plane import to_degrees, to_metres
from .workdays import TODAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .businesses import Enterprise
    from .history import Violation

SEED = 144
BETWEEN_DEPOTS_M = 450.0
MUNICIPAL_SCENARIOS = ("online_lending", "property_agency", "car_dealer", "retail")
BY_CAR = ("崇明区", "金山区", "奉贤区", "青浦区")
EXPIRED = ("T34", 1)  # a municipal team's second officer: the team is one certificate short
EXPIRING = ("T21", 2)

SURNAMES = "沈顾陆徐朱章钱孙姚潘俞金蒋严华谢邹柏窦苏葛范彭鲁韦昌马苗方任袁柳鲍史唐费薛雷贺倪汤滕罗毕郝安常乐"
GIVEN = """
    安澜 博文 晨曦 楚珩 春晖 丹青 德音 东升 尔雅 凡 芳菲 方舟 枫 桂生 国梁 海宁 涵 浩然 鹤年 宏图
    慧中 佳禾 建新 江 洁 锦程 静姝 君实 俊 凯风 可人 岚 乐山 丽泽 林 凌云 明达 墨 沐阳 宁
    攀 佩瑜 启明 清扬 秋实 然 如松 瑞 若谷 善水 尚德 书航 思齐 颂 天佑 婷 维桢 文渊 希 晓白
    欣荣 秀 雪松 雅南 彦 一鸣 逸 英 永年 雨桐 远志 云飞 泽 昭 知行 志远 致和 中正 卓 子墨
    自强
"""


@dataclass(frozen=True)
class Team:
    """A row of the teams table."""

    team_id: str
    name: str
    start_lon: float
    start_lat: float
    authorities: str
    scenarios: str
    officers: tuple[str, ...]
    max_visits: int
    travel: str


@dataclass(frozen=True)
class Officer:
    """A row of the officers table."""

    officer_id: str
    name: str
    agency: str
    certificate: str
    valid_until: date


@dataclass(frozen=True)
class Shift:
    """A row of the shifts table: a weekday or a date that differs from the policy's shift."""

    team_id: str
    date: date | None
    weekday: str
    start: str
    end: str
    break_minutes: int
    break_from: str
    break_to: str


@dataclass(frozen=True)
class Recusal:
    """A row of the recusals table: an officer who must not meet an enterprise, or any of an operator's."""

    officer_id: str
    enterprise_id: str
    operator: str


def teams() -> list[Team]:
    """Two teams for each admin district and four municipal ones, four officers each."""
    found: list[Team] = []

    def add(name: str, lon: float, lat: float, authority: str, scenarios: str, travel: str) -> None:
        number = len(found) + 1
        crew = tuple(f"O{4 * (number - 1) + seat:03d}" for seat in (1, 2, 3, 4))
        most = 8 if authority == "崇明区" else 10
        found.append(Team(f"T{number:02d}", name, lon, lat, authority, scenarios, crew, most, travel))

    for district in ADMIN_DISTRICTS:
        x, y = to_metres(district.depot_lon, district.depot_lat)
        short = district.name.removesuffix("新区").removesuffix("区")
        for ordinal, shift in (("一", 0.0), ("二", BETWEEN_DEPOTS_M)):
            lon, lat = to_degrees((x + shift, y - shift / 3))
            add(f"{short}{ordinal}组", lon, lat, district.name, "", "car" if district.name in BY_CAR else "")
    for ordinal, (lon, lat) in zip("一二三四", MUNICIPAL_DEPOTS, strict=True):
        scenarios = ";".join(MUNICIPAL_SCENARIOS) if ordinal == "三" else ""
        add(f"市级机动{ordinal}组", lon, lat, "", scenarios, "")
    return found


def officers() -> list[Officer]:
    """Each team's two officers of the cyberspace office and two of the market bureau."""
    dice = Dice(SEED)
    given = GIVEN.split()
    names: list[str] = []
    while len(names) < 4 * len(teams()):
        name = dice.pick(SURNAMES) + dice.pick(given)
        if name not in names:
            names.append(name)
    found: list[Officer] = []
    for team in teams():
        for seat, officer_id in enumerate(team.officers):
            valid_until = date(dice.between(2027, 2029), dice.between(2, 12), 28)
            if (team.team_id, seat) == EXPIRED:
                valid_until = TODAY - timedelta(days=4)
            elif (team.team_id, seat) == EXPIRING:
                valid_until = TODAY + timedelta(days=21)
            found.append(
                Officer(
                    officer_id,
                    names[len(found)],
                    "cac" if seat < 2 else "amr",
                    f"沪执法-{310_000 + 7 * len(found) + dice.below(7):06d}",
                    valid_until,
                )
            )
    return found


def shifts() -> list[Shift]:
    """What differs from the policy's day shift."""
    return [
        Shift("T02", None, "Tue", "12:30", "21:00", 45, "16:30", "18:30"),
        Shift("T02", None, "Thu", "12:30", "21:00", 45, "16:30", "18:30"),
        Shift("T07", None, "Sat", "09:00", "17:00", 60, "11:30", "13:30"),
        Shift("T21", None, "Sat", "09:00", "17:00", 60, "11:30", "13:30"),
        Shift("T11", TODAY + timedelta(days=9), "", "09:00", "14:30", 60, "11:30", "13:30"),
    ]


def recusals(enterprises: Sequence[Enterprise], violations: Sequence[Violation]) -> list[Recusal]:
    """Six recusals that touch look-backs owed today: three by enterprise, three by operator."""
    dice = Dice(SEED + 1)
    by_id = {enterprise.enterprise_id: enterprise for enterprise in enterprises}
    owed = [row for row in violations if row.rectified_on is None and row.rectify_by and row.rectify_by < TODAY]
    at_sites = dice.shuffled([by_id[row.enterprise_id] for row in owed if row.scope == "site"])
    at_operators = dice.shuffled([by_id[row.enterprise_id] for row in owed if row.scope == "operator"])
    crews = {team.authorities: team.officers for team in teams()}
    found: list[Recusal] = []
    taken: list[str] = []  # one recusal a crew, one an operator
    for enterprise in at_sites:
        if enterprise.authority not in taken and len(found) < 3:
            taken.append(enterprise.authority)
            found.append(Recusal(crews[enterprise.authority][dice.below(4)], enterprise.enterprise_id, ""))
    for enterprise in at_operators:
        if not {enterprise.authority, enterprise.operator}.intersection(taken) and len(found) < 6:
            taken += [enterprise.authority, enterprise.operator]
            found.append(Recusal(crews[enterprise.authority][dice.below(4)], "", enterprise.operator))
    return found


def calendar() -> list[tuple[date, str]]:
    """Days the office has noted itself, all as the public calendar has them."""
    return [
        (date(2026, 9, 20), "yes"),
        (date(2026, 10, 7), "no"),
        (date(2026, 10, 10), "yes"),
        (date(2026, 12, 31), "yes"),
        (date(2027, 1, 1), "no"),
    ]
