"""Files that are old or new and never half: written beside their place, flushed, then renamed over it."""

from __future__ import annotations

import errno
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from planner.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping

_PRIVATE_FILE, _PRIVATE_FOLDER = 0o600, 0o700
_UNFINISHED = ".lookback-"


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """
    Write files under a folder, by relative path; nothing is renamed before all of them are on the disk.

    They can be read by their owner only: they hold targets of inspections.

    Raises
    ------
    StoreError
        The disk is full, or the folder cannot be written; every file is as it was.
    """
    staged: list[tuple[str, Path]] = []
    try:
        for name, content in files.items():
            target = folder / name
            target.parent.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
            staged.append((_stage(target.parent, content), target))
        for _, target in staged:
            if target.is_dir():  # before the first rename, not between two of them
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
        for temporary, target in staged:
            os.replace(temporary, target)  # noqa: PTH105
        for parent in {target.parent for _, target in staged}:
            _flush(parent)
    except OSError as problem:
        raise StoreError(f"{folder}: cannot be written: {problem.strerror or problem} | 无法写入") from problem
    finally:
        for temporary, _ in staged:
            with suppress(OSError):
                Path(temporary).unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove what a killed run left unfinished."""
    for path in folder.glob(f"{_UNFINISHED}*"):
        with suppress(OSError):
            path.unlink()


def _stage(folder: Path, content: bytes) -> str:
    descriptor, temporary = tempfile.mkstemp(prefix=_UNFINISHED, dir=folder)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), _PRIVATE_FILE)
            os.fsync(file.fileno())
    except BaseException:  # Ctrl-C, too
        Path(temporary).unlink(missing_ok=True)
        raise
    return temporary


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
