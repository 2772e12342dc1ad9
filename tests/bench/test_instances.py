"""Public instances are read to the last digit, or refused with every problem that they have."""

from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st
from towns import examples

from planner.bench.instances import Instance, Node, read, read_best_known
from planner.errors import InputError

coordinates = st.integers(-200_000, 200_000)


def lines(wrong):
    """The problems of an error, without the folder."""
    return [problem.line().rpartition("/")[2] for problem in wrong.value.problems]


# Distances


@examples(200)
@given(st.tuples(coordinates, coordinates), st.tuples(coordinates, coordinates), st.integers(0, 2), st.integers(0, 3))
def test_a_leg_is_the_distance_truncated_exactly(here, there, decimals, places):
    """No longer than the distance, and one unit more would be."""
    nodes = tuple(Node(x, y, 0, 0, 0, 0) for x, y in (here, there))
    instance = Instance("two", nodes, decimals, places)
    leg, unit = instance.leg(0, 1), 10**decimals
    square = sum(Fraction(a - b, 10**places) ** 2 for a, b in zip(here, there, strict=True))
    assert Fraction(leg, unit) ** 2 <= square < Fraction(leg + 1, unit) ** 2
    assert leg == instance.leg(1, 0)


def test_a_distance_without_remainder_is_not_rounded_down():
    """3, 4 and 5 tenths: a float would say 4.999 of them."""
    nodes = tuple(Node(x, y, 0, 0, 0, 0) for x, y in ((11, 11), (14, 15)))
    assert Instance("triangle", nodes, 1, 1).leg(0, 1) == 5


# Reading


def test_every_number_in_its_place(street):
    """Times in tenths; opening and closing are the last two numbers, however long the list before them."""
    (instance,) = read([street])
    assert (instance.name, instance.decimals) == ("street", 1)
    assert instance.nodes[0] == Node(0, 0, 0, 0, 0, 950)
    assert instance.nodes[2] == Node(20, 0, 50, 20, 400, 600)
    assert instance.leg(0, 2) == 200


@pytest.mark.parametrize(("name", "decimals", "unit"), [("pr07", None, 100), ("c101", None, 10), ("pr07", 0, 1)])
def test_the_name_tells_the_family(street, name, decimals, unit):
    """Hundredths for Cordeau's, tenths for Solomon's, or what is asked for."""
    path = street.rename(street.with_name(f"{name}.txt"))
    (instance,) = read([path], decimals)
    assert instance.nodes[0].closes == 95 * unit


def test_public_instances_are_read(public):
    """All of them; and each has a best known score for one to four routes."""
    instances = read(sorted(public.glob("*/*.txt")))
    assert len(instances) == 39
    known = read_best_known(public / "best_known.csv")
    assert {(instance.name, routes) for instance in instances for routes in (1, 2, 3, 4)} == known.keys()
    for instance in instances:
        assert all(known[instance.name, m] <= sum(node.score for node in instance.nodes) for m in (1, 2, 3, 4))


DEFECTS = [
    ("1 1 4 1", "1 1 5 1", "street.txt:1 N: the header says 5 nodes, 4 follow the depot"),
    ("1 1 4 1", "1 1 4", "street.txt:1: '1 1 4' is not a header of four whole numbers, k v N t"),
    ("1 10.00", "7 10.00", "street.txt:4 i: '7' is not 1: nodes are numbered from 0"),
    ("10.00", "ten", "street.txt:4 x: 'ten' is not a number"),
    ("10.00", "1e1", "street.txt:4 x: '1e1' is not a number"),
    ("10.00", "nan", "street.txt:4 x: 'nan' is not a number"),
    ("10.00", "-1000001", "street.txt:4 x: -1000001 is not from -1,000,000 to 1,000,000"),
    ("5.00 7.00", "5.25 7.00", "street.txt:4 service: 5.25 has more than 1 decimals"),
    ("5.00 7.00", "-5 7.00", "street.txt:4 service: -5 is not from 0 to 1,000,000"),
    ("5.00 7.00", "5.00 7.5", "street.txt:4 score: 7.5 has decimals"),
    ("0 50", "51 50", "street.txt:4 close: 50 lies before the opening at 51"),
    ("0 50", "0 ?", "street.txt:4 close: '?' is not a number"),
    ("1 10.00 0.00 5.00 7.00 1 1 1 0 50", "1 10.00", "street.txt:4: fewer than the seven numbers i x y service"),
]


