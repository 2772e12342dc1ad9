"""
The README's pictures, drawn from the sample's day: ``make pictures``.

Plans the day in a folder of its own, opens the real pages in an installed Chromium, and keeps what it sees beside
this file: the planner's page, a team's page, a visit's record, what is left, a day sheet, and the page that shows
the plan before and after a replan.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from planner import draw
from planner.begun import Moment
from planner.compare import compare
from planner.events import OfficerOut, Recorded, Shut, Urgent
from planner.plan_json import from_json
from planner.replanning import replan
from planner.samples import SAMPLES
from planner.solvers import Limit
from planner.workspace import Workspace, create
from planner.writers.comparison import comparison_document

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from planner.plan import Plan
    from planner.policy import Policy
    from planner.register import Register

HERE = Path(__file__).parent
DAY = date(2026, 11, 24)
SECONDS = "60"
"""How long the plan is searched: it shows what a planner gets, and is not the same twice."""
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 1.5}
DESK = {"viewport": {"width": 1360, "height": 850}}
PAPER = {"viewport": {"width": 794, "height": 1123}}


@dataclass(frozen=True)
class Picture:
    """What to open, what to tap, and what the picture is called."""

    name: str
    page: str
    device: dict[str, object]
    taps: tuple[str, ...] = ()
    media: str = "screen"


PICTURES = (
    Picture("plan", "plan.html", DESK),
    Picture("plan-phone", "plan.html", PHONE),
    Picture("unvisited", "plan.html", DESK, (".tab.unvisited", ".group > summary >> nth=1", ".left >> nth=2")),
    Picture("team", "T01.html", PHONE),
    Picture("team-desk", "T01.html", DESK, (".stop-card >> nth=1",)),
    Picture("record", "T01.html", PHONE, (".next-bar .primary", ".next-bar .primary", ".outcomes .partly")),
    Picture("daysheet", "T01.html", PAPER, media="print"),
    Picture("comparison", "comparison.html", DESK),
    Picture("comparison-phone", "comparison.html", PHONE, (".tab.told",)),
)


def main() -> None:
    """Draw them all."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        sys.exit("needs Chromium: sudo apt install chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as running:
        pages = sample_pages(Path(folder))
        browser = running.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--lang=zh-CN"]
        )
        for picture in PICTURES:
            take(browser, pages, picture)
        browser.close()


def sample_pages(folder: Path) -> Path:
    """The pages of the sample's day, in a folder."""
    workspace = folder / "shanghai"
    create(workspace, SAMPLES["shanghai"](DAY))
    policy, reading = Workspace(workspace).read()
    command = [Path(sys.executable).with_name("lookback"), "plan", str(DAY), "--seconds", SECONDS]
    subprocess.run([*command, "--workspace", workspace], check=True, stdout=subprocess.DEVNULL)  # noqa: S603  (ours)
    made = from_json((workspace / "maps" / str(DAY) / "plan.json").read_text("utf-8"))
    for name, page in draw.pages(made, reading.register, draw.Edition(drawn_by="Lookback")).items():
        (folder / name).write_text(page, "utf-8", newline="")
    page = before_and_after(made, reading.register, policy)
    (folder / draw.COMPARISON_PAGE).write_text(page, "utf-8", newline="")
    return folder


def before_and_after(made: Plan, register: Register, policy: Policy) -> str:
    """The page of a replan at eleven: a shop is shut, an officer is ill, a complaint is urgent."""
    shut = made.duties[3].route[-1].enterprise_id
    officer = register.team[made.duties[2].team_id].officers[0]
    planned = {visit.enterprise_id for duty in made.duties for visit in duty.route}
    urgent = next(u.enterprise_id for u in made.unvisited if u.enterprise_id not in planned and u.rule == "time")
    events = (Shut(shut, DAY, DAY), OfficerOut(officer, DAY, DAY), Urgent(urgent, DAY))
    recorded = [Recorded(number, event) for number, event in enumerate(events, start=1)]
    found = replan(register, policy, made, Moment(DAY, 11 * 3600), recorded, limit=Limit(steps=200))
    now = replace(found.plan, revision=made.revision + 1, parent=made.revision)
    comparison = compare(made, now, register, recorded, moved_minutes=policy.replan.moved_minutes)
    document = comparison_document(comparison, register, found.broken)
    return draw.comparison_page(comparison, register, document, draw.Edition(drawn_by="Lookback"))


def take(browser: Browser, pages: Path, picture: Picture) -> None:
    """Open, tap, look."""
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", offline=True, **picture.device)  # type: ignore[arg-type]
    page: Page = context.new_page()
    page.clock.install(time=f"{DAY}T09:16:00+08:00")
    page.goto((pages / picture.page).as_uri())
    for tap in picture.taps:
        page.locator(tap).click()
    page.emulate_media(media="print" if picture.media == "print" else "screen", reduced_motion="reduce")
    page.evaluate("document.getElementById('sheets').style.padding = '40px'")  # the margin of the paper
    page.wait_for_timeout(300)
    page.screenshot(path=HERE / f"{picture.name}.png")
    context.close()


if __name__ == "__main__":
    main()
