"""The enterprises: invented, placed in real-looking shopping centres and along the grid of the districts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from shapely.geometry import LineString, Point
from shapely.prepared import PreparedGeometry, prep
from stdnum.cn import uscc

from . import names
from .dice import Dice, apportioned
from .ground import BUSINESS_DISTRICTS, BusinessDistrict
from .plane import XY, to_degrees, to_metres, turned
from .polygons import river_line, shapes, waters
from .rivers import HUANGPU, SEA_SHORES, YANGTZE_SOUTH_BRANCH

SEED = 6043
ENTERPRISES = 6043
OUTSIDE_SHARE = 0.04
MALL_SPREAD_M = 32.0
STREET_SPACING_M = 190.0
UNASSIGNED_AREA = "990000"  # no place in the country has this code, so no such credit code can be anybody's

SCENARIO_SHARES = {
    "scan_to_order": 0.46,
    "parking_payment": 0.09,
    "childrens_training": 0.14,
    "power_bank_rental": 0.12,
    "retail": 0.09,
    "property_agency": 0.05,
    "car_dealer": 0.025,
    "online_lending": 0.025,
}
IN_MALL = {
    "scan_to_order": 0.62,
    "parking_payment": 0.42,
    "childrens_training": 0.50,
    "power_bank_rental": 0.70,
    "retail": 0.60,
    "property_agency": 0.05,
    "car_dealer": 0.0,
    "online_lending": 0.15,
}
CENTRAL = ("LJZ", "ZYL", "NJE", "NJW", "HHZ", "BWT", "XJH", "TSH")
NO_DEALERS = ("NJE", "NJW", "HHZ", "YUY", "LJZ", "SHW", "DPQ", "DIS")

OPENING_HOURS: dict[str, tuple[tuple[str, float], ...]] = {
    "scan_to_order": (
        ("", 34),
        ("Mo-Su 10:00-22:00", 28),
        ("Mo-Su 07:30-21:30", 9),
        ("Mo-Su 10:30-21:00", 8),
        ("Mo-Su 11:00-14:00,16:30-21:00", 6),
        ("Mo-Fr 07:30-19:00; Sa-Su 09:00-18:00", 4),
        ("Mo-Su 10:00-21:30", 6),
        ("Mo off; Tu-Su 11:00-21:00", 2.5),
        ("Mo-Su 17:00-24:00", 1.2),
        ("Mo-Su 18:00-24:00", 1.3),
    ),
    "parking_payment": (("", 30), ("24/7", 62), ("Mo-Fr 07:00-22:00; Sa-Su 08:00-20:00", 8)),
    "childrens_training": (
        ("", 33),
        ("Mo-Fr 15:30-20:30; Sa-Su 09:00-20:30", 24),
        ("Mo-Tu off; We-Fr 15:30-20:30; Sa-Su 09:00-20:30", 16),
        ("Mo off; Tu-Fr 13:30-20:30; Sa-Su 09:00-20:30", 12),
        ("Mo-Fr 13:00-20:30; Sa-Su 08:30-20:30", 12),
        ("Sa-Su 09:00-18:00", 3),
    ),
    "power_bank_rental": (("", 36), ("Mo-Su 10:00-22:00", 54), ("24/7", 10)),
    "retail": (
        ("", 34),
        ("Mo-Su 10:00-22:00", 40),
        ("24/7", 8),
        ("Mo-Su 08:00-21:00", 14),
        ("Mo-Sa 10:00-20:00", 4),
    ),
    "property_agency": (("", 34), ("Mo-Su 09:00-20:00", 50), ("Mo off; Tu-Su 09:30-19:00", 16)),
    "car_dealer": (("", 34), ("Mo-Su 09:00-17:30", 56), ("Mo-Sa 09:00-18:00", 10)),
    "online_lending": (("", 36), ("Mo-Fr 09:00-17:30", 54), ("Mo-Fr 09:30-18:00", 10)),
}
CAR_PARKS = tuple(f"{part}停车场" for part in ("", "地下", "地面", "北区", "南区", "P1", "P2", "P3", "P4", "P5"))

SHUT_BY_DAY = frozenset({"Mo-Su 18:00-24:00"})
ONLY_LATE = frozenset({"Mo-Su 17:00-24:00"})  # half an hour is left of a day shift: too little to promise
SHUT_ON_TUESDAYS = frozenset({"Mo-Tu off; We-Fr 15:30-20:30; Sa-Su 09:00-20:30", "Sa-Su 09:00-18:00"})


@dataclass(frozen=True)
class Place:
    """Where an enterprise is: ``mall`` or ``street`` is empty, ``district`` also when outside all polygons."""

    lon: float
    lat: float
    district: str
    authority: str
    locality: str
    mall: str
    street: str


@dataclass(frozen=True)
class Enterprise:
    """A row of the enterprises table, with the district it was made for."""

    enterprise_id: str
    name: str
    lon: float
    lat: float
    scenario: str
    operator: str
    credit_code: str
    address: str
    opening_hours: str
    visit_minutes: str
    district: str
    authority: str


@dataclass(frozen=True)
class Operator:
    """Who runs several sites: a chain under one name, or a platform behind shops with names of their own."""

    name: str
    scenario: str
    sites: int
    platform: bool = False


def enterprises() -> list[Enterprise]:
    """All enterprises in the order of their ids: by district, those outside all polygons last."""
    dice = Dice(SEED)
    counts = apportioned(ENTERPRISES, list(SCENARIO_SHARES.values()))
    roster: list[Enterprise] = []
    namer = _Namer(dice)
    for scenario, count in zip(SCENARIO_SHARES, counts, strict=True):
        places = dice.shuffled(_places(dice, scenario, count))
        hosts = _hosts(dice, scenario, count)
        roster.extend(
            _enterprise(dice, namer, scenario, place, host) for place, host in zip(places, hosts, strict=True)
        )
    order = [district.code for district in BUSINESS_DISTRICTS] + [""]
    roster = dice.shuffled(roster)
    roster.sort(key=lambda enterprise: order.index(enterprise.district))
    return [_registered(number, enterprise) for number, enterprise in enumerate(roster, start=1)]


def operators() -> list[Operator]:
    """Chains and platforms with the number of their sites: few large, many small."""
    dice = Dice(SEED + 1)
    found: list[Operator] = []

    def add(scenario: str, chain_names: tuple[str, ...], large: tuple[int, ...], usual: int) -> None:
        for index, name in enumerate(chain_names):
            small = 5 + int((usual - 5) * dice.uniform(0, 1) ** 2)
            found.append(Operator(name, scenario, large[index] if index < len(large) else small))

    scan_sizes = (138, 104, 71, 44, 41, 38, 36, 33, 31, 28, 27, 25, 24, 22, 21)
    add("scan_to_order", names.TEA_AND_FOOD_CHAINS, scan_sizes, 19)
    for index, name in enumerate(names.ORDERING_PLATFORMS):
        found.append(Operator(name, "scan_to_order", (62, 40, 33, 25)[index] if index < 4 else 8 + index, True))
    add("parking_payment", names.PARKING_OPERATORS, (64, 31, 22), 15)
    add("childrens_training", names.TRAINING_CHAINS, (32, 26, 21, 18), 14)
    for name, sites in zip(names.POWER_BANK_BRANDS, apportioned(725, (41, 26, 17, 10, 6)), strict=True):
        found.append(Operator(name, "power_bank_rental", sites))
    add("retail", names.RETAIL_CHAINS, (60, 24, 18), 14)
    add("property_agency", names.AGENCY_CHAINS, (60, 20), 12)
    add("car_dealer", names.DEALER_CHAINS, (9,), 8)
    add("online_lending", names.LENDING_CHAINS, (7,), 6)
    return found


def _hosts(dice: Dice, scenario: str, count: int) -> list[Operator | None]:
    """For each enterprise of the scenario its operator, or none when it stands alone."""
    hosts: list[Operator | None] = []
    for operator in operators():
        if operator.scenario == scenario:
            hosts.extend([operator] * operator.sites)
    return dice.shuffled([*hosts, *[None] * (count - len(hosts))])


def _places(dice: Dice, scenario: str, count: int) -> list[Place]:
    """Places for one scenario's enterprises, shared out over the districts."""
    outside = round(count * OUTSIDE_SHARE)
    weights = [district.share * _pull(scenario, district.code) for district in BUSINESS_DISTRICTS]
    places: list[Place] = []
    for district, inside in zip(BUSINESS_DISTRICTS, apportioned(count - outside, weights), strict=True):
        for _ in range(inside):
            in_mall = dice.chance(IN_MALL[scenario])
            places.append(_in_mall(dice, district) if in_mall else _on_street(dice, district))
    return places + [_outside(dice, near=number % 2 == 0) for number in range(outside)]


