"""
The places where a store can be: a file, and a database on a PostgreSQL server that the tests start themselves.

Without the server's programs what needs them is skipped.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from planner.store import Store

try:
    import psycopg
except ModuleNotFoundError:
    psycopg = None

SERVER_USERS = ("postgres", "nobody")
"""Who may run the server when the tests run as root: it refuses to."""


@dataclass(frozen=True)
class Place:
    """Where a store is; ``address`` is None for the file."""

    path: Path
    address: str | None = None

    def open(self):
        return Store(self.path, self.address)

    @property
    def name(self):
        """What messages call it."""
        return self.address or str(self.path)

    @property
    def environment(self):
        """What makes the command use it."""
        return {"LOOKBACK_DATABASE": self.address or ""}


class Server:
    """A PostgreSQL server that listens on a socket in a folder of its own, and nowhere else."""

    def __init__(self, programs, folder, as_user):
        self._programs, self._folder, self._as_user = programs, folder, as_user

    def run(self, program, *arguments):
        command = [*self._as_user, str(self._programs / program), *map(str, arguments)]
        subprocess.run(command, check=True, capture_output=True, text=True, cwd=self._folder, timeout=60)

    def new_database(self):
        """The address of an empty database."""
        name = f"lookback_{uuid.uuid4().hex}"
        with psycopg.connect(f"postgresql://lookback@/postgres?host={self._folder}", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return f"postgresql://lookback@/{name}?host={self._folder}"


def server_programs():
    """The folder of PostgreSQL's programs: on the path, or where Debian puts them; None without one."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


def server_user():
    """The start of a command that runs the rest as a user who may run the server, and that user's number."""
    if os.geteuid():
        return [], None
    known = {user.pw_name: user for user in pwd.getpwall()}
    user = next((known[name] for name in SERVER_USERS if name in known), None)
    if user is None or not shutil.which("setpriv"):
        return None, None
    groups = f"--regid={user.pw_gid}"
    return ["setpriv", f"--reuid={user.pw_uid}", groups, "--clear-groups"], user


@contextmanager
def running_server():
    """A server, for as long as the block lasts; None where PostgreSQL or its driver is not installed."""
    programs, (as_user, user) = server_programs(), server_user()
    if programs is None or as_user is None or psycopg is None:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="lookback-pg-"))
    try:
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
        server = Server(programs, folder, as_user)
        server.run("initdb", "-D", "data", "-U", "lookback", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        options = f"-k {folder} -c listen_addresses='' -c max_connections=20 -c shared_buffers=16MB -c fsync=off"
        server.run("pg_ctl", "-D", "data", "-w", "-l", "log", "-o", options, "start")
        try:
            yield server
        finally:
            server.run("pg_ctl", "-D", "data", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
