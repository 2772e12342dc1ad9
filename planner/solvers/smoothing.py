"""
How far to follow the linear program: prices are mixed from those that proved the best bound and its own.

While it knows few columns its prices are wild, and routes priced with them worth little. The share of the old ones
follows the slope: it shrinks where the bound falls on the way to the new prices, and grows where it rises. A round
that finds nothing is repeated nearer to the linear program, at last at its own prices [1]_.

.. [1] Pessoa, Sadykov, Uchoa, Vanderbeck (2018), Automation and combination of linear-programming based stabilization
   techniques in column generation. INFORMS Journal on Computing 30(2), 339-360.
"""

from __future__ import annotations

from dataclasses import dataclass

MORE, MUCH_MORE, LESS, MOST = 0.1, 0.4, 0.1, 0.95
"""By how much the share grows, grows where prices were wild, or shrinks, and the most that it grows to."""
QUICK, LITTLE = 0.5, 0.15
"""The share of quick pricing, halved with every round that finds little; less than the second is nothing."""


@dataclass
class Smoothing:
    """The share of the old prices, for exact pricing and for quick pricing."""

    exact: float = 0.5
    misses: int = 0
    """Rounds of exact pricing that found nothing, one after the other."""
    quick: float = QUICK

    @property
    def share(self) -> float:
        """Of the old prices, for a round of exact pricing."""
        return max(0.0, 1.0 - (1 + self.misses) * (1.0 - self.exact))

    def learn(self, slope: float, *, found: bool, wild: bool) -> None:
        """Take in a round of exact pricing: how the bound changes towards the linear program's prices."""
        self.misses = 0 if found else self.misses + 1
        if wild:
            self.exact = min(MOST, self.exact + MUCH_MORE * (1.0 - self.exact))
        elif slope < 0:
            self.exact = max(0.0, self.exact - LESS)
        elif slope > 0:
            self.exact = min(MOST, self.exact + MORE * (1.0 - self.exact))

    def tire(self) -> bool:
        """Take in a round of quick pricing that found little; whether it was with nearly nothing of the old prices."""
        over = self.quick < LITTLE
        self.quick = QUICK if over else self.quick / 2
        return over
