"""Benchmarks run when they are asked for: ``pytest tests/benchmarks --benchmark-only``."""


def pytest_ignore_collect(config):
    """Leave them out of every other run."""
    return None if config.getoption("benchmark_only") else True
