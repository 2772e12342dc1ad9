"""How the kernels of the solvers are compiled."""

from __future__ import annotations

from numba import njit

lean = njit(cache=True, nogil=True, _nrt=False)  # type: ignore[call-overload]  # not in its types
"""
For functions that make no array of their own.

Numba would otherwise count a reference to every array of a ``NamedTuple`` at every call, atomically: in functions as
small as these that was more than half of the time of ruin & recreate.
"""
