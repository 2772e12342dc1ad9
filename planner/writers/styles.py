"""How QGIS shows the layers of a GeoPackage: its own style documents (QML), one a layer."""

from __future__ import annotations

_DOCUMENT = """\
<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.28.0" styleCategories="Symbology|Labeling" labelsEnabled="{labels}">
 <renderer-v2 type="singleSymbol" enableorderby="0" symbollevels="0" forceraster="0">
  <symbols>
   <symbol type="{kind}" name="0" alpha="1" clip_to_extent="1" force_rhr="0">
    <layer class="{symbol}" pass="0" locked="0" enabled="1">
     <Option type="Map">
{options}
     </Option>
    </layer>
   </symbol>
  </symbols>
 </renderer-v2>
{labeling}</qgis>
"""
_LABELING = """\
 <labeling type="simple">
  <settings calloutType="simple">
   <text-style fieldName="{field}" isExpression="0" fontSize="{size}" fontSizeUnit="Point" textColor="{colour}">
    <text-buffer bufferDraw="1" bufferSize="0.8" bufferColor="255,255,255,255"/>
   </text-style>
   <placement placement="{placement}" dist="1"/>
  </settings>
 </labeling>
"""


def _style(kind: str, symbol: str, options: dict[str, str], labeling: str = "") -> str:
    rows = "\n".join(f'      <Option type="QString" name="{name}" value="{value}"/>' for name, value in options.items())
    return _DOCUMENT.format(kind=kind, symbol=symbol, options=rows, labeling=labeling, labels=int(bool(labeling)))


STYLES = {
    "stops": _style(
        "marker",
        "SimpleMarker",
        {
            "name": "circle",
            "color": "31,95,191,255",
            "outline_color": "255,255,255,255",
            "size": "4.5",
            "size_unit": "MM",
        },
        _LABELING.format(field="number", size=8, colour="23,34,45,255", placement=1),
    ),
    "halts": _style(
        "marker",
        "SimpleMarker",
        {
            "name": "circle",
            "color": "255,255,255,255",
            "outline_color": "31,95,191,255",
            "outline_style": "dash",
            "size": "3.4",
            "size_unit": "MM",
        },
    ),
    "routes": _style(
        "line",
        "SimpleLine",
        {"line_color": "31,95,191,200", "line_width": "0.7", "line_width_unit": "MM", "line_style": "solid"},
    ),
    "unvisited": _style(
        "marker",
        "SimpleMarker",
        {
            "name": "circle",
            "color": "192,39,29,160",
            "outline_color": "255,255,255,255",
            "size": "2.4",
            "size_unit": "MM",
        },
    ),
    "districts": _style(
        "fill",
        "SimpleFill",
        {"color": "251,250,245,200", "style": "solid", "outline_color": "168,157,124,255", "outline_width": "0.3"},
        _LABELING.format(field="name", size=9, colour="92,84,54,255", placement=0),
    ),
}
