"""
Where an enterprise without coordinates may be, by its address: a proposal for a person, never a place.

Known places come from the workspace itself: others at the same address or in the same building, malls that many
addresses name, house numbers along a street, the districts.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from difflib import get_close_matches
from statistics import median
from typing import TYPE_CHECKING

import shapely

from planner.geo import LonLat, great_circle_metres

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from planner.districts import District
    from planner.enterprises import Enterprise
    from planner.register import Register

TOGETHER_METRES = 400
"""Places that share an address, a building or a mall lie within this of their middle, or the name says nothing."""
NEXT_NUMBERS = 60
"""House numbers so far apart are still near each other."""
_LEAST_IN_MALL = 3

_SPACE = re.compile(r"[\s,、;]+")
_NUMBER_ZH = re.compile(r"(?P<street>.*?[^\d\s\-])\s*(?P<number>\d{1,5})(弄|号|號)")
_NUMBER_EN = re.compile(
    r"(?P<number>\d{1,6})(-\d+)?\s+(?P<street>[^\d#]{3}[^#]*?)(\s+(#|ste|suite|unit|fl|rm|apt)\b.*)?"
)
_IN_BRACKETS = re.compile(r"\([^)]*\)|\uff08[^\uff09]*\uff09")
_DIGITS = re.compile(r"\d+")
_GENERIC = re.compile(r"(商圈|商业区|街道|商务区|核心区)$")


@dataclass(frozen=True)
class Proposal:
    """Where an enterprise may be, and what that is inferred from."""

    enterprise: Enterprise
    place: LonLat
    source: str
    source_zh: str
    vague: bool = False
    """Whether it is no more than the middle of a district."""


def proposals(register: Register) -> tuple[Proposal, ...]:
    """A proposal for each enterprise without coordinates of which the workspace knows anything near."""
    lost = [enterprise for enterprise in register.enterprises if enterprise.place is None]
    if not lost:
        return ()
    known = _Known(register)
    found = (known.proposal(enterprise) for enterprise in lost)
    return tuple(proposal for proposal in found if proposal is not None)


class _Known:
    """The places that a workspace knows, by what addresses call them."""

    def __init__(self, register: Register) -> None:
        placed = [(e, e.place) for e in register.enterprises if e.place is not None and e.address]
        self._districts = register.districts
        self._whole = _gathered((_plain(e.address), place) for e, place in placed)
        self._buildings = _gathered((building, place) for e, place in placed for building in _building(e.address))
        self._malls = _gathered((word, place) for e, place in placed for word in _words(e.address))
        streets: dict[str, list[tuple[int, LonLat]]] = defaultdict(list)
        for enterprise, place in placed:
            for street, number in _house(enterprise.address):
                streets[street].append((number, place))
        self._streets = streets

    def proposal(self, enterprise: Enterprise) -> Proposal | None:
        """The best guess, from the surest to the vaguest."""
        address = enterprise.address
        if address:
            if places := _together(self._whole.get(_plain(address), ())):
                return Proposal(enterprise, _middle(places), f"same address as {len(places)} others", "同一地址")
            for building in _building(address):
                if places := _together(self._buildings.get(building, ())):
                    return Proposal(enterprise, _middle(places), f"same building: {building}", f"同一门牌:{building}")
            for word in _words(address):
                places = _together(self._malls.get(word, ()))
                if len(places) >= _LEAST_IN_MALL:
                    source = f"{word}, as {len(places)} others"
                    return Proposal(enterprise, _middle(places), source, f"{word}(同址 {len(places)} 家)")
            for street, number in _house(address):
                street = street if street in self._streets else _most_like(street, self._streets)  # noqa: PLW2901
                near = sorted((abs(n - number), n, place) for n, place in self._streets.get(street, ()))
                near = [found for found in near[:3] if found[0] <= NEXT_NUMBERS]
                if len(near) > 1 and _together([place for _, _, place in near]):  # the numbers do run along the street
                    _, other, place = near[0]
                    return Proposal(enterprise, place, f"near {other} {street}", f"邻近 {street} {other} 号")
        district = _named(enterprise, self._districts)
        if district is None:
            return None
        source = f"middle of the district {district.name}: look it up"
        return Proposal(enterprise, _inside(district), source, f"商圈“{district.name}”中部,请核对", vague=True)


def _plain(address: str) -> str:
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", address).casefold()).strip(" .")


def _words(address: str) -> list[str]:
    """The words of an address that may name a mall or a market: not numbers, not floors, the last first."""
    words = _plain(address).split(" ")
    return [word for word in reversed(words) if len(word) >= 2 and not any(c.isdigit() for c in word) and word > "~"]


def _building(address: str) -> Iterator[str]:
    """An address up to its house number."""
    text = _plain(address)
    if match := _NUMBER_ZH.match(text):
        yield match[0]
    elif match := _NUMBER_EN.fullmatch(text):
        yield f"{match['number']} {match['street']}"


def _house(address: str) -> Iterator[tuple[str, int]]:
    """Street and house number."""
    text = _plain(_IN_BRACKETS.sub("", address))
    match = _NUMBER_ZH.match(text) or _NUMBER_EN.fullmatch(text)
    if match:
        yield match["street"].strip(), int(match["number"])


def _most_like(street: str, known: Iterable[str]) -> str:
    """The known street that a misspelt one must be, its numbers and its first word the same; empty for none."""

    def fixed(name: str) -> tuple[str, list[str]]:
        return name.partition(" ")[0], _DIGITS.findall(name)

    near = get_close_matches(street, known, n=5, cutoff=0.88)
    return next((name for name in near if fixed(name) == fixed(street)), "")


def _gathered(named: Iterable[tuple[str, LonLat]]) -> Mapping[str, list[LonLat]]:
    places: dict[str, list[LonLat]] = defaultdict(list)
    for name, place in named:
        places[name].append(place)
    return places


def _middle(places: Sequence[LonLat]) -> LonLat:
    return LonLat(median(place.lon for place in places), median(place.lat for place in places))


def _together(places: Sequence[LonLat]) -> list[LonLat]:
    """The places, if they all lie near their middle; otherwise the name that they share says nothing."""
    if not places:
        return []
    far = great_circle_metres([_middle(places)], places).max()
    return list(places) if far <= TOGETHER_METRES else []


def _named(enterprise: Enterprise, districts: Sequence[District]) -> District | None:
    """The district whose name stands in the address, or in the enterprise's name; the longest name wins."""
    text = f"{enterprise.address} {enterprise.name}"
    short = {district.district_id: _GENERIC.sub("", district.name) for district in districts}
    named = [d for d in districts if len(short[d.district_id]) >= 2 and short[d.district_id] in text]
    return max(named, key=lambda d: (len(short[d.district_id]), d.district_id), default=None)


def _inside(district: District) -> LonLat:
    shape = shapely.MultiPolygon([(rings[0], rings[1:]) for rings in district.polygons])
    point = shape.representative_point()
    return LonLat(round(point.x, 6), round(point.y, 6))
