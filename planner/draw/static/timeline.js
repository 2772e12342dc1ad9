// One lane a team: on the way, at work, waiting, at rest. A tap on a visit moves the map there.

const minutesOf = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));

function timeline() {
  const routes = routesPassing();
  const toggle = button("dock-toggle", () => {
    view.docked = !view.docked;
    refreshDock();
    shown.map.invalidateSize({ animate: false });
    settle();
  }, t(view.docked ? "hide_timeline" : "show_timeline"));
  toggle.setAttribute("aria-expanded", String(view.docked));
  const head = el("div", "dock-head", el("b", "", t("timeline")), laneLegend(), el("span", "grow"), toggle);
  if (!routes.length) return [head];
  const from = Math.min(...routes.map(({ duty }) => Math.floor(minutesOf(duty.shift[0]) / 60))) * 60;
  const to = Math.max(
    ...routes.map(({ duty }) => Math.ceil(Math.max(minutesOf(duty.back), minutesOf(duty.shift[1])) / 60)),
  ) * 60;
  const share = (minutes) => `${(100 * minutes) / (to - from)}%`;
  const place = (start, end) => ({ left: share(start - from), width: share(end - start) });
  const hours = el("div", "lane hours", el("span", "lane-name"), el("div", "track"));
  for (let hour = from; hour < to; hour += 60) {
    const tick = el("span", "hour", `${hour / 60}:00`);
    Object.assign(tick.style, place(hour, hour + 60));
    hours.lastChild.append(tick);
  }
  return [head, el("div", "lanes", hours, ...routes.map((route) => lane(route, place)))];
}

function laneLegend() {
  return el(
    "span",
    "lane-legend",
    ...["travel", "visit", "wait"].map((key) => el("span", "", el("i", `sign ${key}`), t(`lane_${key}`))),
    el("span", "", el("i", "sign rest"), t("break")),
  );
}

function lane(route, place) {
  const { duty } = route;
  const team = data.teams[duty.team];
  const name = button("lane-name", () => chooseTeam(route), disc("small", duty, team.number), el("span", "", team.name));
  name.setAttribute(
    "aria-label",
    t("lane", { name: team.name, n: duty.visits.length, from: duty.shift[0], to: duty.back }),
  );
  const track = el("div", "track");
  const bar = (className, start, end, node = el("i")) => {
    if (end <= start) return node;
    node.classList.add("bar", className);
    Object.assign(node.style, place(start, end));
    track.append(node);
    return node;
  };
  bar("shift", ...duty.shift.map(minutesOf));
  if (duty.rest) bar("rest", ...duty.rest.map(minutesOf));
  let free = minutesOf(duty.shift[0]);
  duty.visits.forEach((visit, k) => {
    const [arrive, start, end] = [visit.arrive, visit.start, visit.end].map(minutesOf);
    bar("travel", Math.max(free, arrive - visit.leg.minutes), arrive);
    if (visit.wait) bar("wait", start - visit.wait, start);
    route.stops[k].bar = bar("visit", start, end, visitBar(route, k, team));
    free = end;
  });
  bar("travel", Math.max(free, minutesOf(duty.back) - duty.return.minutes), minutesOf(duty.back));
  return el("div", view.focus === route.index ? "lane focused" : "lane", name, track);
}

function visitBar(route, k, team) {
  const visit = route.duty.visits[k];
  const { name } = data.enterprises[visit.enterprise];
  const node = button(visit.class === "mandatory" ? "must" : "", () => goToStop(route, k), String(k + 1));
  node.style.background = team.fill;
  node.style.color = team.ink;
  node.title = `${visit.start}–${visit.end} ${name}`;
  node.setAttribute("aria-label", `${team.name} ${k + 1} ${visit.start}–${visit.end} ${name}`);
  if (filtering() && !visitPasses(visit)) node.classList.add("dim");
  const light = (on) => () => route.stops[k].node.classList.toggle("active", on);
  node.addEventListener("mouseenter", light(true));
  node.addEventListener("mouseleave", light(false));
  return node;
}

function refreshDock() {
  const dock = document.getElementById("dock");
  dock.setAttribute("role", "region");
  dock.setAttribute("aria-label", t("timeline"));
  dock.classList.toggle("folded", !view.docked);
  dock.replaceChildren(...timeline());
}

/** The visit that the map shows, marked on its lane. */
function markBar(route, k, on) {
  const { bar } = route.stops[k];
  if (!bar) return;
  bar.classList.toggle("active", on);
  if (on) bar.scrollIntoView({ block: "nearest", inline: "nearest" });
}
