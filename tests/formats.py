"""Files that tests need in formats that people have: workbooks, and layers in GDAL's formats and in Parquet."""

import json
import zipfile
from datetime import time

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pyogrio
import shapely
import xlsxwriter


def workbook(path, sheets, merges=()):
    """An Excel workbook with those rows in each sheet; dates, times and numbers as such."""
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        for title, rows in sheets.items():
            sheet = book.add_worksheet(title)
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    if isinstance(value, time):
                        sheet.write_datetime(number, column, value, book.add_format({"num_format": "hh:mm"}))
                    else:
                        sheet.write(number, column, value)
            for merge in merges:
                sheet.merge_range(*merge)


def write_layer(path, columns, shapes, *, kind, crs="EPSG:4326", **options):
    """A file of GDAL's, by the ending of its name."""
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.array(shapes, object)),
        [np.array(["" if v is None else str(v) for v in values], object) for values in columns.values()],
        list(columns),
        crs=crs,
        geometry_type=kind,
        **options,
    )


def write_parquet(path, columns, shapes, crs=None):
    """A GeoParquet file."""
    described = {"encoding": "WKB", "geometry_types": []} | ({"crs": crs} if crs else {})
    geo = {"version": "1.0.0", "primary_column": "geometry", "columns": {"geometry": described}}
    table = pa.table({**columns, "geometry": [shapely.to_wkb(shape) for shape in shapes]})
    pa.parquet.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), path)


def zipped(folder, path, stem="layer"):
    """The files of a shapefile as one zip."""
    with zipfile.ZipFile(path, "w") as archive:
        for part in sorted(folder.iterdir()):
            archive.write(part, f"{stem}/{stem}{part.suffix}")