@pytest.mark.parametrize(("old", "new", "line"), DEFECTS)
def test_a_defect_is_named_where_it_stands(street, old, new, line):
    text = street.read_text()
    assert old in text
    street.write_text(text.replace(old, new, 1))
    with pytest.raises(InputError) as wrong:
        read([street])
    (said,) = lines(wrong)
    assert said.startswith(line)


def test_all_problems_of_all_files_at_once(street, tmp_path):
    """Also of files that cannot be read at all, or are something else."""
    street.write_text(street.read_text().replace("1 10.00", "1 ten").replace("2 20.00 0.00", "2 20.00 ?"))
    (tmp_path / "image.txt").write_bytes(b"\x89PNG\r\n\x1a\n")
    (tmp_path / "prose.txt").write_text("\n".join(["Once upon a time"] * 9))
    (tmp_path / "empty.txt").write_text("")
    files = ["street.txt", "absent.txt", "image.txt", "prose.txt", "empty.txt"]
    with pytest.raises(InputError) as wrong:
        read([tmp_path / name for name in files])
    assert lines(wrong) == [
        "street.txt:4 x: 'ten' is not a number",
        "street.txt:5 y: '?' is not a number",
        "absent.txt: cannot be read: No such file or directory",
        "image.txt: is not UTF-8",
        "prose.txt:1: 'Once upon a time' is not a header of four whole numbers, k v N t",
        "empty.txt: has no node beside a depot: this is no TOPTW instance",
    ]


row = st.sampled_from(["1 1 1 1", "0 9", "0 0 0 0 0 0 100", "1 2.5 3 4 5 1 1 1 6 7", "1 1"])
word = st.sampled_from(["", "0", "-1", "1e9", "inf", "٣", "1_0", "0x1", "\x00", "9" * 40, "\n"])


@examples(200)
@given(text=st.lists(row | word, max_size=9).map("\n".join) | st.lists(word, max_size=60).map(" ".join) | st.text())
def test_any_text_is_an_instance_or_an_input_error(text, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "any.txt"
    path.write_text(text, "utf-8", errors="surrogatepass")
    with suppress(InputError):
        (instance,) = read([path])
        assert len(instance.nodes) > 1


# Best known scores


def test_best_known_scores(tmp_path):
    """Other columns do not matter."""
    path = tmp_path / "best.csv"
    path.write_text("family,instance,routes,best_known_score\nsolomon,c101,1,320\nsolomon,c101,2,590\n")
    assert read_best_known(path) == {("c101", 1): 320, ("c101", 2): 590}


def test_a_table_of_best_known_scores_is_refused_with_every_problem(tmp_path):
    path = tmp_path / "best.csv"
    path.write_text("instance,routes\nc101,1\n")
    with pytest.raises(InputError) as wrong:
        read_best_known(path)
    assert lines(wrong) == ["best.csv:1 best_known_score: is missing"]
    path.write_text("instance,routes,best_known_score\nc101,one,320\nc101,2,\nc101,3,700\n")
    with pytest.raises(InputError) as wrong:
        read_best_known(path)
    assert lines(wrong) == [
        "best.csv:2 routes: 'one' is not a whole number",
        "best.csv:3 best_known_score: '' is not a whole number",
    ]
    with pytest.raises(InputError, match="cannot be read"):
        read_best_known(tmp_path)
