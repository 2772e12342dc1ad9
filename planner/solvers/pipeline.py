"""
The default: independent parts side by side, each searched and proven in turns, until the limit or the proof.

Greedy first, so that there is a plan at once. Then each part gets slices of work of two kinds (``slices``): searching
tries routes by the ten thousand, proving mixes them, prices them and says how much better any plan could be. Where
there are two workers both go on at the same time, and each takes up what the other has found.

With steps alone the clock decides nothing: a step is a slice of either kind for each part, in order, in this process.
"""

from __future__ import annotations

import time
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.solvers import slices
from planner.solvers.base import Best, Limit, Proof
from planner.solvers.bound import BY_TIME, upper_bound
from planner.solvers.columns import Evidence, bound_on_priority
from planner.solvers.greedy import filled
from planner.solvers.parts import Part, joined, split
from planner.solvers.ruin_recreate import COLD, ITERATIONS_A_SECOND, ITERATIONS_A_STEP, first_temperature
from planner.solvers.workers import Here

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from planner.problem import Problem, Routes


class Kind(Enum):
    """What a slice does."""

    SEARCH = "search"
    PROVE = "prove"


BY_PRICING = "exact pricing of routes"
SEARCH_SHARE, SMALL_SHARE = 0.4, 0.25
"""Of the time that there would be for each kind if they shared alike; then proving goes on with all workers."""
SMALL = 60
"""With fewer visits in a plan than this, searching has soon found what it can find."""
LONG = 15
"""Where routes have more visits than this on average pricing is slow, and searching goes on throughout."""
LARGE = 800
"""Pairs of candidate and duty for each second of a part: with more, little is proven, and it is searched throughout."""
SLICES = {Kind.SEARCH: (0.12, 0.3, 0.3, 0.28), Kind.PROVE: (0.25, 0.75)}
"""Slices that a part gets, as shares of its time, when they are neither too short nor too long."""
SHORTEST_SLICE, LONGEST_SLICE = 0.2, {Kind.SEARCH: 90.0, Kind.PROVE: 400.0}
"""Seconds; a round of pricing that is cut short by the end of its slice has proven nothing."""
SHORTEST_PROOF = 0.06
"""Of the time for proving a part: nobody takes up what is known for less, but waits for the worker that searches."""
CYCLES = (0.0, 0.12, 0.6, 0.8, 1.0)
"""Shares of the search at which annealing is heated again: after a short one for good routes soon, the longest."""
MARGIN_SECONDS = 0.15
"""What the last slice that proves keeps for being late."""
LATE_SECONDS = 0.8
"""How long after the limit a slice that overran is still waited for: what it has proven would be lost."""
MANY_DUTIES = 60
"""With more duties prices take long to settle, and the less the better the routes that they start from."""
REHEAT = (0.3, 1.0, 0.3, 0.3)
"""First temperature of each cycle, as a share of the hottest."""


@dataclass
class _Standing:
    """How far a part has come."""

    part: Part
    seed: int
    share: float
    """Of all the work."""
    seconds: float
    """Its share of the limit; endless where only steps are counted."""
    best: Routes
    current: Routes
    evidence: Evidence = field(default_factory=Evidence)
    pool: tuple[tuple[int, tuple[int, ...]], ...] = ()
    spent: dict[Kind, float] = field(default_factory=lambda: dict.fromkeys(Kind, 0.0))
    """As shares of what the part is to get of either kind."""
    searches: int = 0
    cycle: int = 0

    def share_of(self, kind: Kind) -> float:
        """Of the time for a kind the share that the part gets, before proving has all that is left."""
        if kind is Kind.PROVE:
            return 1.0
        visits = len(_visits(self.best))
        if visits < SMALL:
            return SMALL_SHARE
        hard = self.part.problem.allowed.sum() > LARGE * self.seconds or visits > LONG * len(self.part.duties)
        return 1.0 if hard else SEARCH_SHARE

    def wants(self, kind: Kind) -> bool:
        """Whether a slice of a kind may still bring something."""
        if self.done:
            return False
        if kind is Kind.PROVE and not self.spent[Kind.SEARCH] and len(self.part.duties) > MANY_DUTIES:
            return False
        return self.spent[kind] < 1 or (kind is Kind.SEARCH and (self.spent[Kind.PROVE] >= 1 or self.evidence.closed))

    @property
    def done(self) -> bool:
        """Whether it is proven that there is no better plan."""
        return slices.finished(self.part.problem, self.best, self.evidence)

    def slice_of(
        self, kind: Kind, limit: Limit, share: float, hot: float, threads: int = 1, *, last: bool = True
    ) -> Callable[[], slices.Searched | slices.Proven]:
        """The next slice of a kind; of proving, how many threads share it and whether it is the last to prove."""
        problem = self.part.problem
        if kind is Kind.PROVE:
            pool, self.pool = self.pool, ()
            return partial(slices.prove, problem, self.best, self.evidence, pool, limit, threads, last=last)
        start = self.spent[kind]
        if start >= 1:  # more than its share: the last cycle again
            start = CYCLES[-2] + start % (1 - CYCLES[-2])
        end = min(1.0, start + share)
        cycle = sum(start >= boundary for boundary in CYCLES[1:-1])
        if cycle > self.cycle:
            self.cycle, self.current = cycle, self.best
        temperatures = (_temperature(start, cycle, hot), _temperature(end, cycle, hot))
        self.searches += 1
        seed = int(np.random.SeedSequence([self.seed, self.searches]).generate_state(1)[0])
        return partial(slices.search, problem, self.best, self.current, limit, temperatures, seed)

    def next_share(self, kind: Kind) -> float:
        """How large a slice should come next, as a share of all that the part gets of its kind."""
        gone = 0.0
        for share in SLICES[kind]:
            gone += share
            if self.spent[kind] < gone - share / 2:
                return share
        return SLICES[kind][-1]

    def take(self, found: slices.Searched | slices.Proven) -> None:
        """Take in what a slice has found."""
        if isinstance(found, slices.Proven):
            self.evidence = found.evidence
        else:
            self.current, self.pool = found.current, found.pool
        if self.part.problem.value(found.best) > self.part.problem.value(self.best):
            self.best = found.best

    @property
    def premium_left(self) -> int:
        """Premiums that a plan of the part could have beyond those of the best."""
        problem = self.part.problem
        every = range(len(problem.candidate_wanted))
        most = sum({int(problem.candidate_wanted[c]): problem.premium([c]) for c in every}.values())
        return most + problem.soft.least * int(problem.least_visits.sum()) - problem.premium(_visits(self.best))

    @property
    def proof(self) -> int | None:
        """The most priority that any plan of the part collects; None if nothing better is known than by time."""
        premium = self.part.problem.premium(_visits(self.best))
        return bound_on_priority(self.part.problem, self.evidence, premium)


