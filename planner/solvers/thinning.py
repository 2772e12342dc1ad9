"""
The most that a route by way of a stop earns: stops that no route above a threshold can visit need not be priced.

What can be earned from a stop on is promised by ``rough`` and, of the stops that are left, by ``completion``, on a
coarse grid. Seen from the end of the day backwards the same promise says what can have been earned on the way there;
both together are the most that a route by way of the stop earns [1]_. Only ever too much is promised, so that no route
above the threshold is lost.

.. [1] Irnich, Desaulniers, Desrosiers, Hadjar (2010), Path-reduced costs for eliminating arcs in routing and
   scheduling. INFORMS Journal on Computing 22(2), 297-313.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.problem import NEVER
from planner.solvers import completion, rough

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.geo import IntArray
    from planner.solvers.alarm import Alarm
    from planner.solvers.completion import Room, Shift, Stops


GROUPS = 6.0
"""Groups of stops in a rough look, by the square root of how many stops there are."""


def roughly_by_way(shift: Shift, stops: Stops, width: int, alarm: Alarm) -> IntArray:
    """
    The most that a route by way of each stop earns, shape (N,), where stops farther away are seen in groups.

    Parameters
    ----------
    stops, width, alarm
        As in ``rough.promise``.
    """
    group_of = rough.groups(stops.ride, int(GROUPS * len(stops.prize) ** 0.5))
    after = rough.promise(shift, stops, group_of, width, alarm)
    before = rough.promise(_mirrored_shift(shift), _mirrored(shift, stops), group_of, width, alarm)
    return _by_way(shift, stops, width, after, before)


def by_way(shift: Shift, stops: Stops, tempting: NDArray[np.int32], width: int, room: Room, alarm: Alarm) -> IntArray:
    """
    The most that a route by way of each stop earns, shape (N,). O(B N K), twice.

    Parameters
    ----------
    tempting, width, room, alarm
        As in ``completion.promise``.
    """
    arcs = np.zeros(stops.ride.shape, np.bool_)
    rows, columns = np.nonzero(stops.next >= 0)
    arcs[stops.next[rows, columns], rows] = True
    mirrored = _mirrored(shift, stops)._replace(next=completion.successors(arcs))
    after = _promised(shift, stops, tempting, width, room, alarm)
    before = _promised(_mirrored_shift(shift), mirrored, tempting, width, room, alarm)
    return _by_way(shift, stops, width, after, before)


def _promised(
    shift: Shift, stops: Stops, tempting: NDArray[np.int32], width: int, room: Room, alarm: Alarm
) -> NDArray[np.int32]:
    """What is earned from each stop on when it is reached in a bucket or later, rested or not, shape (2, B, N)."""
    bound = completion.promise(shift, stops, tempting, width, room, alarm)
    most = bound.most[:, :, 0, : bound.buckets].transpose(0, 2, 1)
    later: NDArray[np.int32] = np.maximum.accumulate(most[:, ::-1], axis=1)[:, ::-1]
    return later


def _by_way(shift: Shift, stops: Stops, width: int, after: NDArray[np.int32], before: NDArray[np.int32]) -> IntArray:
    """Both ways together, shape (N,): what is earned from each stop on and, mirrored, before it, shape (2, B, N)."""
    # A visit that starts in a bucket is over, seen from the end of the day, no sooner than in bucket ``there``.
    buckets = after.shape[1]
    last = shift.start + width * np.arange(1, buckets + 1) - 1
    there = np.clip((shift.end - last[:, None] - stops.seconds) // width, 0, buckets - 1)
    earned = np.take_along_axis(before, np.broadcast_to(there, before.shape), axis=1)
    # the break is before the visit or after it; 32 bits hold twice the largest profit, and twice ``NOTHING``
    most = np.maximum(after[1] + earned[0], after[0] + earned[1]) if shift.rest > 0 else after[1] + earned[1]
    best: IntArray = most.max(axis=0).astype(np.int64) - stops.prize
    return best


def _mirrored_shift(shift: Shift) -> Shift:
    ends = shift.start + shift.end
    return shift._replace(rest_from=ends - shift.rest_to, rest_to=ends - shift.rest_from)


def _mirrored(shift: Shift, stops: Stops) -> Stops:
    """The same stops in a day that runs from its end to its beginning; but for ``next``."""
    latest = shift.start + shift.end - stops.seconds[:, None]
    real = stops.closes >= 0
    opens = np.where(real, latest - stops.closes, NEVER)
    closes = np.where(real, latest - stops.opens, -1)
    order = np.argsort(opens, axis=1, kind="stable")
    return stops._replace(
        opens=np.take_along_axis(opens, order, 1).astype(np.int32),
        closes=np.take_along_axis(closes, order, 1).astype(np.int32),
        out=stops.home,
        home=stops.out,
        ride=np.ascontiguousarray(stops.ride.T),
    )
