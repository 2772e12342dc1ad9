"""Colours that tell teams apart: twelve hues, each in three tones, with an ink that reads on it."""

from __future__ import annotations

from typing import NamedTuple

_DEEP = (
    "#1f5fbf", "#b3541e", "#1b7f4d", "#8a3ffc", "#b81d4f", "#0f7c8c",
    "#7a5c00", "#4446b8", "#a8218c", "#4d7a12", "#8c2f2f", "#3d5a73",
)  # fmt: skip
_DARK = (
    "#0b3a80", "#6e2f0c", "#0b4f2e", "#51219c", "#730f30", "#074c57",
    "#4a3800", "#262773", "#691157", "#2c4a08", "#571818", "#22384a",
)  # fmt: skip
_LIGHT = (
    "#7fb2ff", "#ffab73", "#66d19e", "#c3a1ff", "#ff8fb1", "#5fd0e0",
    "#e6c14d", "#a3a5ff", "#f08fd9", "#a9d65c", "#f29a8f", "#a5bfd4",
)  # fmt: skip


class Colour(NamedTuple):
    """A fill, and the ink for a number on it (contrast of at least 4.5)."""

    fill: str
    ink: str


COLOURS = (
    *(Colour(fill, "#ffffff") for fill in _DEEP),
    *(Colour(fill, "#14202b") for fill in _LIGHT),
    *(Colour(fill, "#ffffff") for fill in _DARK),
)


def colour(number: int) -> Colour:
    """The colour of the team with that number, counted from 0; the 37th looks like the first."""
    return COLOURS[number % len(COLOURS)]
