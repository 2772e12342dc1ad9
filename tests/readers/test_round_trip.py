"""Any register that is written as tables is read back as it was, however the tables are written."""

import csv
import io
import json
import shutil
import tempfile
import unicodedata
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from planner import readers
from planner.clock import Calendar, hhmm
from planner.districts import Barrier, District
from planner.enterprises import Enterprise, Scenario
from planner.errors import InputError
from planner.geo import LonLat
from planner.policy import Policy
from planner.readers.records import STAND_INS
from planner.readers.tables import TABLES
from planner.register import Register
from planner.teams import Agency, Officer, Recusal, Shift, Team, TravelMode
from planner.violations import Action, Aggravation, Inspection, InspectionResult, Scope, Violation, ViolationKind
from planner.words import label

GOOD = Path(__file__).parents[1] / "bad" / "good"
POLICY = Policy.default()

PRINTABLE = st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"))
NAMES = (
    st.text(PRINTABLE, min_size=1, max_size=12)
    .map(str.strip)
    .filter(lambda name: name.strip("'") and name[0] != "#" and name.casefold() not in STAND_INS)
)
JOINED_NAMES = NAMES.map(lambda name: "名" + unicodedata.normalize("NFKC", name.replace(";", "")).strip())
NOTES = (
    st.text(PRINTABLE | st.sampled_from("\n\t,\"'"), max_size=20)
    .map(str.strip)
    .filter(lambda note: note[:1] not in ("'", "#") and note.casefold() not in STAND_INS)
)
IDS = st.text("AB01-_.编号", min_size=1, max_size=5).filter(lambda text: text.strip("-"))
"""Also operators' names, where an enterprise names none: and a dash in a cell says that it names none."""
DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))
PLACES = st.builds(
    lambda lon, lat: LonLat(lon / 1e6, lat / 1e6),
    st.integers(73_000_000, 136_000_000),
    st.integers(3_000_000, 54_000_000),
)


def each(ids, make):
    """One value for each id, in the order of the ids."""
    return st.tuples(*(make(i) for i in sorted(ids)))


def enterprise(enterprise_id):
    return st.builds(
        Enterprise,
        st.just(enterprise_id),
        NAMES,
        PLACES | st.none(),
        st.sampled_from(Scenario),
        operator=st.just(enterprise_id) | JOINED_NAMES,
        credit_code=st.sampled_from(["", "91990000MA007919X8", "91990000MA0158381P"]),
        address=NOTES,
        opening_hours=st.sampled_from(["", "24/7", "Mo-Fr 10:00-18:00; PH off"]),
        visit_minutes=st.none() | st.integers(1, 1440),
        risk_class=st.sampled_from(["", *"ABCD"]),
    )


def violation(violation_id, enterprise_ids):
    def later(found_on):
        return st.none() | st.dates(found_on, date(2100, 12, 31))

    return DAYS.flatmap(
        lambda found_on: st.builds(
            Violation,
            st.just(violation_id),
            st.sampled_from(enterprise_ids),
            st.just(found_on),
            st.sampled_from(ViolationKind),
            st.sampled_from(Action),
            aggravations=st.frozensets(st.sampled_from(Aggravation)),
            rectify_by=later(found_on),
            scope=st.sampled_from(Scope),
            rectified_on=later(found_on),
            note=NOTES,
        )
    )


@st.composite
def shifts(draw, team_ids):
    found = []
    for team_id in draw(st.lists(st.sampled_from(team_ids), unique=True)):
        when = draw(DAYS | st.integers(0, 6))
        day, weekday = (when, None) if isinstance(when, date) else (None, when)
        start, end = sorted(draw(st.sets(st.integers(0, 1440), min_size=2, max_size=2)))
        hours = draw(st.sampled_from([(None, None), (start * 60, end * 60)]))
        rest = draw(st.sampled_from([None, 0, min(45, end - start) * 60])) if hours[0] is not None else None
        window = hours if rest is not None and draw(st.booleans()) else (None, None)
        found.append(Shift(team_id, day, weekday, *hours, rest, *window))
    return tuple(sorted(found, key=lambda s: (s.team_id, str(s.day), str(s.weekday))))