@dataclass(frozen=True)
class _Slice:
    """One that is being worked on."""

    standing: _Standing
    kind: Kind
    spent: float
    """The share of what the part gets of its kind."""
    end: float
    """When it should be over, by ``time.monotonic()``."""


def _visits(routes: Routes) -> list[int]:
    return [c for route in routes for c in route]


def _piece(standing: _Standing, kind: Kind, share: float, left: float, until: float) -> float:
    """
    How long the next slice of a part is to take, in seconds; 0 where it is better to wait.

    Parameters
    ----------
    share
        Seconds that the part gets of the kind in all.
    left, until
        Seconds until the end, and until the worker that searches the part is free to prove, too.
    """
    piece = min(left, max(SHORTEST_SLICE, min(LONGEST_SLICE[kind], share * standing.next_share(kind))))
    if kind is Kind.SEARCH:
        return piece
    if until < SHORTEST_PROOF * share:
        return 0.0
    if left - piece < piece / 2:
        piece = max(left / 2, left - MARGIN_SECONDS)
    return until if until < left and until < 2 * piece else piece


def _temperature(share: float, cycle: int, hot: float) -> float:
    """Where annealing is after a share of the search, within a cycle."""
    start, end = CYCLES[cycle], CYCLES[cycle + 1]
    gone = min(1.0, max(0.0, (share - start) / (end - start)))
    top = REHEAT[cycle] * hot
    return float(top * (COLD * hot / top) ** gone)


def solve(
    problem: Problem,
    limit: Limit,
    seed: int,
    report: Callable[[Best], None],
    workers: tuple[Executor, int] | None = None,
) -> Routes:
    """Search and prove until the limit, with other workers if there are any."""
    deadline = limit.deadline()
    routes = filled(problem, [[] for _ in problem.duties])
    report(Best(routes, problem.value(routes), 0))
    parts = split(problem)
    if not parts:
        return routes
    sizes = np.array([len(part.duties) for part in parts], float)
    shares = sizes / sizes.sum()
    seconds = float("inf") if limit.seconds is None else limit.seconds
    standings = [
        _Standing(part, seed * len(parts) + k, float(share), seconds * float(share), cut, cut)
        for k, (part, share) in enumerate(zip(parts, shares, strict=True))
        for cut in [part.cut_out(routes)]
    ]
    conductor = _Conductor(problem, standings, report)
    if deadline is None:
        conductor.by_steps(limit.steps or 0)
    else:
        conductor.by_time(deadline, limit, workers or (Here(), 1))
    return conductor.best.routes


