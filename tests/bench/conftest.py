"""Small instances that one can picture, and where the public ones are if they are at hand."""

from pathlib import Path

import pytest

PUBLIC = Path(__file__).parents[3] / "shared/benchmarks/toptw"

STREET = """\
1 1 4 1
0 100
0 0.00 0.00 0.00 0.00 0 0 0 95
1 10.00 0.00 5.00 7.00 1 1 1 0 50
2 20.00 0.00 5.00 20.00 1 2 1 2 40 60
3 30.00 0.00 5.00 10.00 1 1 1 30 35
4 0.00 20.00 0.00 4.00 1 1 1 0 80
"""
"""A street to the east with three nodes, and one node in the north; a unit a length, home by 95."""


@pytest.fixture
def street(tmp_path):
    """The file of the street."""
    path = tmp_path / "street.txt"
    path.write_text(STREET)
    return path


@pytest.fixture
def public():
    """The folder of public instances."""
    if not PUBLIC.is_dir():
        pytest.skip("the public instances are not at hand")
    return PUBLIC
