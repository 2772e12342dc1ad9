"""
A map and its content as one HTML file that asks nobody for anything.

Folium renders the calls of drawing functions; everything else is put around that by joining strings. What ends up in
the file is then read again by ``audit``, which refuses whatever could load, run or send what was not meant to.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from branca.element import CssLink, JavascriptLink
from xstatic.pkg import leaflet

from planner.draw.island import island
from planner.draw.outline import outline, plain
from planner.draw.seal import sealed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from branca.element import Element, Figure

    from planner.draw import Edition
    from planner.draw.base import Base
    from planner.draw.canvas import Canvas
    from planner.draw.facts import Content

LEAFLET = Path(leaflet.BASE_DIR)
"""The folder of Leaflet's own files."""

_COMMON = (
    "words.js", "elements.js", "copying.js", "dialog.js", "draw.js", "labels.js", "layers.js", "frame.js", "cards.js",
    "sketch.js", "vault.js",
)  # fmt: skip
SCRIPTS = {
    "team": (
        *_COMMON, "position.js", "drafts.js", "outcome.js", "navigation.js", "checklist.js", "findings.js", "form.js",
        "leftovers.js", "exporting.js", "daysheet.js", "team.js", "page.js",
    ),
    "plan": (
        *_COMMON, "view.js", "lanes.js", "timeline.js", "search.js", "unvisited.js", "rows.js", "areas.js",
        "overview.js", "plan.js", "page.js",
    ),
    "comparison": (
        *_COMMON, "lanes.js", "pairs.js", "changes.js", "told.js", "beforeafter.js", "comparisonsheets.js",
        "comparison.js", "page.js",
    ),
}  # fmt: skip
"""The program of each kind of page, in the order in which it is loaded."""
STYLES = {
    "team": ("page.css", "map.css", "team.css", "touch.css", "print.css"),
    "plan": ("page.css", "map.css", "office.css", "plan.css", "touch.css", "print.css"),
    "comparison": ("page.css", "map.css", "office.css", "comparison.css", "touch.css", "print.css"),
}

_INLINED = {"leaflet": "leaflet@1.9.3/dist/leaflet.js", "leaflet_css": "leaflet@1.9.3/dist/leaflet.css"}
"""Links of Folium's that are answered from ``LEAFLET``: its name for each, and how the address must end."""
_DROPPED = frozenset({
    "jquery", "bootstrap", "bootstrap_css", "awesome_markers", "awesome_markers_css", "awesome_markers_font_css",
    "awesome_rotate_css", "glyphicons_css",
})  # fmt: skip
"""Links of Folium's that nothing on our pages uses."""


class UnknownLink(RuntimeError):  # noqa: N818
    """The page would ask for something from elsewhere, or run what is not ours: it is not drawn."""


def document(canvas: Canvas, content: Content, edition: Edition) -> str:
    """
    The page: head, map, data island, plain outline and scripts, under a Content-Security-Policy.

    Under a passphrase the page has no outline, its title says nothing, and its island is sealed.

    Raises
    ------
    UnknownLink
        Folium, Leaflet or a layer brought in an address that has no local copy, or markup that could run.
    """
    figure = cast("Figure", canvas.map.get_root())
    figure.render()
    _refuse_unknown_links(figure.header._children)  # noqa: SLF001  # Branca offers no other way to read them
    drawing = figure.script.render()
    if "//" in drawing:
        raise UnknownLink("a layer names an address, or says something in a comment")
    kind = content["kind"]
    scripts = (_leaflet_js(), _own_js(SCRIPTS[kind]), drawing)
    styles = (_leaflet_css(), "\n".join(_own(name) for name in STYLES[kind]))
    policy = "; ".join((
        "default-src 'none'",
        f"script-src {' '.join(map(_hash, scripts))}",
        f"style-src {' '.join(map(_hash, styles))}",
        f"img-src data:{f' {edition.base.hosts}' if edition.base else ''}",
        "base-uri 'none'",
        "form-action 'none'",
    ))  # fmt: skip
    known = content | {"drawings": canvas.drawings, "base": _base(edition.base), "drawn_by": edition.drawn_by}
    html = "\n".join((
        "<!DOCTYPE html>",
        f'<html lang="{"zh-CN" if edition.lang == "zh" else "en"}">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="referrer" content="no-referrer">',
        '<meta name="robots" content="noindex">',
        '<meta name="format-detection" content="telephone=no, date=no, address=no">',
        f"<title>{plain(_title(content, edition))}</title>",
        *(f"<style>{style}</style>" for style in styles),
        "</head>",
        f'<body class="{kind}{"" if kind == "team" else " office"}">',
        '<header id="head"></header>',
        f'<div id="stage">{figure.html.render().strip()}</div>',
        '<section id="panel"></section>',
        '<section id="dock"></section>',
        '<section id="sheets"></section>',
        "" if edition.passphrase else outline(content, edition.lang),
        island(_locked(known, edition) if edition.passphrase else known),
        *(f"<script>{script}</script>" for script in scripts),
        "</body>",
        "</html>",
        "",
    ))  # fmt: skip
    audit(html)
    return html