def _pull(scenario: str, code: str) -> float:
    """How much a scenario is drawn to a district beyond the district's size."""
    if scenario == "car_dealer":
        return 0.0 if code in NO_DEALERS else 1.0
    if scenario == "online_lending":
        return 2.5 if code in CENTRAL else 0.6
    if scenario == "childrens_training":
        return 0.6 if code in ("NJE", "LJZ", "YUY", "DIS") else 1.0
    return 1.0


@cache
def _mall_points(code: str) -> tuple[tuple[str, XY], ...]:
    """The district's shopping centres, drawn towards the middle until well inside the polygon."""
    district = next(district for district in BUSINESS_DISTRICTS if district.code == code)
    core = shapes()[code].buffer(-60.0)
    middle = core.representative_point()
    points = []
    for anchor in district.anchors:
        x, y = to_metres(anchor.lon, anchor.lat)
        while not core.covers(Point(x, y)):
            x, y = x + 0.1 * (middle.x - x), y + 0.1 * (middle.y - y)
        points.append((anchor.name, (x, y)))
    return tuple(points)


def _in_mall(dice: Dice, district: BusinessDistrict) -> Place:
    malls = _mall_points(district.code)
    name, (x, y) = dice.pick(malls)
    spread_x, spread_y = dice.normal() * MALL_SPREAD_M * 0.7, dice.normal() * MALL_SPREAD_M * 0.7
    lon, lat = to_degrees((x + min(max(spread_x, -55), 55), y + min(max(spread_y, -55), 55)))
    if not _inside(district.code, to_metres(lon, lat)):
        lon, lat = to_degrees((x, y))
    return Place(lon, lat, district.code, district.authority, district.locality, name, "")


