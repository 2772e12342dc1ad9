"""Seeded chance that falls the same on every Python version and platform."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")


class Dice:
    """
    Draws built on ``Random.random()`` alone.

    The other methods of ``random`` may change between Python versions; this one
    is documented not to.
    """

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def chance(self, probability: float) -> bool:
        """Whether an event of the given probability happens."""
        return self._random.random() < probability

    def uniform(self, low: float, high: float) -> float:
        """A number from low (included) to high (excluded)."""
        return low + (high - low) * self._random.random()

    def below(self, bound: int) -> int:
        """A whole number from 0 to bound - 1."""
        return int(self._random.random() * bound)

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + self.below(high - low + 1)

    def normal(self) -> float:
        """Standard normal to the eye: the sum of twelve uniform draws, less six."""
        return sum(self._random.random() for _ in range(12)) - 6.0

    def pick(self, items: Sequence[T]) -> T:
        """One of the items, all alike."""
        return items[self.below(len(items))]

    def weighted(self, items: Sequence[tuple[T, float]]) -> T:
        """One of the items of (item, weight), in proportion to the weights."""
        left = self._random.random() * sum(weight for _, weight in items)
        for item, weight in items:
            left -= weight
            if left < 0:
                return item
        return items[-1][0]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """The items in a random order (Fisher-Yates)."""
        order = list(items)
        for last in range(len(order) - 1, 0, -1):
            other = self.below(last + 1)
            order[last], order[other] = order[other], order[last]
        return order


def apportioned(total: int, shares: Sequence[float]) -> list[int]:
    """Whole parts of the total in proportion to the shares, by largest remainder."""
    scale = total / sum(shares)
    parts = [int(share * scale) for share in shares]
    by_remainder = sorted(range(len(shares)), key=lambda i: (parts[i] - shares[i] * scale, i))
    for index in by_remainder[: total - sum(parts)]:
        parts[index] += 1
    return parts
