"""Nobody waits for a compiler twice: what setting up compiles is all that planning needs."""

import json
import subprocess
import sys

SCRIPT = """
import json
from planner.bench import synthetic
from planner.solvers import clockwork, completion, kernels, labels, pipeline
from planner.solvers.base import Limit
from planner.solvers.classes import duty_classes
from planner.solvers.pricing import Pricer, Way
from planner.solvers.slices import compile_kernels

def compiled():
    modules = (clockwork, completion, kernels, labels)
    return sorted(
        f"{module.__name__}.{name} {signature}"
        for module in modules
        for name, kernel in vars(module).items()
        for signature in getattr(kernel, "nopython_signatures", ())
    )

compile_kernels()
before = compiled()
problem = synthetic.prepared("S", 1).problem
pipeline.solve(problem, Limit(steps=1), 1, print)
for duties in duty_classes(problem):
    for way in Way:
        Pricer(duties).price(problem.points, (), 0, way, most_labels=10_000, most_routes=10)
print(json.dumps([before, compiled()]))
"""


def test_planning_needs_no_kernel_that_setting_up_did_not_compile():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    before, after = json.loads(done.stdout.splitlines()[-1])
    assert before
    assert after == before
