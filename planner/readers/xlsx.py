"""
Excel workbooks (.xlsx): every sheet that holds anything, its cells as the text that a person would type.

A workbook is a zip that may unpack to anything: its parts are measured before it is opened. Long numbers have lost
their digits already; they are handed on in the form that readers of ids and codes refuse.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from planner.readers.archives import unpacked
from planner.readers.formulas import column as column_number, valueless
from planner.readers.sheet import MAX_COLUMNS, MAX_ROWS, Row, Sheet, contents, fixed, printable, unreadable

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from python_calamine import CalamineSheet

    from planner.errors import InputError

MAX_UNPACKED = 150_000_000
"""Bytes of all parts together."""
MAX_RATIO = 150
"""Of a part of more than a megabyte to its packed size; tables stay below a third of it."""
MAX_PARTS = 2_000
MAX_CELLS = 4_000_000
"""Rows times columns of one sheet, up to its farthest cell."""
_MAX_MERGES = 100_000

_CELL = re.compile(rb'<(?:\w+:)?c\b[^<>]*?\br="([A-Z]{1,3})(\d{1,7})"[^<>]*?(/?)>')
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_OLD_BOOKS = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))
_OLD = b"\xd0\xcf\x11\xe0"
_CHUNK = 1 << 20


@dataclass(frozen=True)
class _Inside:
    """What a workbook holds beside the values of its cells."""

    valueless: Mapping[str, Mapping[tuple[int, int], str]]
    """Formulas that failed or were never worked out, by sheet."""
    pictures: bool


def sheets(path: Path, file: str) -> tuple[Sheet, ...]:
    """
    The sheets of a workbook that are not empty, their headers among their rows.

    Raises
    ------
    InputError
        It is no workbook, locked with a password, too large, or unpacks to too much.
    """
    data = contents(path, file)
    if data.startswith(_OLD):
        raise _old(data, file)
    inside = _measure(data, file)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        found = tuple(
            replace(
                _sheet(
                    book.get_sheet_by_name(about.name),
                    f"{file}[{printable(about.name)}]",
                    inside.valueless.get(about.name, {}),
                ),
                layer=printable(about.name),
                hidden=about.visible != SheetVisibleEnum.Visible,
            )
            for about in book.sheets_metadata
        )
    except (CalamineError, ValueError, OSError) as error:
        raise _damaged(file) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # what the library raises for damage that it did not foresee
            raise
        raise _damaged(file) from error
    found = tuple(sheet for sheet in found if sheet.rows)
    if not found and inside.pictures:
        message = "holds pictures and no filled cell: a table that is a picture must be typed, or copied as cells"
        raise unreadable(file, message, "工作簿只有图片,没有单元格内容;图片中的表格请重新录入,或从原表复制单元格")
    if not found:
        raise unreadable(file, "is empty: no sheet has a filled cell", "工作簿为空")
    return found


def _old(data: bytes, file: str) -> InputError:
    """The error of a file in the container of the formats before 2007, which locked workbooks have, too."""
    if _LOCKED in data:
        message = "is locked with a password: open it in Excel or WPS, take the password off, and save it as .xlsx"
        return unreadable(file, message, "已设打开密码;请在 Excel 或 WPS 中打开,取消密码后另存为 .xlsx")
    if any(name in data for name in _OLD_BOOKS):
        message = "is an old .xls under another name: open it in Excel or WPS and save it as .xlsx"
        return unreadable(file, message, "实为旧版 .xls,改名无效;请在 Excel 或 WPS 中打开后另存为 .xlsx")
    message = "is locked with a password, or an old .xls: save it as .xlsx without a password"
    return unreadable(file, message, "已加密或为旧版 .xls,请另存为不加密的 .xlsx")


def _damaged(file: str) -> InputError:
    message = "is not an Excel workbook, or damaged: if Excel or WPS opens it, save it there as .xlsx"
    return unreadable(file, message, "不是有效的 Excel 工作簿;若 Excel 或 WPS 能打开,请在其中另存为 .xlsx")


def _foreign(names: Sequence[str], file: str) -> InputError | None:
    """The error of a document of another program, which is a zip, too."""
    if any(name.endswith(".iwa") for name in names):
        message = "is a document of Apple Numbers under another name: export it there as Excel (.xlsx)"
        return unreadable(file, message, "实为苹果 Numbers 表格,改名无效;请在 Numbers 中导出为 Excel(.xlsx)")
    if "word/document.xml" in names:
        message = "is a Word document: copy its table into Excel or WPS and save it as .xlsx"
        return unreadable(file, message, "实为 Word 文档;请把其中的表格复制到 Excel 或 WPS 表格,另存为 .xlsx")
    return None


def _measure(data: bytes, file: str) -> _Inside:
    """Refuse a workbook that would unpack to too much, or has a cell far outside a table; say what it holds."""
    with unpacked(data, _damaged(file)) as archive:
        parts = archive.infolist()
        names = [part.filename for part in parts]
        if foreign := _foreign(names, file):
            raise foreign
        _measure_parts(parts, file)
        for part in parts:
            if part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml"):
                _measure_sheet(archive, part, file)
        return _Inside(valueless(archive), pictures=any(name.startswith("xl/media/") for name in names))


def _measure_parts(parts: list[zipfile.ZipInfo], file: str) -> None:
    big = any(part.file_size > max(_CHUNK, MAX_RATIO * part.compress_size) for part in parts)
    if big or len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise unreadable(file, "unpacks to too much to be a table", "解压后过大")


def _measure_sheet(archive: zipfile.ZipFile, part: zipfile.ZipInfo, file: str) -> None:
    rows, columns, tail = 0, 0, b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            block = tail + chunk
            cut = block.rfind(b"<")
            block, tail = (block[:cut], block[cut:]) if cut > 0 else (block, b"")
            for column, row, empty in _CELL.findall(block):
                if not empty:
                    rows, columns = max(rows, int(row)), max(columns, column_number(column))
                    if rows > MAX_ROWS + 100 or columns > 2 * MAX_COLUMNS or rows * columns > MAX_CELLS:
                        message = (
                            f"has a filled cell as far out as {column.decode()}{row.decode()}: "
                            "delete what stands below and beside the table"
                        )
                        raise unreadable(file, message, "表格之外很远处有内容,请删除多余的行和列")


def _sheet(sheet: CalamineSheet, file: str, valueless: Mapping[tuple[int, int], str]) -> Sheet:
    grid: list[list[Any]] = sheet.to_python(skip_empty_area=False)
    for (row, column), shown in valueless.items():
        if row < len(grid) and column < len(grid[row]):
            grid[row][column] = shown
    for (top, left), (bottom, right) in (sheet.merged_cell_ranges or [])[:_MAX_MERGES]:
        if top < len(grid) and left < len(grid[top]):
            value = grid[top][left]
            for line in grid[top : bottom + 1]:
                for k in range(left, min(right + 1, len(line))):
                    line[k] = value
    rows = []
    for number, values in enumerate(grid, 1):
        cells = tuple(map(_text, values))
        if any(cell and not cell.isspace() for cell in cells):
            rows.append(Row(number, cells))
    return Sheet(file, None, 0, tuple(rows))


def _text(value: Any) -> str:
    """A cell as a person would type it."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        whole = float(value).is_integer()
        if whole and abs(value) < 1e15:
            return str(int(value))
        return f"{value:.14E}" if whole else fixed(f"{value:.15g}")
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat("minutes") if value.second == 0 else value.isoformat("seconds")
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}" + (f":{seconds:02d}" if seconds else "")
    return "" if value is None else str(value)
