// Lanes: on the way, at work, waiting, at rest, on a scale of hours.

/** The hours that some duties take: a lane with their names, and where a span of minutes lies on it. */
function laneScale(duties) {
  const from = Math.min(...duties.map(({ shift }) => Math.floor(minutesOf(shift[0]) / 60))) * 60;
  const to = Math.max(
    ...duties.map(({ back, shift }) => Math.ceil(Math.max(minutesOf(back), minutesOf(shift[1])) / 60)),
  ) * 60;
  const share = (minutes) => `${(100 * minutes) / (to - from)}%`;
  const place = (start, end) => ({ left: share(start - from), width: share(end - start) });
  const hours = el("div", "lane hours", el("span", "lane-name"), el("div", "track"));
  for (let hour = from; hour < to; hour += 60) {
    const tick = el("span", "hour", `${hour / 60}:00`);
    Object.assign(tick.style, place(hour, hour + 60));
    hours.lastChild.append(tick);
  }
  return { place, hours };
}

function laneLegend() {
  return el(
    "span",
    "lane-legend",
    ...["travel", "visit", "wait"].map((key) => el("span", "", el("i", `sign ${key}`), t(`lane_${key}`))),
    el("span", "", el("i", "sign rest"), t("break")),
  );
}

/** A duty as bars; `visitBar` makes the element of a stop. */
function laneTrack(duty, place, visitBar) {
  const track = el("div", "track");
  const bar = (className, start, end, node = el("i")) => {
    if (end <= start) return;
    node.classList.add("bar", className);
    Object.assign(node.style, place(start, end));
    track.append(node);
  };
  bar("shift", ...duty.shift.map(minutesOf));
  if (duty.rest) bar("rest", ...duty.rest.map(minutesOf));
  let free = minutesOf(duty.shift[0]);
  const toHalts = (count) => {
    for (const { arrive, leg: way } of duty.halts.filter(({ after }) => after === count)) {
      const there = minutesOf(arrive);
      bar("travel", Math.max(free, there - way.minutes), there);
      free = there;
    }
  };
  duty.visits.forEach((visit, k) => {
    toHalts(k);
    const [arrive, start, end] = [visit.arrive, visit.start, visit.end].map(minutesOf);
    bar("travel", Math.max(free, arrive - visit.leg.minutes), arrive);
    if (visit.wait) bar("wait", start - visit.wait, start);
    bar("visit", start, end, visitBar(k));
    free = end;
  });
  toHalts(duty.visits.length);
  bar("travel", Math.max(free, minutesOf(duty.back) - duty.return.minutes), minutesOf(duty.back));
  return track;
}

/** The head of the lanes: what they are, their legend, and what folds them away. */
function dockHead(folded, fold) {
  const toggle = button("dock-toggle", () => {
    fold();
    shown.map.invalidateSize({ animate: false });
    settle();
  }, t(folded ? "show_timeline" : "hide_timeline"));
  toggle.setAttribute("aria-expanded", String(!folded));
  return el("div", "dock-head", el("b", "", t("timeline")), laneLegend(), el("span", "grow"), toggle);
}

function fillDock(folded, ...content) {
  const dock = document.getElementById("dock");
  dock.setAttribute("role", "region");
  dock.setAttribute("aria-label", t("timeline"));
  dock.classList.toggle("folded", folded);
  dock.replaceChildren(...content);
}
