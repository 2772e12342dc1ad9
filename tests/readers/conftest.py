"""One child for many files: what the tests of GDAL's formats would otherwise wait for."""

import json
import os
import signal
import subprocess
import sys

import pytest

from planner.readers import gdal

LONG_LIVED = """
import contextlib, io, json, resource, sys, time
import pyogrio, shapely
from planner.readers import gdal_child

def limited():
    resource.setrlimit(resource.RLIMIT_AS, (gdal_child.MOST_BYTES,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    seconds = int(time.process_time()) + gdal_child.MOST_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))

gdal_child._limit = limited
print("ready", flush=True)
for line in sys.stdin:
    with contextlib.redirect_stdout(io.StringIO()) as said:
        gdal_child.main(*json.loads(line))
    print(said.getvalue(), flush=True)
"""


@pytest.fixture(scope="module")
def child():
    """The child that reads GDAL's formats, one for many files: the same code and limits, at a tenth of the cost."""
    running = []

    def start():
        running[:] = [
            subprocess.Popen(
                [sys.executable, "-c", LONG_LIVED],
                env={**os.environ, **gdal.ENVIRONMENT},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        ]
        assert running[0].stdout.readline() == b"ready\n"

    def asked(driver, path, encoding, _file):
        if not running:
            start()
        (process,) = running
        process.stdin.write(json.dumps([driver, path, encoding]).encode() + b"\n")
        process.stdin.flush()
        said = process.stdout.readline()
        if not said:  # it died of this file; the next one gets another
            running.clear()
            process.communicate()
            assert -process.returncode in {signal.SIGXCPU, signal.SIGKILL}, f"exit {process.returncode}"
        return said

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gdal, "_asked", asked)
        start()  # now: on a busy computer it takes longer than a file may
        yield
    for process in running:
        process.communicate()
