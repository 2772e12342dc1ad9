"""What a register leaves open: nothing is wrong enough to stop, but somebody should look."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import numpy as np

from planner.errors import Problem
from planner.geo import Extent, LonLat
from planner.locating import enclosing, in_metres
from planner.lookbacks import due_date
from planner.readers.repairs import SLIVER, gaps
from planner.readers.tables import CALENDAR, ENTERPRISES, TEAMS, VIOLATIONS
from planner.teamdays import unfit
from planner.words import label

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence
    from datetime import date

    from planner.policy import Policy
    from planner.readers.duplicates import Pair
    from planner.register import Register
    from planner.teamdays import Unfit
    from planner.teams import Team

HUGE = 1_000e6
"""Square metres of a district that can hardly be one."""
_NAMED = 5
"""Ids that a summary names; thousands of lines would hide the rest."""


def doubts(register: Register, policy: Policy) -> Iterator[Problem]:
    """Warnings, one line each, however many rows they are about."""
    yield from _nothing_in(register)
    yield from _unlocated(register)
    yield from _outside_districts(register, policy)
    yield from _shared(
        "lat",
        "on exactly the same spot as another enterprise",
        "家企业与其他企业坐标完全相同",
        ((e.place, e.enterprise_id) for e in register.enterprises if e.place is not None),
    )
    yield from _shared(
        "credit_code",
        "the same as another enterprise's",
        "家企业与其他企业信用代码相同",
        ((e.credit_code, e.enterprise_id) for e in register.enterprises if e.credit_code),
    )
    yield from _shapes(register)
    yield from _without_deadline(register)
    yield from _unpublished_years(register, policy)
    yield from _in_two_teams(register)


def double(pairs: Sequence[Pair]) -> Iterator[Problem]:
    """One line for all the pairs that may be one shop."""
    if pairs:
        named = _some([f"{pair.enterprise_id}={pair.other_id}" for pair in pairs])
        message = f"ids that may stand for one shop, to be decided in same_as.csv (check --duplicates): {named}"
        zh = f"{len(pairs):,} 对编号疑为同一家,请在 same_as.csv 中判定(check --duplicates 列出)"
        yield Problem(ENTERPRISES.file, 0, "enterprise_id", message, zh)


def unfit_teams(register: Register, day: date, policy: Policy) -> tuple[Problem, ...]:
    """The teams that may not go out on a day, an agency at a time, with the officers whose certificate expired."""

    def problem(team: Team, gap: Unfit) -> Problem:
        expired = [register.officer[officer_id] for officer_id in gap.expired]
        names = ", ".join(f"{o.officer_id} {o.name} {o.valid_until}" for o in expired)
        needed = policy.visits.officers_per_agency
        message = (
            f"team {team.team_id} {team.name!r} has {gap.certified} of {needed} officers of "
            f"{label(gap.agency, 'en')} with a valid certificate on {day}"
        )
        zh = f"{team.name}:{label(gap.agency, 'zh')}持有效执法证的人员只有 {gap.certified} 名,需要 {needed} 名"
        return Problem(TEAMS.file, 0, "officers", message + (f" (expired: {names})" if names else ""), zh)

    return tuple(problem(team, gap) for team in register.teams for gap in unfit(register, team, day, policy))


def _unlocated(register: Register) -> Iterator[Problem]:
    ids = [enterprise.enterprise_id for enterprise in register.enterprises if enterprise.place is None]
    if ids:
        message = f"empty, so not planned until located (lookback locate proposes places): {_some(ids)}"
        zh = f"{len(ids):,} 家企业没有坐标,定位后才能排入(lookback locate 可给出建议)"
        yield Problem(ENTERPRISES.file, 0, "lon", message, zh)


def _outside_districts(register: Register, policy: Policy) -> Iterator[Problem]:
    inside = enclosing(register.enterprises, register.districts)
    ids = [enterprise.enterprise_id for enterprise in register.enterprises if enterprise.place is not None]
    near = [i for i in ids if i in register.located and i not in inside]
    metres = policy.workspace.nearest_district_metres
    if near:
        message = f"outside all districts, counted for the nearest one: {_some(near)}"
        zh = f"{len(near):,} 家企业在所有商圈之外,已归入最近的商圈"
        yield Problem(ENTERPRISES.file, 0, "", message, zh)
    far = [i for i in ids if i not in register.located]
    box = _around(register)
    lost = [i for i in far if not box.holds(*(register.enterprise[i].place or (0, 0)))]
    if lost:
        message = f"more than half a degree away from all districts: another city, or a slip? {_some(lost)}"
        yield Problem(ENTERPRISES.file, 0, "lat", message, f"{len(lost):,} 家企业距所有商圈半度以上,请核对坐标")
    if far:
        message = f"no district within {metres:,} m, counted for none: {_some(far)}"
        zh = f"{len(far):,} 家企业 {metres:,} 米内没有商圈,不属于任何商圈"
        yield Problem(ENTERPRISES.file, 0, "", message, zh)


def _around(register: Register) -> Extent:
    """The box around all districts, and half a degree more."""
    places = np.array([p for d in register.districts for rings in d.polygons for p in rings[0]] or [LonLat(0, 0)])
    return Extent(*(places.min(axis=0) - 0.5).tolist(), *(places.max(axis=0) + 0.5).tolist())


def _shapes(register: Register) -> Iterator[Problem]:
    """Districts of several parts one of which is tiny, districts as large as a city, and holes between districts."""
    shapes = in_metres(register.districts)
    file, fix = "districts", "lookback check --fix districts"
    for district, shape in zip(register.districts, shapes, strict=True):
        parts = [part.area for part in shape.geoms]
        tiny = sum(area < SLIVER for area in parts)
        if tiny:
            message = f"{district.name!r} has parts of less than {SLIVER:g} m² ({tiny}): {fix}"
            zh = f"“{district.name}”含 {tiny} 个不足 {SLIVER:g} 平方米的碎片,可用 {fix}"
            yield Problem(file, 0, "geometry", message, zh)
        if sum(parts) > HUGE:
            message = f"{district.name!r} covers {sum(parts) / 1e6:,.0f} km²: is it a business district?"
            yield Problem(file, 0, "geometry", message, f"“{district.name}”面积达 {sum(parts) / 1e6:,.0f} 平方公里")
    holes = [hole.area for hole in gaps(shapes)]
    if holes:
        message = f"holes between districts: {len(holes)}, {sum(holes):,.0f} m² together: {fix}"
        zh = f"商圈之间有 {len(holes)} 处空隙,共 {sum(holes):,.0f} 平方米,可用 {fix}"
        yield Problem(file, 0, "geometry", message, zh)


def _shared(column: str, message: str, zh: str, keyed: Iterable[tuple[Hashable, str]]) -> Iterator[Problem]:
    """One line for all the enterprises that share a key with another."""
    sharing: dict[Hashable, list[str]] = defaultdict(list)
    for key, enterprise_id in keyed:
        sharing[key].append(enterprise_id)
    ids = sorted(i for group in sharing.values() if len(group) > 1 for i in group)
    if ids:
        yield Problem(ENTERPRISES.file, 0, column, f"{message}: {_some(ids)}", f"{len(ids):,} {zh}")


def _without_deadline(register: Register) -> Iterator[Problem]:
    ids = [v.violation_id for v in register.violations if v.rectify_by is None and v.rectified_on is None]
    if ids:
        message = f"empty for open violations, for which the policy's days count: {_some(ids)}"
        zh = f"{len(ids):,} 条未核实的问题没有整改期限,按政策天数推算"
        yield Problem(VIOLATIONS.file, 0, "rectify_by", message, zh)


def _unpublished_years(register: Register, policy: Policy) -> Iterator[Problem]:
    """Due dates counted through years whose holidays the public calendar does not know yet."""
    dues = {due_date(v, register, policy) for v in register.violations if v.rectified_on is None}
    years = sorted({due.year for due in dues if not register.calendar.knows(due)})
    if years:
        named = ", ".join(map(str, years))
        message = (
            f"public holidays of {named} are not known; Monday to Friday count as worked where no row says otherwise"
        )
        yield Problem(CALENDAR.file, 0, "", message, f"尚无 {named} 年的法定节假日安排,未列出的周一至周五按工作日计算")


def _nothing_in(register: Register) -> Iterator[Problem]:
    for table, rows in (
        (ENTERPRISES, register.enterprises),
        (VIOLATIONS, register.violations),
        (TEAMS, register.teams),
    ):
        if not rows:
            yield Problem(table.file, 0, "", "has no rows yet", "还没有任何数据")


def _in_two_teams(register: Register) -> Iterator[Problem]:
    teams = Counter(officer for team in register.teams for officer in team.officers)
    ids = sorted(officer for officer, count in teams.items() if count > 1)
    if ids:
        message = f"in more than one team: {_some(ids)}"
        yield Problem(TEAMS.file, 0, "officers", message, f"{len(ids):,} 名执法人员在多个小组")


def _some(ids: Sequence[str]) -> str:
    """How many there are, and the first of them."""
    return f"{len(ids):,} ({', '.join(ids[:_NAMED])}{', …' if len(ids) > _NAMED else ''})"
