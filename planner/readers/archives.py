"""Zip files from strangers, whose damage shows in many ways and is one thing to the person who sent them."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.errors import InputError

_DAMAGE = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, lzma.LZMAError, struct.error,
    NotImplementedError,  # a method of packing that is not known
    RuntimeError,  # a password
    EOFError, IndexError, OSError, ValueError,
)  # fmt: skip


@contextmanager
def unpacked(data: bytes, damaged: InputError) -> Iterator[zipfile.ZipFile]:
    """A zip file to read from; whatever is wrong with it while it is open raises ``damaged``."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield archive
    except _DAMAGE as error:
        raise damaged from error


def members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files in it: not its folders, nor what has no name."""
    return [info for info in archive.infolist() if info.filename and not info.filename.endswith("/")]
