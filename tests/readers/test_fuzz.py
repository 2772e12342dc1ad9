"""
Files damaged at random and tables put together at random: read or refused, and what is read keeps every rule.

``make test`` tries a few of each; ``make test-long`` ten thousand. Each try can be had again by its number:
``LOOKBACK_FUZZ_FROM=123 LOOKBACK_FUZZ=4`` asks four from there on. With ``-s`` it says how many were accepted.
"""

import csv
import io
import random
import shutil
import time
from pathlib import Path

import pytest
import shapely
from damage import FIRST, FORMATS, GOOD, MOST_SECONDS, NASTY, SHARES, TRIES, make, one_spoilt, parts

from planner import readers
from planner.errors import InputError
from planner.policy import Policy
from planner.readers.tables import TABLES

POLICY = Policy.default()


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """A copy of the good workspace."""
    return Path(shutil.copytree(GOOD, tmp_path_factory.mktemp("fuzz") / "workspace"))


def is_sound(register, extent):
    """Every rule that what was read must keep, asked anew."""
    ids = {e.enterprise_id for e in register.enterprises}
    assert len(ids) == len(register.enterprises)
    assert all(e.name and len(e.name) <= 200 for e in register.enterprises)
    for enterprise in register.enterprises:
        if enterprise.place is not None:
            west, south, east, north = extent
            assert west - 0.02 <= enterprise.place.lon <= east + 0.02
            assert south - 0.02 <= enterprise.place.lat <= north + 0.02
    assert {v.enterprise_id for v in register.violations} <= ids
    assert {i.enterprise_id for i in register.inspections} <= ids
    assert len({v.violation_id for v in register.violations}) == len(register.violations)
    assert all(v.rectify_by is None or v.rectify_by >= v.found_on for v in register.violations)
    assert len({d.district_id for d in register.districts}) == len(register.districts) > 0
    for district in register.districts:
        shape = shapely.MultiPolygon([(rings[0], rings[1:]) for rings in district.polygons])
        assert shape.is_valid
        assert not shape.is_empty
    assert set(register.located.values()) <= set(register.district)
    assert {officer for team in register.teams for officer in team.officers} <= set(register.officer)


def read(folder):
    """Read the folder as the command does; whether it was accepted."""
    start = time.monotonic()
    try:
        text = (folder / "data" / "policy.toml").read_bytes() if (folder / "data" / "policy.toml").exists() else b""
        try:
            policy = Policy.from_toml(text.decode("utf-8"), file="data/policy.toml")
        except UnicodeDecodeError:
            return False
        register = readers.read(folder, policy).register
    except InputError:
        return False
    finally:
        assert time.monotonic() - start < MOST_SECONDS
    is_sound(register, policy.workspace.extent)
    return True


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("name", FORMATS)
def test_a_damaged_file_is_read_or_refused(name, share, workspace, child):
    """Never a crash, never for long, and never half."""
    folder = Path(shutil.copytree(GOOD, workspace.parent / f"{Path(name).name}-{share}", dirs_exist_ok=True))
    path = folder / name
    if path.stem == "enterprises":
        (folder / "data" / "enterprises.csv").unlink()
    make(path)
    whole = parts(path)
    assert read(folder), "the file is good before it is damaged"
    accepted = []
    for k in range(FIRST + share, FIRST + max(TRIES, SHARES), SHARES):
        with one_spoilt(f"{name} {k}", whole):
            accepted.append(read(folder))
    print(f"{name}: {sum(accepted)} of {len(accepted)} accepted")  # noqa: T201


@pytest.mark.parametrize("share", range(SHARES))
def test_a_table_put_together_at_random_is_read_or_refused(share, workspace):
    """Headers by any of their names, in any order, some missing, some strange; cells of every kind."""
    folder = Path(shutil.copytree(GOOD, workspace.parent / f"tables-{share}", dirs_exist_ok=True))
    accepted = []
    for k in range(FIRST + share, FIRST + max(TRIES, 100), SHARES):  # cheap, and few of them are accepted
        dice = random.Random(f"table {k}")
        table = dice.choice(TABLES)
        path = folder / "data" / f"{table.name}.csv"
        good = list(csv.reader(io.StringIO((GOOD / "data" / path.name).read_text("utf-8"))))
        columns = [column for column in table.columns if dice.random() < 0.97]
        dice.shuffle(columns)
        at = {name: i for i, name in enumerate(good[0])}
        rows = [
            [dice.choice(column.names) for column in columns],
            *(
                [dice.choice(NASTY) if dice.random() < 0.08 else row[at[column.name]] for column in columns]
                for row in good[1:] * dice.choice([1, 1, 2])
            ),
        ]
        stream = io.StringIO()
        csv.writer(stream, delimiter=dice.choice(",;\t")).writerows(rows)
        path.write_bytes(stream.getvalue().encode(dice.choice(["utf-8", "utf-8-sig", "gb18030"]), "replace"))
        try:
            accepted.append(read(folder))
        except BaseException:
            print(f"try {k}: {table.name}\n{stream.getvalue()}")  # noqa: T201
            raise
        finally:
            shutil.copy(GOOD / "data" / path.name, path)
    print(f"tables: {sum(accepted)} of {len(accepted)} accepted")  # noqa: T201
    assert any(accepted)
