"""
Villages whose truth is known: shops of good and bad chains, visited once a month, by a fixed seed.

::

    chain A (bad)   finds something on 60 % of visits        shops in rows, 100 m apart
    chain B (good)  on 10 %
"""

from datetime import date, timedelta

import numpy as np

from planner.learning.history import OpenRow, PlaceRow, VisitRow, history

START = date(2025, 1, 1)


def places(count=40):
    """Half of them of the bad chain; every tenth cannot be located."""
    return [
        PlaceRow(
            f"P{k:03d}",
            float("nan") if k % 10 == 9 else 121.4 + 0.001 * (k % 8),
            31.2 + 0.001 * (k // 8),
            "retail" if k % 3 else "parking_payment",
            f"D{k // 10}",
            "A" if k % 2 else "B",
        )
        for k in range(count)
    ]


def visits(count=40, days=720, every=30, bad=0.6, good=0.1, seed=0):
    """Each shop every so many days; nothing but the chain decides what is found."""
    dice = np.random.default_rng(seed)
    rows = []
    for k in range(count):
        for day in range(k % every, days, every):
            found = bool(dice.random() < (bad if k % 2 else good))
            rows.append(
                VisitRow(
                    f"V{k:03d}-{day:04d}",
                    f"P{k:03d}",
                    START + timedelta(days=day),
                    found,
                    serious=found and bool(dice.random() < 0.3),
                    minor=int(dice.integers(0, 4)),
                )
            )
    return rows


def findings(rows):
    """What was found had to be put right within a fortnight, and half of it was."""
    return [
        OpenRow(
            row.record,
            row.place_id,
            row.day,
            row.day + timedelta(days=14),
            row.day + timedelta(days=20) if k % 2 else None,
            rung=k % 5,
        )
        for k, row in enumerate(row for row in rows if row.found)
    ]


def village(**more):
    """The history of all of it."""
    rows = visits(**more)
    return history(places(more.get("count", 40)), rows, findings(rows))