def _base(base: Base | None) -> Content | None:
    if base is None:
        return None
    known = {"addresses": list(base.addresses), "servers": base.servers, "most_zoom": base.most_zoom}
    return known | {"attribution": base.attribution, "datum": base.datum.value}


def _locked(content: Content, edition: Edition) -> Content:
    """What a sealed page says before it is opened."""
    whose = content["teams"][0]["id"] if content["kind"] == "team" else ""
    page = f"{content['plan']['id']}@{content['plan']['revision']} {content['kind']} {whose}"
    if content["kind"] == "comparison":
        page += f"{content['before']['id']}@{content['before']['revision']}"
    words = {
        key: content["texts"][key]
        for key in ("title", "switch", "internal", "passphrase", "unlock", "unlocking", "wrong")
    }
    return {"kind": content["kind"], "texts": words, **sealed(content, edition.passphrase, page=page)}


def audit(html: str) -> None:
    """
    Read a finished page again and refuse whatever could load, run or send something.

    Raises
    ------
    UnknownLink
        An element, an attribute or a style that no page of ours has; the message shows it.
    """
    reader = _Audit()
    reader.feed(html)
    reader.close()


class _Audit(HTMLParser):
    """Knows the few things a page may hold. A browser and this parser may differ: so anything else is refused."""

    ELEMENTS: ClassVar = {
        *("html", "head", "meta", "title", "style", "body", "header", "div", "section", "main", "script"),
        *("h1", "h2", "p", "span", "table", "thead", "tbody", "tr", "th", "td"),
    }
    ATTRIBUTES: ClassVar = {"lang", "charset", "http-equiv", "content", "name", "class", "id", "type", "data-t"}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        unknown = {name for name, _ in attrs} - self.ATTRIBUTES
        moves_away = dict(attrs).get("http-equiv") not in {None, "Content-Security-Policy"}
        if tag not in self.ELEMENTS or unknown or moves_away:
            raise UnknownLink(f"{self.get_starttag_text()}: not an element of our pages")

    def handle_data(self, data: str) -> None:
        if self.lasttag == "style" and re.search(r"url\((?!data:|#default#VML\))|@import", data, re.IGNORECASE):
            raise UnknownLink("a style refers to another file")


def _refuse_unknown_links(header: Mapping[str, Element]) -> None:
    for name, element in header.items():
        if not isinstance(element, (JavascriptLink, CssLink)) or name in _DROPPED:
            continue
        if name not in _INLINED or not element.url.endswith(_INLINED[name]):
            raise UnknownLink(f"{name}: {element.url} has no local copy")


def _title(content: Content, edition: Edition) -> str:
    words: str = content["texts"]["title"][0 if edition.lang == "zh" else 1]
    if edition.passphrase:
        return words
    who = content["teams"][0]["name"] if content["kind"] == "team" else words
    return f"{who} · {content['days'][0]['date']}" if content["days"] else who


def _hash(code: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}'"


@cache
def _leaflet_js() -> str:
    """Leaflet's program without the address of its source map, which a debugger would ask for."""
    return re.sub(r"//# sourceMappingURL=.*", "", (LEAFLET / "leaflet.js").read_text("utf-8")).strip()


@cache
def _leaflet_css() -> str:
    """Leaflet's styles with their pictures in them."""

    def inlined(match: re.Match[str]) -> str:
        picture = (LEAFLET / match[1]).read_bytes()
        return f"url(data:image/png;base64,{base64.b64encode(picture).decode()})"

    return re.sub(r"url\((images/[\w-]+\.png)\)", inlined, (LEAFLET / "leaflet.css").read_text("utf-8"))


@cache
def _own(name: str) -> str:
    return files("planner.draw").joinpath("static", name).read_text("utf-8")


@cache
def _own_js(names: tuple[str, ...]) -> str:
    return "\n".join(_own(name) for name in names)