@st.composite
def registers(draw):
    """Registers that break no rule, of every table."""
    enterprise_ids = sorted(draw(st.sets(IDS, min_size=1, max_size=4)))
    officer_ids = sorted(draw(st.sets(IDS, min_size=1, max_size=4)))
    team_ids = sorted(draw(st.sets(IDS, min_size=1, max_size=3)))
    enterprises = draw(each(enterprise_ids, enterprise))
    authorities = sorted(draw(st.sets(JOINED_NAMES, min_size=1, max_size=3)))
    officers = draw(
        each(
            officer_ids, lambda i: st.builds(Officer, st.just(i), NAMES, st.sampled_from(Agency), IDS, st.none() | DAYS)
        )
    )
    officer = st.sampled_from(officer_ids)
    recusals = st.builds(Recusal, officer, st.sampled_from(enterprise_ids)) | st.builds(
        Recusal, officer, operator=st.sampled_from(sorted({e.operator for e in enterprises}))
    )
    return Register(
        enterprises=enterprises,
        violations=draw(
            st.sets(IDS, max_size=4).flatmap(lambda ids: each(ids, lambda i: violation(i, enterprise_ids)))
        ),
        inspections=draw(
            st.sets(IDS, max_size=3).flatmap(
                lambda ids: each(
                    ids,
                    lambda i: st.builds(
                        Inspection,
                        st.just(i),
                        st.sampled_from(enterprise_ids),
                        DAYS,
                        st.sampled_from(InspectionResult),
                        st.just("") | NAMES,
                    ),
                )
            )
        ),
        teams=draw(
            each(
                team_ids,
                lambda i: st.builds(
                    Team,
                    st.just(i),
                    NAMES,
                    PLACES,
                    PLACES,
                    st.lists(officer, min_size=1, unique=True).map(tuple),
                    st.frozensets(st.sampled_from(authorities)),
                    st.frozensets(st.sampled_from(Scenario)),
                    st.none() | st.integers(1, 100),
                    st.none() | st.sampled_from(TravelMode),
                ),
            )
        ),
        officers=officers,
        shifts=draw(shifts(team_ids)),
        recusals=tuple(
            sorted(
                draw(st.sets(recusals, max_size=3)),
                key=lambda r: (r.officer_id, r.enterprise_id or "", r.operator or ""),
            )
        ),
        districts=tuple(
            District(f"D{k}", draw(NAMES), authority, (square(k), square(k + 10)), draw(st.just("") | NAMES), 1.25)
            for k, authority in enumerate(authorities)
        ),
        barriers=(Barrier("B", draw(NAMES), draw(st.lists(PLACES, min_size=2, unique=True).map(tuple)), width_m=7.5),),
        calendar=Calendar(draw(st.dictionaries(DAYS, st.booleans(), max_size=3))),
    )


def square(k):
    """A small polygon with a hole; those of different numbers lie apart."""
    outside = [(0, 0), (8, 0), (8, 8), (0, 8), (0, 0)]
    hole = [(2, 2), (2, 4), (4, 4), (2, 2)]
    return tuple(tuple(LonLat(121 + k / 50 + x / 1000, 31 + y / 1000) for x, y in ring) for ring in (outside, hole))


def rows(register, lang="en"):
    """The register's tables as rows of cells."""

    def code(value):
        return "" if value is None else label(value, lang) if lang == "zh" else value.value

    def several(values):
        return ";".join(sorted(values))

    def text(value):
        return "" if value is None else str(value)

    def time(seconds):
        return "" if seconds is None else hhmm(seconds)

    return {
        "enterprises": [
            [
                e.enterprise_id, e.name, *([f"{x:.6f}" for x in e.place] if e.place else ["", ""]), "",
                code(e.scenario),
                "" if e.operator == e.enterprise_id else e.operator, e.credit_code, e.address, e.opening_hours,
                text(e.visit_minutes), e.risk_class,
            ]
            for e in register.enterprises
        ],
        "violations": [
            [
                v.violation_id, v.enterprise_id, text(v.found_on), code(v.kind), several(map(code, v.aggravations)),
                code(v.action), text(v.rectify_by), code(v.scope), text(v.rectified_on), v.note,
            ]
            for v in register.violations
        ],
        "inspections": [
            [i.inspection_id, i.enterprise_id, text(i.day), code(i.result), i.inspection_type]
            for i in register.inspections
        ],
        "teams": [
            [
                t.team_id, t.name, f"{t.start.lon:.6f}", f"{t.start.lat:.6f}", f"{t.end.lon:.6f}", f"{t.end.lat:.6f}",
                several(t.authorities), several(map(code, t.scenarios)), ";".join(t.officers), text(t.max_visits),
                code(t.travel),
            ]
            for t in register.teams
        ],
        "officers": [
            [o.officer_id, o.name, code(o.agency), o.certificate, text(o.valid_until)] for o in register.officers
        ],
        "shifts": [
            [
                s.team_id, text(s.day), "" if s.weekday is None else str(s.weekday + 1), time(s.start), time(s.end),
                "" if s.break_seconds is None else str(s.break_seconds // 60), time(s.break_from), time(s.break_to),
            ]
            for s in register.shifts
        ],
        "recusals": [[r.officer_id, text(r.enterprise_id), text(r.operator)] for r in register.recusals],
        "calendar": [
            [str(day), ("是" if works else "否") if lang == "zh" else ("yes" if works else "no")]
            for day, works in register.calendar.overrides.items()
        ],
        "places": [],
        "same_as": [],
    }  # fmt: skip


def feature(kind, coordinates, **properties):
    """A feature as GeoJSON has it, with a height to each position."""
    return {"type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": coordinates}}


