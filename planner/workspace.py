"""The folder that is the interface: tables and polygons in, plans and maps out."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from importlib.resources import files
from itertools import count
from typing import TYPE_CHECKING

from planner import readers
from planner.errors import InputError, Problem
from planner.geo import LonLat
from planner.history import with_outcomes
from planner.learning.card import Card
from planner.plan_json import PLAN_ID
from planner.policy import Policy, default_text
from planner.readers.repairs import repaired
from planner.readers.tables import DISTRICTS
from planner.store import Store
from planner.travel import engine
from planner.writers.atomic import sweep, write_files

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from planner.geo import Datum
    from planner.readers import Reading
    from planner.readers.importing import Imported
    from planner.readers.notes import Note
    from planner.register import Register
    from planner.travel import TravelTimes

FOLDERS = ("data", "districts", "maps")
DATABASE_VARIABLE = "LOOKBACK_DATABASE"
"""The environment variable with the address of a PostgreSQL database, where several desks share one store."""

_LAYERS = {"districts": "districts/business_districts.geojson", "barriers": "districts/barriers.geojson"}
"""Where the program puts a layer that it imports."""


@dataclass(frozen=True)
class Workspace:
    """A folder with ``data``, ``districts`` and ``maps``."""

    root: Path

    @classmethod
    def at(cls, root: Path) -> Workspace:
        """
        The workspace in a folder.

        Raises
        ------
        InputError
            The folder is not a workspace.
        """
        if not (root / "data").is_dir():
            message = "is not a workspace: it has no folder data; make one with: lookback init DIR --sample shanghai"
            raise InputError([Problem(str(root), 0, "", message, "不是工作文件夹,请先运行 lookback init")])
        return cls(root)

    @property
    def data(self) -> Path:
        """The folder of the tables."""
        return self.root / "data"

    @property
    def maps(self) -> Path:
        """The folder of what the program draws."""
        return self.root / "maps"

    def policy(self) -> Policy:
        """The policy: the defaults with ``data/policy.toml`` laid over them."""
        path = self.data / "policy.toml"
        try:
            policy = (
                Policy.from_toml(path.read_text("utf-8"), file="data/policy.toml")
                if path.exists()
                else Policy.default()
            )
            Card.of(policy.card)
        except UnicodeDecodeError as problem:
            raise InputError([Problem("data/policy.toml", 0, "", "is not UTF-8", "应为 UTF-8 编码")]) from problem
        except OSError as problem:
            text = f"cannot be read: {problem.strerror}"
            raise InputError([Problem("data/policy.toml", 0, "", text, "无法读取")]) from problem
        return policy

    def read(self) -> tuple[Policy, Reading]:
        """
        Policy and register, with every problem of both in one error.

        Raises
        ------
        InputError
            Anything is wrong in the tables, the polygons or the policy.
        """
        problems: list[Problem] = []
        policy = Policy.default()
        try:
            policy = self.policy()
        except InputError as wrong:
            problems += wrong.problems
        try:
            reading = readers.read(self.root, policy)
        except InputError as wrong:
            problems += wrong.problems
        if problems:
            raise InputError(problems)
        return policy, reading

    def travel(self, register: Register, policy: Policy) -> TravelTimes:
        """The travel engine that the policy names."""
        return engine(register, policy, self.data)

    def store(self) -> Store:
        """The store of plans, events and outcomes: a file, or the database that ``LOOKBACK_DATABASE`` names."""
        return Store(self.data / "lookback.db", os.environ.get(DATABASE_VARIABLE))

    def register_for(self, register: Register, policy: Policy, day: date) -> Register:
        """The register that a plan from a day on is made from: the tables, and what was recorded of earlier days."""
        with self.store() as store:
            recorded = store.outcomes()
        return with_outcomes(register, (entry.outcome for entry in recorded), policy, day)

    def write_maps(self, plan_id: str, contents: Mapping[str, str]) -> Path:
        """
        Write a plan's pages and document into its folder of ``maps``, and remove pages of earlier revisions.

        Raises
        ------
        InputError
            The id is not that of a plan.
        StoreError
            The disk is full, or the folder cannot be written.
        """
        target = self._folder(plan_id)
        if target.is_dir():
            sweep(target)
        write_files(target, {name: text.encode() for name, text in contents.items()})
        for old in sorted(target.glob("*.html")):
            if old.name not in contents:
                old.unlink(missing_ok=True)
        return target

    def write_exports(self, plan_id: str, contents: Mapping[str, bytes]) -> Path:
        """Write files for other programs into the folder ``export`` beside a plan's maps."""
        target = self._folder(plan_id) / "export"
        if target.is_dir():
            sweep(target)
        write_files(target, contents)
        return target

    def write_unfinished(self, plan_id: str, document: str) -> Path:
        """Keep the plan of a search that was stopped, beside the maps; nothing else changes."""
        folder = self._folder(plan_id)
        write_files(folder, {"stopped.json": document.encode()})
        return folder / "stopped.json"

    def take_in(self, made: Imported, *, replace: bool, lang: str) -> Path:
        """
        Write an imported table in place of what the workspace has; the report stands in ``imports/``.

        What is replaced is kept there too; a table without rows may always be replaced.

        Raises
        ------
        InputError
            The table has rows already and is not to be replaced.
        StoreError
            The disk is full, or the folder cannot be written.
        """
        name = made.table.name
        old = readers.files_of(self.root, made.table)
        full = [path for path in old if not readers.is_empty(path, made.table)]
        if full and not replace:
            message = "has rows already: --replace puts the new table in its place and keeps a copy in imports/"
            zh = "已有内容;加 --replace 替换(原文件保留在 imports/)"
            raise InputError(Problem(path.relative_to(self.root).as_posix(), 0, "", message, zh) for path in full)
        target = _LAYERS.get(name, f"data/{name}.csv")
        contents = {target: made.geojson() if name in _LAYERS else made.csv()}
        contents[f"imports/{name}-report.txt"] = "".join(note.of(lang) + "\n" for note in made.report).encode()
        if made.left_out:
            lines = "".join(problem.line(lang) + "\n" for problem in made.left_out)
            contents[f"imports/{name}-left-out.txt"] = lines.encode()
        for path in full:
            contents[self._copy(path)] = path.read_bytes()
        write_files(self.root, contents)
        for path in old:
            if path != self.root / target:
                path.unlink()
        return self.root / target

    def repair_districts(self) -> tuple[Path, tuple[Note, ...]]:
        """
        Write a repaired copy of the districts into ``imports/``, and say what was done to it.

        Raises
        ------
        InputError
            The districts cannot be read at all.
        StoreError
            The disk is full, or the folder cannot be written.
        """
        found = readers.layer(self.root, DISTRICTS)
        made = repaired(found, self.policy().workspace.extent)
        target = self.root / "imports" / "districts-repaired.geojson"
        write_files(self.root, {"imports/districts-repaired.geojson": made.geojson()})
        return target, made.notes

    def geocoded(self, host: str, datum: Datum) -> dict[str, LonLat | None]:
        """
        What a geocoder was asked before: its places by address, in WGS 84; none where it knew nothing.

        Asked again with another datum for its coordinates, it is as one that never was.
        """
        try:
            told = json.loads((self.root / _geocoded(host, datum)).read_text("utf-8"))
            return {
                str(address): None if place is None else LonLat(*map(float, place)) for address, place in told.items()
            }
        except (OSError, ValueError, TypeError, AttributeError):  # not there, or not ours any more: it is only a memory
            return {}

    def keep_geocoded(self, host: str, datum: Datum, places: Mapping[str, LonLat | None]) -> None:
        """
        Remember what a geocoder said, so that it is not asked again.

        Raises
        ------
        StoreError
            The disk is full, or the folder cannot be written.
        """
        lines = ",\n".join(f"{json.dumps(a, ensure_ascii=False)}: {json.dumps(p)}" for a, p in sorted(places.items()))
        write_files(self.root, {_geocoded(host, datum): f"{{\n{lines}\n}}\n".encode()})

    def _copy(self, path: Path) -> str:
        """A name in ``imports/`` that is free, for what is replaced."""
        taken = (f"imports/replaced-{k}-{path.name}" for k in count(1))
        return next(name for name in taken if not (self.root / name).exists())

    def _folder(self, plan_id: str) -> Path:
        if not PLAN_ID.fullmatch(plan_id):
            message = f"{plan_id!r} is not the id of a plan, such as 2026-11-24 or 2026-11-24+2"
            raise InputError([Problem("plan", 0, "plan_id", message, "方案编号有误")])
        return self.maps / plan_id


def _geocoded(host: str, datum: Datum) -> str:
    return f"imports/geocoded-{re.sub('[^0-9a-z.-]', '_', host)}-{datum}.json"


def create(root: Path, tables: Mapping[str, bytes]) -> None:
    """
    Make a workspace; nothing that exists is overwritten.

    Raises
    ------
    InputError
        A file that would be written is there already; nothing is written.
    """
    templates = files("planner").joinpath("folder")
    contents = {f"{folder}/README.md": templates.joinpath(f"{folder}.md").read_bytes() for folder in FOLDERS}
    contents |= {"data/policy.toml": default_text().encode(), **tables}
    there = [name for name in contents if (root / name).exists()]
    if there:
        raise InputError(Problem(str(root / name), 0, "", "exists already", "文件已存在,未覆盖") for name in there)
    write_files(root, contents)


def empty_tables() -> dict[str, bytes]:
    """Tables with headers and no rows, and no polygons yet."""
    tables = {f"data/{name}": (",".join(columns) + "\n").encode() for name, columns in readers.headers().items()}
    no_features = b'{"type": "FeatureCollection", "features": []}\n'
    return tables | {f"districts/{name}.geojson": no_features for name in ("business_districts", "barriers")}
