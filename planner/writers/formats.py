"""The files that a plan can be exported to: a member of the family is one module and one line here."""

from __future__ import annotations

from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from planner.filenames import file_names

if TYPE_CHECKING:
    from planner.plan import Plan
    from planner.register import Register


class Format(StrEnum):
    """Endings of files; each has a module of its name beside this one, loaded when it is asked for."""

    XLSX = "xlsx"
    ICS = "ics"
    GPX = "gpx"
    GPKG = "gpkg"
    GEOJSON = "geojson"
    CSV = "csv"


class _Writer(Protocol):
    def write(self, plan: Plan, register: Register, lang: str, team_id: str | None, name: str) -> dict[str, bytes]: ...


def exported(
    plan: Plan, register: Register, form: Format, *, lang: str = "zh", team_id: str | None = None
) -> dict[str, bytes]:
    """
    A plan, or one team's part of it, as files by their names.

    What goes into calendars and navigators is one file a team, anything else one file for all. The same plan gives
    the same bytes. Nothing that a table says becomes a formula, an event, an element or a path.

    Parameters
    ----------
    plan, register
        The plan and the tables it was made from.
    form
        The kind of file.
    lang
        Of headers and labels, ``zh`` or ``en``.
    team_id
        Whose part; None: everybody's.

    Raises
    ------
    KeyError
        The plan names an enterprise or a team that the register does not hold.
    """
    writer = cast("_Writer", import_module(f"planner.writers.{form.value}"))
    name = "plan" if team_id is None else file_names([team_id], taken="plan", suffix="")[team_id]
    return writer.write(plan, register, lang, team_id, name)