def layers(register):
    """The register's districts and barriers as features."""
    return {
        "districts": [
            feature(
                "MultiPolygon",
                [[[[*place, 4.5] for place in ring] for ring in rings] for rings in d.polygons],
                district_id=d.district_id, name=d.name, authority=d.authority, name_en=d.name_en, weight=d.weight,
            )
            for d in register.districts
        ],
        "barriers": [
            feature("LineString", b.line, barrier_id=b.barrier_id, name=b.name, walkable=b.walkable, width_m=b.width_m)
            for b in register.barriers
        ],
    }  # fmt: skip


def read_back(register, *, lang="en", encoding="utf-8", order=None):
    """The register as it comes out of its own tables, apart from the districts' enterprises."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "data").mkdir()
        (folder / "districts").mkdir()
        written = rows(register, lang)
        for table in TABLES:
            body = written[table.name]
            if order is not None:
                order.shuffle(body)
            stream = io.StringIO()
            header = [column.zh if lang == "zh" else column.name for column in table.columns]
            csv.writer(stream, lineterminator="\r\n").writerows([header, *body])
            (folder / "data" / f"{table.name}.csv").write_bytes(stream.getvalue().encode(encoding))
        for layer, features in layers(register).items():
            if order is not None:
                order.shuffle(features)
            text = json.dumps({"type": "FeatureCollection", "features": features})
            (folder / "districts" / f"{layer}.geojson").write_text(text, "utf-8")
        return replace(readers.read(folder, POLICY).register, located={})


@settings(max_examples=60, deadline=None)
@given(registers())
def test_what_is_written_is_read_back(register):
    """read(write(x)) == x."""
    assert read_back(register) == register


@settings(max_examples=25, deadline=None)
@given(registers(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(register, order):
    """Shuffled tables and features give an equal register."""
    assert read_back(register, order=order) == register


@settings(max_examples=25, deadline=None)
@given(registers())
def test_chinese_headers_and_labels_mean_the_same(register):
    """Every column and every code may be given in Chinese."""
    assert read_back(register, lang="zh", encoding="utf-8-sig") == register


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_encoding_does_not_matter(encoding, tmp_path):
    """UTF-8 with or without a mark, and GB 18030, are all read alike."""
    folder = Path(shutil.copytree(GOOD, tmp_path / "workspace"))
    for path in (folder / "data").iterdir():
        path.write_bytes(path.read_text("utf-8").encode(encoding))
    assert readers.read(folder, POLICY) == readers.read(GOOD, POLICY)


FILES = sorted(path.relative_to(GOOD) for path in GOOD.rglob("*.*"))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(FILES), st.binary(max_size=200), st.integers(0, 2000), st.integers(0, 50))
def test_no_bytes_bring_anything_but_problems(file, noise, at, length):
    """Bytes put anywhere into any file, or in its place, are read or refused, and raise nothing else."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(shutil.copytree(GOOD, Path(name) / "workspace"))
        data = (GOOD / file).read_bytes()
        (folder / file).write_bytes(data[:at] + noise + data[at + length :] if length else noise)
        with suppress(InputError):
            readers.read(folder, POLICY)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(FILES), st.randoms(use_true_random=False))
def test_no_swapped_characters_bring_anything_but_problems(file, dice):
    """Nor do characters that mean something to the format, where they do not belong."""
    text = list((GOOD / file).read_text("utf-8"))
    for _ in range(dice.randint(1, 8)):
        text[dice.randrange(len(text))] = dice.choice(',;"\n\r\t[]{}:0-9eE.\\\ufeff\u0660')
    with tempfile.TemporaryDirectory() as name:
        folder = Path(shutil.copytree(GOOD, Path(name) / "workspace"))
        (folder / file).write_text("".join(text), "utf-8")
        with suppress(InputError):
            readers.read(folder, POLICY)
