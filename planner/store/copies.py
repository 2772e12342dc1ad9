"""Copies of the store: complete under their name, or not there at all."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from planner.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable


def write_new(target: Path, copy: Callable[[Path], None]) -> None:
    """
    Let ``copy`` fill a file beside the target, flush it, and give it the target's name.

    Raises
    ------
    StoreError
        The disk is full, or the folder cannot be written; nothing is left there.
    """
    temporary = None
    try:
        descriptor, name = tempfile.mkstemp(prefix=".lookback-", dir=target.parent)
        os.close(descriptor)
        temporary = Path(name)
        copy(temporary)
        _flush(temporary)
        temporary.rename(target)
        _flush(target.parent)
    except OSError as problem:
        raise StoreError(f"{target}: cannot be written: {problem.strerror or problem} | 无法写入") from problem
    except (sqlite3.Error, SQLAlchemyError) as problem:
        raise StoreError(f"{target}: cannot be written: {problem} | 无法写入") from problem
    finally:
        if temporary is not None:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
