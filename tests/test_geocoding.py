"""What a geocoder is told, and what is made of its answers; a server of our own answers."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from planner import geocoding
from planner.geo import Datum
from planner.geocoding import KNOWN, Service, ask, service


@contextmanager
def answering(answer):
    """A server that answers each request with what a function makes of its query: a status and a body."""
    heard = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            heard.append((self.path, dict(self.headers)))
            query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            status, body = answer(query)
            self.send_response(status)
            if status == 302:
                self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/elsewhere?q=x")
            self.end_headers()
            self.wfile.write(body if isinstance(body, bytes) else json.dumps(body).encode())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/search?q={{address}}&key={{key}}", heard
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def point(lon, lat):
    """An answer in GeoJSON."""
    return 200, {"type": "FeatureCollection", "features": [{"geometry": {"type": "Point", "coordinates": [lon, lat]}}]}


def test_each_address_is_asked_once_and_nothing_else_is_sent():
    with answering(lambda _: point(121.47, 31.23)) as (url, heard):
        answers = ask(service(url), ["南京东路1号", "a&b=c #?", "南京东路1号"], "se cret", pause=0)
    assert answers.places == {"南京东路1号": (121.47, 31.23), "a&b=c #?": (121.47, 31.23)}
    assert [parse_qs(urlsplit(path).query) for path, _ in heard] == [
        {"q": ["南京东路1号"], "key": ["se cret"]},
        {"q": ["a&b=c #?"], "key": ["se cret"]},
    ]
    assert all(headers["User-Agent"] == "lookback" for _, headers in heard)


@pytest.mark.parametrize(
    ("datum", "said"),
    [
        (Datum.GCJ02, {"status": "1", "geocodes": [{"location": "121.474526,31.228009"}]}),
        (Datum.WGS84, {"status": "0", "msg": "ok", "location": {"lon": 121.47, "lat": 31.23}}),
    ],
)
def test_answers_of_amap_and_of_tianditu_become_wgs84(datum, said):
    with answering(lambda _: (200, said)) as (url, _):
        place = ask(Service(url, datum), ["南京东路1号"], "k").places["南京东路1号"]
    assert place == pytest.approx((121.47, 31.23), abs=1e-3)


@pytest.mark.parametrize(
    "said", [{"status": "1", "geocodes": []}, {"features": []}, {"features": [{"geometry": None}]}, {"location": ["a"]}]
)
def test_what_is_not_known_is_not_a_place(said):
    with answering(lambda _: (200, said)) as (url, _):
        assert ask(service(url), ["nowhere"], "").places == {"nowhere": None}


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((403, {}), "HTTP 403"),
        ((302, {}), "HTTP 302"),
        ((200, b"<html>"), "not JSON"),
        ((200, []), "not an object"),
        ((200, {"status": "0", "info": "INVALID_USER_KEY"}), "INVALID_USER_KEY"),
    ],
)
def test_a_service_that_fails_is_not_asked_again(answer, why):
    """Nor is a redirection followed: it could lead address and key anywhere."""
    with answering(lambda query: point(121, 31) if query["q"] == "a" else answer) as (url, heard):
        answers = ask(service(url), ["a", "b", "c"], "k", pause=0)
    assert answers == geocoding.Answers({"a": (121, 31)}, why)
    assert len(heard) == 2


def test_a_silent_service_is_waited_for_a_while_only(monkeypatch):
    monkeypatch.setattr(geocoding, "TIMEOUT_SECONDS", 0.2)
    asleep = threading.Event()
    with answering(lambda _: (asleep.wait(3), point(1, 1))[1]) as (url, _):
        assert ask(service(url), ["a"], "").stopped == "TimeoutError"
        asleep.set()


@pytest.mark.parametrize(
    "named",
    ["baidu", "https://example.org/", "file:///etc/passwd?{address}", "https://{address}/", "ftp://x/{address}"],
)
def test_only_known_services_and_addresses_of_the_web_are_asked(named):
    with pytest.raises(ValueError, match=r"neither|names itself"):
        service(named)


def test_known_services_want_the_offices_own_key():
    assert all("{key}" in known.url and known.url.startswith("https://") for known in KNOWN.values())
