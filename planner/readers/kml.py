"""KML files: placemarks with their extended data; each folder is a sheet."""

from __future__ import annotations

import codecs
import re
from html import unescape
from typing import TYPE_CHECKING, Any

from planner.readers import gdal
from planner.readers.sheet import contents, unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from planner.readers.sheet import Sheet

_EVERYWHERE = {
    "id", "timestamp", "begin", "end", "altitudeMode", "tessellate", "extrude", "visibility", "drawOrder", "icon",
    "snippet",
}  # fmt: skip
_NAMED = re.compile(
    rb"""(<(?:\w+:)?(?:Data|SimpleData|SimpleField|SimpleArrayField|SimpleArrayData)\b[^<>]*?\sname\s*=\s*)"""
    rb"""("[^"<]*"|'[^'<]*')"""
)
_DECLARED = re.compile(rb"""(\s*<\?xml\b[^<>]*?\bencoding\s*=\s*["'])([\w-]+)""")
_CHINESE = {b"gbk", b"gb2312", b"gb18030", b"cp936"}
_ROOT = re.compile(rb"\s*(\xef\xbb\xbf)?\s*(<\?xml[^>]*\?>)?(\s|<!--.*?-->)*<(\w+:)?kml\b", re.DOTALL)


def sheets(path: Path, file: str) -> tuple[Sheet, ...]:
    """
    The folders of a KML file.

    Raises
    ------
    InputError
        It is none, damaged, defines entities, or has no placemarks.
    """
    data = _utf8(contents(path, file), file)
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise unreadable(file, "defines a document type or entities, which are not read", "含有实体定义,不予读取")
    if not _ROOT.match(data[:10_000]):
        raise unreadable(file, "is not KML", "不是有效的 KML")
    data, names = _plainly_named(data)
    return gdal.sheets({"layer.kml": data}, "LIBKML", file, own=lambda features: _own(features, names))


def _utf8(data: bytes, file: str) -> bytes:
    """The file in UTF-8, from the encodings of Chinese programs that GDAL does not know."""
    declared = _DECLARED.match(data)
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if not wide and (not declared or declared[2].lower() not in _CHINESE):
        return data
    try:
        data = data.decode("utf-16" if wide else "gb18030").encode()
    except UnicodeError:
        message = f"is not in the encoding that it says ({'UTF-16' if wide else 'GB 18030'}): export it again as UTF-8"
        raise unreadable(file, message, "文字编码与声明不符,请重新导出为 UTF-8") from None
    return _DECLARED.sub(rb"\1UTF-8", data, count=1)


def _plainly_named(data: bytes) -> tuple[bytes, dict[str, str]]:
    """
    The file with plain names for its columns, and what each stands for.

    GDAL makes underscores of Chinese names, and takes a column ``id`` for the number of the place.
    """
    names: dict[bytes, str] = {}

    def plain(match: re.Match[bytes]) -> bytes:
        name = names.setdefault(match[2][1:-1], f"c{len(names)}").encode()
        return (match[1] + b'"' + name + b'"').ljust(len(match[0]))  # messages tell where in the file

    data = _NAMED.sub(plain, data)
    return data, {given: unescape(theirs.decode("utf-8", "replace")) for theirs, given in names.items()}


def _own(features: list[dict[str, Any]], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """The features with their columns by their own names, without those of every KML file that nobody filled in."""
    own = {name.casefold() for name in names.values()}
    filled = {
        name
        for feature in features
        for name, value in feature["properties"].items()
        if name in names or (name not in _EVERYWHERE and name.casefold() not in own and str(value or "").strip())
    }
    return [
        {**feature, "properties": {names.get(k, k): v for k, v in feature["properties"].items() if k in filled}}
        for feature in features
    ]
