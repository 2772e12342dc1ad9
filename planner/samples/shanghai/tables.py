"""The sample's records as the bytes of workspace files: CSV and GeoJSON in UTF-8."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Cell = str | int | float | date | tuple[str, ...] | None


def csv_table(header: Sequence[str], rows: Iterable[Sequence[Cell]], shift: timedelta = timedelta()) -> bytes:
    """A table with its header; dates moved by the shift, lists joined by semicolons, None left empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([_cell(value, shift) for value in row] for row in rows)
    return text.getvalue().encode()


def _cell(value: Cell, shift: timedelta) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return (value + shift).isoformat()
    if isinstance(value, tuple):
        return ";".join(value)
    if isinstance(value, float):
        return f"{value:.6f}"
    return str(value)


def feature_collection(features: Iterable[tuple[dict[str, object], dict[str, object]]]) -> bytes:
    """A GeoJSON document from (properties, geometry), one feature a line."""
    lines = ",\n".join(
        json.dumps(
            {"type": "Feature", "properties": properties, "geometry": geometry},
            ensure_ascii=False,
            sort_keys=True,
            separators=(",", ":"),
        )
        for properties, geometry in features
    )
    return f'{{"features":[\n{lines}\n],"type":"FeatureCollection"}}\n'.encode()
