"""A page asks nobody for anything and runs nothing but its own scripts, or it is not made."""

import base64
import hashlib
import json
import re

import folium
import folium.plugins
import pytest
from branca.element import Element

from planner.draw import Edition
from planner.draw.canvas import Drawing, add_layer, new_canvas
from planner.draw.document import LEAFLET, UnknownLink, audit, document
from planner.draw.island import island
from planner.draw.plan_facts import plan_facts

LEAFLET_SHA256 = {
    "leaflet.js": "5819285cec137b229c94e1ee5ad73e8b6b84345a4367d60f75fe477fe0fb7b03",
    "leaflet.css": "90b693d86392a4779c861b28cf307e7e59c3fb35328c4d8b95f58f814d38c722",
}
"""Of Leaflet 1.9.3, the version that Folium 0.20 links."""


@pytest.fixture
def knows(hamlet):
    """The content of the planner's page."""
    return plan_facts(*hamlet, {}).content


def empty_map():
    """A map that ``document`` accepts."""
    return new_canvas()


@pytest.mark.parametrize("name", LEAFLET_SHA256)
def test_leaflet_is_the_one_we_know(name):
    assert hashlib.sha256((LEAFLET / name).read_bytes()).hexdigest() == LEAFLET_SHA256[name]


def test_the_policy_allows_the_scripts_and_styles_of_the_page_and_no_others(drawn):
    for page in drawn.values():
        policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
        rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
        for tag, rule in (("script", "script-src"), ("style", "style-src")):
            inline = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
            digests = [base64.b64encode(hashlib.sha256(code.encode()).digest()).decode() for code in inline]
            assert rules[rule] == " ".join(f"'sha256-{digest}'" for digest in digests)
        others = {"default-src": "'none'", "img-src": "data:", "base-uri": "'none'", "form-action": "'none'"}
        assert others.items() <= rules.items()


def test_the_policy_comes_before_anything_it_governs(drawn):
    for page in drawn.values():
        assert page.index("Content-Security-Policy") < min(page.index("<style"), page.index("<script"))


def test_nothing_folium_links_is_left(drawn):
    for page in drawn.values():
        outside = re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL)
        assert "//" not in outside
        assert not re.search(r"<(link|iframe|base|object|embed|img|a)\b", outside)
        assert "jquery" not in page.lower()


def test_a_link_without_a_local_copy_is_refused(knows):
    canvas = empty_map()
    folium.plugins.MarkerCluster().add_to(canvas.map)
    with pytest.raises(UnknownLink, match="markercluster"):
        document(canvas, knows, Edition())


def test_another_leaflet_than_ours_is_refused(knows, monkeypatch):
    monkeypatch.setattr(folium.Map, "default_js", [("leaflet", "https://example.org/leaflet@1.9.9/dist/leaflet.js")])
    with pytest.raises(UnknownLink, match="example"):
        document(empty_map(), knows, Edition())


def test_tiles_are_refused(knows):
    canvas = empty_map()
    folium.TileLayer("https://example.org/{z}/{x}/{y}.png", attr="x").add_to(canvas.map)
    with pytest.raises(UnknownLink):
        document(canvas, knows, Edition())


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="x.png">',
        '<p onclick="x()">',
        '<p style="color:red">',
        '<a href="//example.org">',
        "<iframe>",
        '<base href="/">',
        '<script src="x.js">',
        '<meta http-equiv="refresh" content="0;url=//example.org">',
        "<style>p{background:url(https://example.org)}</style>",
        "<style>@import 'x.css';</style>",
        "<form>",
    ],
)
def test_markup_that_no_page_of_ours_has_is_refused(markup):
    with pytest.raises(UnknownLink):
        audit(f"<!DOCTYPE html><html><body>{markup}</body></html>")


def test_markup_from_a_layer_is_refused(knows):
    canvas = empty_map()
    canvas.map.get_root().html.add_child(Element("<iframe></iframe>"))
    with pytest.raises(UnknownLink, match="iframe"):
        document(canvas, knows, Edition())


@pytest.mark.parametrize("text", ["{{ 7*7 }}", "121.4", None, True])
def test_a_layer_draws_numbers_only(text):
    with pytest.raises(TypeError):
        add_layer(empty_map(), "districts", "districts", [[1.5, [text]]])


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_is_no_number_in_json_makes_no_page(number, knows):
    canvas = empty_map()
    add_layer(canvas, "rivers", "rivers", [[number, []]])
    with pytest.raises(ValueError, match="JSON"):
        document(canvas, knows, Edition())


def test_a_layer_is_called_by_a_name(knows):
    with pytest.raises(ValueError, match="no name"):
        add_layer(empty_map(), "rivers); alert(1", "rivers", [])


def test_a_layer_is_a_group_with_one_drawing():
    canvas = empty_map()
    group = add_layer(canvas, "rivers", "rivers", [[1, [(2.0, 3.0)]]])
    (drawing,) = group._children.values()
    assert isinstance(group, folium.FeatureGroup)
    assert isinstance(drawing, Drawing)
    assert canvas.drawings[drawing.number] == [[1, [[2.0, 3.0]]]]


def test_an_island_is_json_that_cannot_end_early():
    text = "</script><!--<script>&lt;\u2028\u2029\x00\x7f\x85\ud800{{7*7}}"
    markup = island({"text": text})
    body = markup.removeprefix('<script type="application/json" id="data">').removesuffix("</script>")
    assert not re.search("[<>&\u2028\u2029\x00-\x1f\x7f-\x9f\ud800-\udfff]", body)
    assert json.loads(body) == {"text": text}
