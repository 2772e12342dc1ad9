"""
Shapefiles: a .shp with its .dbf, .shx and .prj beside it, or all of them in one .zip.

Their text is in the encoding that the .cpg or the .dbf names; where neither does, in UTF-8 or else GB 18030, strictly.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from planner.readers import gdal
from planner.readers.archives import members, unpacked
from planner.readers.sheet import MAX_BYTES, Sheet, contents, printable, unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping

NEEDED = (".shp", ".shx", ".dbf", ".prj")
BESIDE = (".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qix", ".qmd", ".qpj", ".xml")
"""What stands beside a .shp and is no layer by itself."""
_TAKEN = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_MAGIC = b"\x00\x00\x27\x0a"
_GBK = 0x4D
"""The .dbf's mark for code page 936."""
_MAX_RATIO = 150
_MAX_PARTS = 200


def sheets(path: Path, file: str) -> tuple[Sheet, ...]:
    """
    The features of a shapefile.

    Raises
    ------
    InputError
        One of its files is missing, or damaged.
    """
    parts = {path.suffix.lower(): contents(path, file)}
    for beside in sorted(path.parent.iterdir()):
        if beside.stem == path.stem and beside.suffix.lower() in _TAKEN and beside.suffix.lower() not in parts:
            parts[beside.suffix.lower()] = contents(beside, file)
    return _read(parts, file)


def zipped(path: Path, file: str) -> tuple[Sheet, ...]:
    """
    The features of the one shapefile in a zip.

    Raises
    ------
    InputError
        It holds none or several, unpacks to too much, or is damaged.
    """
    data = contents(path, file)
    damaged = unreadable(file, "is not a zip, locked, or damaged", "不是有效的 zip 文件,或已加密、损坏")
    with unpacked(data, damaged) as archive:
        infos = members(archive)
        taken = [info for info in infos if PurePosixPath(info.filename).suffix.lower() in _TAKEN]
        taken = [info for info in taken if not info.filename.startswith("__MACOSX")]
        shapes = [info for info in taken if info.filename.lower().endswith(".shp")]
        if len(shapes) != 1:
            names = ", ".join(printable(info.filename) for info in shapes[:5])
            found = f"holds {len(shapes)} shapefiles ({names})" if shapes else "holds no shapefile"
            raise unreadable(file, f"{found}: put the files of one into it", "压缩包内应恰有一个 shapefile")
        if len(infos) > _MAX_PARTS or any(
            info.file_size > MAX_BYTES or info.file_size > max(1 << 20, _MAX_RATIO * info.compress_size)
            for info in taken
        ):
            raise unreadable(file, "unpacks to too much", "解压后过大")
        stem = shapes[0].filename[:-4]
        parts = {info.filename[-4:].lower(): archive.read(info) for info in taken if info.filename[:-4] == stem}
    return _read(parts, file)


def _read(parts: Mapping[str, bytes], file: str) -> tuple[Sheet, ...]:
    missing = [suffix for suffix in NEEDED if suffix not in parts]
    if missing:
        message = f"lacks its {', '.join(missing)}: a shapefile is {', '.join(NEEDED)} side by side"
        raise unreadable(file, message, f"缺少 {'、'.join(missing)}")
    if not parts[".shp"].startswith(_MAGIC):
        raise unreadable(file, "is not a shapefile", "不是有效的 shapefile")
    if not _whole(parts):
        raise unreadable(file, "is cut short, or its files do not belong together", "文件不完整,或各部分不配套")
    first, *others = (f"layer{suffix}" for suffix in _TAKEN if suffix in parts)
    named = {name: parts[name.removeprefix("layer")] for name in (first, *others)}
    return gdal.sheets(named, "ESRI Shapefile", file, encoding=_encoding(parts))


def _whole(parts: Mapping[str, bytes]) -> bool:
    """Whether the files are as long as they say, and tell of as many features."""
    shapes, index, table = parts[".shp"], parts[".shx"], parts[".dbf"]
    lengths = all(len(p) >= 100 and 2 * int.from_bytes(p[24:28], "big") == len(p) for p in (shapes, index))
    if not lengths or len(table) < 32:
        return False
    count, head, each = (int.from_bytes(table[a:b], "little") for a, b in ((4, 8), (8, 10), (10, 12)))
    return (len(index) - 100) // 8 == count and len(table) >= head + count * each


def _encoding(parts: Mapping[str, bytes]) -> str:
    if ".cpg" in parts:
        return ""
    table = parts[".dbf"]
    if len(table) > 29 and table[29] == _GBK:
        return "GB18030"
    try:
        table.decode("utf-8")
    except UnicodeDecodeError:
        head = int.from_bytes(table[8:10], "little")
        try:  # the header's bytes are numbers, not text
            table[head:].decode("utf-8")
        except UnicodeDecodeError:
            return "GB18030"
    return "UTF-8"
