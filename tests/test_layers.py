"""Imports only go down: the table of layers, read from the source."""

import ast
from pathlib import Path

import pytest

import planner

ROOT = Path(planner.__file__).parent

LAYERS = (
    "cli",
    "bench",
    "workspace",
    "draw writers",
    "readers store",
    "rescheduling slots",
    "replanning",
    "change_prices",
    "planning",
    "campaign reserved unvisited",
    "solvers",
    "check compare travel",
    "timing",
    "absences begun",
    "problem",
    "eligibility hours teamdays",
    "recording track",
    "history",
    "addresses lookbacks",
    "lots",
    "learning",
    "priority",
    "checklists",
    "words",
    "events outcomes plan_json",
    "plan",
    "policy",
    "register",
    "locating",
    "districts teams violations",
    "enterprises geocoding",
    "clock errors filenames geo label wording",
)
"""Top to bottom. A part imports from lines below its own, never from its own line; inside a folder all is allowed."""

LEAVES = {"samples"}
"""Import nothing of the program, and only ``cli`` imports them."""

KEPT_APART = {
    "check": {
        "absences",
        "begun",
        "eligibility",
        "hours",
        "planning",
        "problem",
        "solvers",
        "teamdays",
        "timing",
        "travel",
        "unvisited",
    },
    "draw": {"planning", "problem", "solvers", "store", "timing", "travel"},
    "readers": {"plan", "planning", "priority", "problem", "solvers", "timing", "travel"},
    "solvers": {"check", "eligibility", "hours", "register", "policy", "travel"},
}
"""Beyond the layers: the checker knows every rule for itself, and a solver gets a problem and nothing else."""

AT_HOME = {
    "branca": {"draw"},
    "cryptography": {"draw"},
    "distributed": {"solvers"},
    "folium": {"draw"},
    "gpxpy": {"writers"},
    "icalendar": {"writers"},
    "numba": {"solvers"},
    "ortools": {"solvers"},
    "psycopg": set(),
    "pyarrow": {"readers"},
    "pydantic": {"outcomes", "policy"},
    "pyogrio": {"readers", "writers"},
    "pyproj": {"readers"},
    "python_calamine": {"readers"},
    "pyvrp": {"bench"},
    "rich": {"cli"},
    "scipy": {"learning"},
    "sqlalchemy": {"store"},
    "typer": {"cli"},
    "vroom": {"bench"},
    "xlsxwriter": {"writers"},
    "xstatic": {"draw"},
    "geopandas": set(),
    "pandas": set(),
    "requests": set(),
    "socket": set(),
    "urllib": {"geocoding"},
}
"""Which parts may import a library."""

RANK = {part: rank for rank, parts in enumerate(LAYERS) for part in parts.split()}


def part_of(path):
    """The part of the program that a file belongs to: its module, or the folder under ``planner``."""
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imports(path):
    """The modules that a file imports, wherever in the file, for types only too; those of the program by full name."""
    package = ["planner", *path.relative_to(ROOT).parts[:-1]]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            names = [alias.name for alias in node.names] if module == "planner" else [None]
            yield from (f"planner.{name}" if name else module for name in names)


FILES = sorted(path for path in ROOT.rglob("*.py") if path != ROOT / "__init__.py")
EDGES = [(path, part_of(path), module.split(".")) for path in FILES for module in imports(path)]
INSIDE = sorted({(part, module[1]) for _, part, module in EDGES if module[0] == "planner" and module[1] != part})


def test_every_part_stands_in_the_table_once():
    """A new module needs a line; one that is gone has none."""
    parts = " ".join(LAYERS).split()
    assert len(parts) == len(set(parts))
    assert set(parts) | LEAVES == {part_of(path) for path in FILES}


@pytest.mark.parametrize(("part", "imported"), INSIDE)
def test_imports_go_down(part, imported):
    """From the verbs to the ground, never back, nor sideways."""
    if imported in LEAVES:
        assert part == "cli"
    else:
        assert part not in LEAVES
        assert RANK[part] < RANK[imported]


@pytest.mark.parametrize("part", KEPT_APART)
def test_what_is_kept_apart_stays_apart(part):
    """Not even through one module in between that does nothing else."""
    assert not {imported for importing, imported in INSIDE if importing == part} & KEPT_APART[part]


@pytest.mark.parametrize("library", AT_HOME)
def test_a_library_stays_where_it_is_at_home(library):
    """So that it can be replaced there, and is loaded by nobody else."""
    users = {part for _, part, module in EDGES if module[0] == library}
    assert users <= AT_HOME[library]


def test_the_checker_does_not_reach_the_solver_by_a_detour():
    """Nothing that it imports, directly or not, times or builds a problem."""
    reached, waiting = set(), {"check"}
    while waiting:
        part = waiting.pop()
        reached.add(part)
        waiting |= {imported for importing, imported in INSIDE if importing == part} - reached
    assert not reached & KEPT_APART["check"]
