"""
One shop under two ids: found by name, address and distance, listed for a person to decide, and never merged unasked.

The decision stands in ``same_as.csv``: yes, and the second id is read as the first; no, and nobody asks again.
"""

from __future__ import annotations

import re
from collections import defaultdict
from difflib import SequenceMatcher
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, NamedTuple

from planner.geo import great_circle_metres
from planner.readers.cells import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from planner.enterprises import Enterprise

NEAR_METRES = 50
"""Two of one name that stand so near to each other may be one."""
ALIKE = 0.9
"""Of two names at one address, the share of characters that they have in common, in order."""
_MOST_AT_ONE = 60
"""More enterprises than that at one address are a market, whose stalls have names alike."""

_LEGAL_FORM = re.compile(r"(有限责任公司|股份有限公司|有限公司|分公司|\b(inc|llc|corp|co|ltd|incorporated|company)\b)")
_TELLS_APART = re.compile(r"\d+|[东南西北]")
_NOT_A_LETTER = re.compile(r"[\W_]+")


class Pair(NamedTuple):
    """Two enterprises that may be one, the smaller id first."""

    enterprise_id: str
    other_id: str
    why: str


def pairs(enterprises: Sequence[Enterprise], decided: Iterable[frozenset[str]] = ()) -> tuple[Pair, ...]:
    """The pairs that may be one shop and of which nobody has decided whether they are."""
    known = set(decided)
    found: dict[frozenset[str], Pair] = {}
    for one, other, why in [*_by_name(enterprises), *_by_address(enterprises)]:
        ids = frozenset((one.enterprise_id, other.enterprise_id))
        if ids not in known:
            found.setdefault(ids, Pair(min(ids), max(ids), why))
    return tuple(sorted(found.values()))


def aliases(same: Iterable[tuple[str, str]]) -> dict[str, str]:
    """For each id that stands for another, the one that it is read as; of a ring of ids the smallest."""
    parent: dict[str, str] = {}

    def root(enterprise_id: str) -> str:
        while parent.get(enterprise_id, enterprise_id) != enterprise_id:
            enterprise_id = parent[enterprise_id]
        return enterprise_id

    for kept, other in same:
        one, two = root(kept), root(other)
        if one != two:
            parent[two] = one
    return {enterprise_id: root(enterprise_id) for enterprise_id in parent if root(enterprise_id) != enterprise_id}


def _by_name(enterprises: Sequence[Enterprise]) -> Iterator[tuple[Enterprise, Enterprise, str]]:
    """Those of one name that stand at one address, or near each other."""
    for group in _grouped(enterprises, {e.enterprise_id: _key(e.name) for e in enterprises}):
        for members in _grouped(group, {e.enterprise_id: _letters(e.address) for e in group}):
            yield from ((one, other, "name, address") for one, other in pairwise(members))
        placed = sorted((e for e in group if e.place is not None), key=lambda e: (e.place, e.enterprise_id))
        for k, one in enumerate(placed):
            for other in placed[k + 1 :]:
                assert one.place is not None and other.place is not None  # noqa: S101, PT018  (filtered above)
                if other.place.lon - one.place.lon > 0.001:
                    break
                metres = float(great_circle_metres([one.place], [other.place])[0, 0])
                if metres <= NEAR_METRES:
                    yield one, other, f"name, {metres:.0f} m"


def _by_address(enterprises: Sequence[Enterprise]) -> Iterator[tuple[Enterprise, Enterprise, str]]:
    """Those at one address whose names are alike."""
    for group in _grouped(enterprises, {e.enterprise_id: _letters(e.address) for e in enterprises}):
        if len(group) <= _MOST_AT_ONE:
            for one, other in combinations(group, 2):
                a, b = _key(one.name), _key(other.name)
                if _TELLS_APART.findall(a) != _TELLS_APART.findall(b):  # car park 1 and car park 2
                    continue
                match = SequenceMatcher(None, a, b, autojunk=False)
                if a != b and match.real_quick_ratio() >= ALIKE and match.quick_ratio() >= ALIKE <= match.ratio():
                    yield one, other, "address, names alike"


def _grouped(enterprises: Iterable[Enterprise], keys: Mapping[str, str]) -> Iterator[list[Enterprise]]:
    """Those that share a key that is not empty."""
    groups: dict[str, list[Enterprise]] = defaultdict(list)
    for enterprise in enterprises:
        if keys[enterprise.enterprise_id]:
            groups[keys[enterprise.enterprise_id]].append(enterprise)
    return (group for group in groups.values() if len(group) > 1)


def _key(name: str) -> str:
    """A name without its legal form, spaces and punctuation."""
    text = plain(name).casefold()
    return _NOT_A_LETTER.sub("", _LEGAL_FORM.sub("", text)) or _letters(text)


def _letters(text: str) -> str:
    return _NOT_A_LETTER.sub("", plain(text).casefold())
