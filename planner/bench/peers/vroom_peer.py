"""
VROOM [1]_: breaks, several windows and skills of its own.

Its priorities go from 0 to 100 and come before everything else: mandatory look-backs have 100, the others at most 99 in
proportion to their points. A break of VROOM may lie on the way between two stops, ours may not. It knows no
alternatives: of several sites that serve one look-back it may visit more than one.

.. [1] https://github.com/VROOM-Project/vroom
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import vroom

from planner.clock import DAY_SECONDS

if TYPE_CHECKING:
    from planner.problem import Problem

EXPLORATION = 5
"""The most thorough of its levels."""
THREADS = 2
HIGHEST = 100


def solve(problem: Problem, seconds: float, seed: int) -> list[list[int]]:  # noqa: ARG001  (it draws no lots)
    """For each duty its candidates in order; all days lie on one line of time, one after the other."""
    task = vroom.Input()
    for k, legs in enumerate(problem.travel):
        task.set_durations_matrix(f"mode {k}", legs.astype(np.uint32))
        task.set_costs_matrix(f"mode {k}", legs.astype(np.uint32))
    # Those that the same duties may visit ask for the same skill.
    skills = {row.tobytes(): k for k, row in enumerate(np.unique(problem.allowed, axis=0), 1)}
    priorities = _priorities(problem)
    routes: list[list[int]] = [[] for _ in problem.duties]
    jobs = [
        vroom.Job(
            id=c + 1,
            location=int(problem.candidate_place[c]),
            default_service=int(problem.seconds[c]),
            skills={skills[problem.allowed[c].tobytes()]},
            priority=priorities[c],
            time_windows=windows,
        )
        for c in range(len(problem.seconds))
        if (windows := _windows(problem, c))
    ]
    if not jobs:  # it takes no problem without
        return routes
    task.add_job(jobs)
    for d in range(len(problem.duties)):
        task.add_vehicle(_vehicle(problem, d, {k for row, k in skills.items() if np.frombuffer(row, bool)[d]}))
    found = task.solve(exploration_level=EXPLORATION, nb_threads=THREADS, timeout=timedelta(seconds=seconds))
    steps = found.routes
    if not len(steps):  # and when nobody goes anywhere, its table has no columns
        return routes
    for vehicle, kind, job in zip(steps["vehicle_id"], steps["type"], steps["id"], strict=True):
        if kind == "job":
            routes[int(vehicle) - 1].append(int(job) - 1)
    return routes


def _windows(problem: Problem, c: int) -> list[vroom.TimeWindow]:
    """When a visit may start, on each day on which some duty may make it."""
    windows = []
    for h in range(len(problem.days)):
        duties = np.flatnonzero((problem.duty_day == h) & problem.allowed[c])
        last_start = max((problem.duties[d].last_start for d in duties), default=-1)
        for first, last in zip(problem.opens[h, c].tolist(), problem.closes[h, c].tolist(), strict=True):
            if first <= min(last, last_start):
                windows.append(vroom.TimeWindow(h * DAY_SECONDS + first, h * DAY_SECONDS + min(last, last_start)))
    return windows


def _priorities(problem: Problem) -> list[int]:
    """Of each candidate."""
    largest = max([1, *(wanted.priority for wanted in problem.wanted if not wanted.mandatory)])
    scaled = [
        HIGHEST if wanted.mandatory else -(-(HIGHEST - 1) * max(wanted.priority, 0) // largest)
        for wanted in problem.wanted
    ]
    return [scaled[k] for k in problem.candidate_wanted]


def _vehicle(problem: Problem, d: int, skills: set[int]) -> vroom.Vehicle:
    duty, midnight = problem.duties[d], int(problem.duty_day[d]) * DAY_SECONDS
    rest = vroom.TimeWindow(midnight + duty.rest_from, midnight + duty.rest_to - duty.rest_seconds)
    return vroom.Vehicle(
        id=d + 1,
        profile=f"mode {problem.duty_travel[d]}",
        start=int(problem.origins[d]),
        end=int(problem.destinations[d]),
        skills=skills,
        time_window=vroom.TimeWindow(midnight + duty.start, midnight + duty.end),
        breaks=[vroom.Break(id=1, time_windows=[rest], service=duty.rest_seconds)] if duty.rest_seconds else [],
        max_tasks=duty.max_visits,
    )