def _on_street(dice: Dice, district: BusinessDistrict) -> Place:
    """A door on a street of the district's grid; neighbouring streets keep their names."""
    x0, y0 = to_metres(district.lon, district.lat)
    while True:
        reach = district.radius_m * 1.05
        line = round(dice.uniform(-reach, reach) / STREET_SPACING_M)
        across = line * STREET_SPACING_M + dice.pick((-9.0, 9.0)) + dice.normal()
        along = dice.uniform(-reach, reach)
        with_grid = dice.chance(0.6)
        east, north = turned((along, across) if with_grid else (across, along), district.bearing)
        lon, lat = to_degrees((x0 + east, y0 + north))
        if _inside(district.code, to_metres(lon, lat)):
            street = district.streets[(2 * line + with_grid) % len(district.streets)]
            return Place(lon, lat, district.code, district.authority, district.locality, "", street)


@cache
def _prepared(code: str) -> PreparedGeometry:
    return prep(shapes()[code].buffer(-5.0))


def _inside(code: str, xy: XY) -> bool:
    return bool(_prepared(code).contains(Point(xy)))


@cache
def _lines_not_crossed() -> tuple[LineString, ...]:
    lines = (HUANGPU.line, YANGTZE_SOUTH_BRANCH.line, *SEA_SHORES.values())
    return tuple(river_line(line) for line in lines)


def _outside(dice: Dice, *, near: bool) -> Place:
    """
    A place outside all polygons: within 800 m of one, or 0.9 to 3 km off; on the bank of, and nearest to,
    a business district of the same admin district.
    """
    weights = [(district, float(district.share)) for district in BUSINESS_DISTRICTS]
    while True:
        district = dice.weighted(weights)
        reach = district.radius_m + (800.0 if near else 3000.0)
        x0, y0 = to_metres(district.lon, district.lat)
        point = Point(x0 + dice.uniform(-reach, reach), y0 + dice.uniform(-reach, reach))
        own = shapes()[district.code].distance(point)
        if not (60.0 < own < 760.0 if near else 900.0 < own < 3000.0) or waters().distance(point) < 50.0:
            continue
        way = LineString([(x0, y0), point])
        if any(line.crosses(way) for line in _lines_not_crossed()):
            continue
        gaps = [(shape.distance(point), code) for code, shape in shapes().items()]
        if min(gaps) == (own, district.code):
            lon, lat = to_degrees((point.x, point.y))
            street = dice.pick(district.streets)
            return Place(lon, lat, "", district.authority, district.locality, "", street)


