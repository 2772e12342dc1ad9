"""
How hard the tests look for trouble, and the towns that many of them start from.

``fast`` tries the same examples on every run, so that a red test means a changed program; ``thorough`` tries ten times
as many, other ones every time: ``pytest --hypothesis-profile thorough``.
"""

import shutil
import signal
import subprocess
from pathlib import Path

import pytest
import towns
from databases import Place, running_server
from hypothesis import HealthCheck, settings

from planner.cli import main, saved

GOOD = Path(__file__).parent / "bad" / "good"
SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example)
settings.register_profile("fast", max_examples=100, deadline=None, derandomize=True, suppress_health_check=SLOW)
settings.register_profile("thorough", max_examples=1000, deadline=None, print_blob=True, suppress_health_check=SLOW)
settings.load_profile("fast")

# A shell has what it starts in the background ignore Ctrl-C, and so would all commands that the tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def one_team_ok():
    """One team, three shops in its street, nothing in the way."""
    return towns.one_team_ok()


@pytest.fixture
def two_districts():
    """A river, a team and two shops owed on either bank."""
    return towns.two_districts()


@pytest.fixture
def one_chain():
    """A chain of four shops with one fault in its mini-program."""
    return towns.one_chain()


@pytest.fixture(scope="session")
def server():
    """A PostgreSQL server of our own."""
    with running_server() as server:
        if server is None:
            pytest.skip("no PostgreSQL here")
        yield server


@pytest.fixture(params=["file", "server"])
def place(request, tmp_path):
    """Where a store will be: in a file, and on a server."""
    address = request.getfixturevalue("server").new_database() if request.param == "server" else None
    return Place(tmp_path / "lookback.db", address)


@pytest.fixture
def inside(capsys):
    """Run the command in this process: for what would be the same in one of its own, and sooner done."""
    handler = signal.getsignal(signal.SIGTERM)

    def run(*arguments):
        with pytest.raises(SystemExit) as done:
            main([*map(str, arguments)])
        said = capsys.readouterr()
        return subprocess.CompletedProcess(arguments, done.value.code, said.out, said.err)

    yield run
    for loading in saved._loading:  # of a verb that did not come to drawing: no later test is to hear of it
        loading.join()
    signal.signal(signal.SIGTERM, handler)


@pytest.fixture
def town(tmp_path):
    """Four enterprises, two teams, two districts, nothing planned."""
    return Path(shutil.copytree(GOOD, tmp_path / "town"))
