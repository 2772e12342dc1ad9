"""A hamlet to draw, and a browser to look at it with."""

import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field

import hamlet as towns
import pytest

from planner.draw import comparison_page, pages
from planner.writers.comparison import comparison_document

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture
def hamlet():
    """A plan and its register."""
    return towns.hamlet()


@pytest.fixture
def drawn(hamlet):
    """The hamlet's pages, by file name."""
    return pages(*hamlet)


@pytest.fixture
def compared():
    """The page that shows the hamlet's plan before and after a replan, as the drawn ones are given."""
    comparison, register = towns.replanned()
    return {"comparison.html": comparison_page(comparison, register, comparison_document(comparison, register))}


@dataclass
class Witness:
    """What a page did that it must not do."""

    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def watch(self, context):
        """Record every request but those for files and data, and every error and dialog of every page."""
        local = ("file:", "data:")
        context.on("request", lambda r: None if r.url.startswith(local) else self.requests.append(r.url))
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        context.on("dialog", lambda dialog: (self.errors.append(dialog.message), dialog.dismiss()))
        context.on("console", lambda line: self.errors.append(line.text) if line.type == "error" else None)


@pytest.fixture(scope="session")
def chromium():
    """A headless Chromium."""
    if CHROMIUM is None:
        pytest.skip("no Chromium installed")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def visitor(chromium, tmp_path):
    """Opens pages that were written to a folder, and a witness of what they do."""

    @contextmanager
    def visit(drawn, name, **options):
        for file, html in drawn.items():
            (tmp_path / file).write_text(html, "utf-8", newline="")
        witness = Witness()
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 800}} | options)
        witness.watch(context)
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.goto((tmp_path / name).as_uri())
        yield page, witness
        context.close()

    visit.folder = tmp_path
    return visit