class _Namer:
    """Hands out names, none twice."""

    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        self._given: set[str] = set()
        self._awkward = list(names.AWKWARD_EATERIES)

    def unique(self, name: str, ending: str = "") -> str:
        """The name with its ending, numbered when it was given before."""
        for number in ("", *"二三四五六七八九", *(f"{tens}{ones}" for tens in "十" for ones in ("", *"一二三四五六"))):
            full = f"{name}({ending.removesuffix('店')}{number}店)" if ending else f"{name}{number}"
            if full not in self._given:
                self._given.add(full)
                return full
        raise ValueError(f"too many sites called {name}({ending})")

    def alone(self, scenario: str, place: Place) -> str:
        """A name for an enterprise that stands alone."""
        dice = self._dice
        if scenario == "scan_to_order" and self._awkward and dice.chance(0.02):
            return self.unique(self._awkward.pop(0))
        if scenario == "parking_payment":
            return self._car_park(place)
        trades = {
            "scan_to_order": names.EATERIES,
            "childrens_training": names.LESSONS,
            "retail": names.SHOPS,
            "property_agency": names.AGENCIES,
            "car_dealer": names.DEALERS,
            "online_lending": names.LENDERS,
        }
        while True:
            name = f"{dice.pick(names.STEMS)}{dice.pick(trades[scenario])}"
            if dice.chance(0.25):
                return self.unique(name, place.mall or place.street)
            if name not in self._given:
                return self.unique(name)

    def _car_park(self, place: Place) -> str:
        """A car park of the shopping centre, or of a building in the street."""
        while True:
            if place.mall:
                name = f"{place.mall}{self._dice.pick(CAR_PARKS)}"
            else:
                name = f"{self._dice.pick(names.STEMS)}{self._dice.pick(names.BUILDINGS)}停车场"
            if name not in self._given:
                return self.unique(name)


def _enterprise(dice: Dice, namer: _Namer, scenario: str, place: Place, host: Operator | None) -> Enterprise:
    """An enterprise without id and credit code yet."""
    where = place.mall or place.street or place.locality
    if host is None or host.platform or scenario == "parking_payment":
        name = namer.alone(scenario, place)
    elif scenario == "power_bank_rental":
        spot = dice.pick(("服务台", "一层中庭", "三层扶梯口", "收银台旁", "影院门口", "B1美食区"))
        name = namer.unique(f"{host.name}充电宝", f"{where}{spot}")
        name = name.removesuffix("店)") + "机柜)"
    elif scenario == "car_dealer":
        name = namer.unique(f"{host.name}4S店", where)
    else:
        name = namer.unique(host.name, dice.weighted(((where, 0.7), (place.locality, 0.3))))
    return Enterprise(
        enterprise_id="",
        name=name,
        lon=place.lon,
        lat=place.lat,
        scenario=scenario,
        operator=host.name if host else "",
        credit_code="",
        address=_address(dice, scenario, place),
        opening_hours=dice.weighted(OPENING_HOURS[scenario]),
        visit_minutes=dice.weighted(_VISIT_MINUTES[scenario]),
        district=place.district,
        authority=place.authority,
    )


_VISIT_MINUTES: dict[str, tuple[tuple[str, float], ...]] = {
    "scan_to_order": (("", 98), ("30", 1), ("20", 1)),
    "parking_payment": (("", 90), ("30", 6), ("35", 4)),
    "childrens_training": (("", 95), ("60", 3), ("40", 2)),
    "power_bank_rental": (("", 99), ("15", 1)),
    "retail": (("", 96), ("45", 3), ("25", 1)),
    "property_agency": (("", 100),),
    "car_dealer": (("", 95), ("60", 5)),
    "online_lending": (("", 94), ("90", 6)),
}


def _address(dice: Dice, scenario: str, place: Place) -> str:
    if place.mall:
        floor = "B2" if scenario == "parking_payment" else dice.pick(("B1", "1F", "2F", "3F", "4F", "5F", "6F"))
        unit = "" if scenario == "parking_payment" else f"-{dice.between(1, 48):02d}"
        return f"{place.authority}{place.locality}商圈 {place.mall} {floor}{unit}"
    door = dice.between(1, 899)
    inner = dice.weighted((("", 60), (f"{dice.between(1, 12)}号楼", 10), (f"-{dice.between(2, 9)}", 15), ("底层", 15)))
    return f"{place.authority}{place.street}{door}号{inner}"


def _registered(number: int, enterprise: Enterprise) -> Enterprise:
    return replace(
        enterprise,
        enterprise_id=f"E{number:05d}",
        credit_code=credit_code(number, company=bool(enterprise.operator) or number % 3 == 0),
    )


def credit_code(number: int, *, company: bool) -> str:
    """A well-formed unified social credit code (GB 32100-2015) in an area that does not exist."""
    organisation = f"MA{(number * 7919) % 1_000_000:06d}"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(char, 36) * weight for char, weight in zip(organisation, weights, strict=True))
    organisation += "0123456789X0"[11 - total % 11]  # GB 11714-1997
    body = f"9{1 if company else 2}{UNASSIGNED_AREA}{organisation}"
    return body + uscc.calc_check_digit(body)