class _Conductor:
    """Hands out slices and puts together what comes back."""

    def __init__(self, problem: Problem, standings: list[_Standing], report: Callable[[Best], None]) -> None:
        self.problem, self.standings, self.report = problem, standings, report
        self.by_time_bounds: dict[int, int] = {}
        self.steps = 0
        self.best = self._together()

    def by_steps(self, steps: int) -> None:
        """So many slices of either kind for each part, one after the other."""
        hot = first_temperature(steps * ITERATIONS_A_STEP / ITERATIONS_A_SECOND / len(self.problem.duties))
        for _ in range(steps):
            self.steps += 1
            waiting = [standing for standing in self.standings if not standing.done]
            for standing in waiting:
                for kind in Kind:
                    standing.take(standing.slice_of(kind, Limit(steps=1), 1 / steps, hot)())
                    standing.spent[kind] += 1 / steps
            self._tell()
            if not waiting:
                return

    def by_time(self, deadline: float, limit: Limit, workers: tuple[Executor, int]) -> None:
        """Slices for whoever has had the least of its share, until the time is up."""
        executor, count = workers
        seconds = deadline - time.monotonic()
        of_kind = max(seconds, 1e-3) * count / len(Kind)
        hot = first_temperature(of_kind / len(self.problem.duties))
        running: dict[Future[Any], _Slice] = {}
        while (left := deadline - time.monotonic()) > 0:
            free = count - len(running) if limit.steps is None or self.steps < limit.steps else 0
            chosen = self._next(running.values(), free)
            proving = sum(kind is Kind.PROVE for _, kind in chosen)
            spare = free - len(chosen) if isinstance(executor, ProcessPoolExecutor) else 0
            for standing, kind in chosen:
                share = of_kind * standing.share * standing.share_of(kind)
                threads = 1 + spare // proving if kind is Kind.PROVE else 1
                until = self._search_left(standing, running.values(), of_kind) if threads == 1 else None
                piece = _piece(standing, kind, share, left, left if until is None else until)
                if piece > 0:
                    spent, last = piece / share, piece > left / 2
                    work = standing.slice_of(kind, Limit(seconds=piece), spent, hot, threads, last=last)
                    due = time.monotonic() + piece
                    running[executor.submit(work)] = _Slice(standing, kind, spent, due)
            if not running:
                return
            self._await(running, max(0.0, deadline - time.monotonic()))
        self._await(running, LATE_SECONDS)

    def _next(self, running: Iterable[_Slice], count: int) -> list[tuple[_Standing, Kind]]:
        """Of what is not being worked on so many that have had the least of their share."""
        busy = {(id(each.standing), each.kind) for each in running}
        ready = [
            (standing.spent[kind], k, kind)
            for k, standing in enumerate(self.standings)
            for kind in Kind
            if (id(standing), kind) not in busy and standing.wants(kind)
        ]
        return [(self.standings[k], kind) for _, k, kind in sorted(ready, key=lambda row: row[:2])[:count]]

    @staticmethod
    def _search_left(standing: _Standing, running: Iterable[_Slice], of_kind: float) -> float | None:
        """Seconds until searching a part has had its share of so many seconds; None if it is not searched now."""
        share = of_kind * standing.share * standing.share_of(Kind.SEARCH)
        for each in running:
            if each.standing is standing and each.kind is Kind.SEARCH:
                return each.end - time.monotonic() + share * max(0.0, 1 - standing.spent[Kind.SEARCH] - each.spent)
        return None

    def _await(self, running: dict[Future[Any], _Slice], seconds: float) -> None:
        """Take in the next slices that are done, if any are within so many seconds."""
        done, _ = wait(running, timeout=seconds, return_when=FIRST_COMPLETED)
        for future in done:
            each = running.pop(future)
            each.standing.take(future.result())
            each.standing.spent[each.kind] += each.spent
            self.steps += 1
        if done:
            self._tell()

    def _tell(self) -> None:
        """Report what has become better."""
        now = self._together()
        known, proven = self.best.proof, now.proof
        better_proof = proven is not None and (
            known is None or proven.priority < known.priority or (proven.priority == known.priority and proven != known)
        )
        if now.value > self.best.value or better_proof:
            self.best = now
            self.report(now)

    def _together(self) -> Best:
        parts = [standing.part for standing in self.standings]
        routes = joined(self.problem, parts, [standing.best for standing in self.standings])
        return Best(routes, self.problem.value(routes), self.steps, self._proof())

    def _proof(self) -> Proof | None:
        """The bounds of all parts together; of those that pricing has not got to, the bound by time."""
        proofs = [standing.proof for standing in self.standings]
        if all(proof is None for proof in proofs):
            return None
        for k, proof in enumerate(proofs):
            if proof is None and k not in self.by_time_bounds:
                self.by_time_bounds[k] = upper_bound(self.standings[k].part.problem)
        priced = sum(proof is not None for proof in proofs)
        by = BY_PRICING
        if priced < len(proofs):
            by += f" for {priced} of {len(proofs)} parts, else {BY_TIME}"
        total = 0
        for k, (proof, standing) in enumerate(zip(proofs, self.standings, strict=True)):
            # A bound by pricing counts on what is mandatory staying in its part; it may move to a part without one.
            total += self.by_time_bounds[k] + standing.premium_left if proof is None else proof
        return Proof(total, by)
