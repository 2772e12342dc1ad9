// The planner's page: every team on its map, what is left, and what stands behind both.

function planHead() {
  return [
    el(
      "div",
      "line",
      el("h1", "", t("title")),
      el("span", "grow"),
      button("switch print-switch", () => window.print(), t("print")),
      languageButton(),
    ),
    el(
      "p",
      "day",
      data.days.length === 1 ? dayName(data.days[0]) : "",
      el("span", "internal", t("plan_id", data.plan)),
      el("span", "internal", t("internal")),
    ),
    dayButtons(),
    totals(),
  ];
}

function totals() {
  const sum = data.totals;
  const visits = sum.look_backs + sum.spot_checks;
  const all = sum.mandatory + sum.mandatory_missed;
  const figure = (key, value, note) => el(
    "div",
    "figure",
    el("dt", "", t(key)),
    el("dd", "", value),
    note ? el("dd", "note", note) : "",
  );
  const missed = sum.mandatory_missed ? t("missed", { n: sum.mandatory_missed }) : "";
  return el(
    "dl",
    "totals",
    figure("visits", count(visits), sum.spot_checks ? `${t("spot_checks")} ${sum.spot_checks}` : ""),
    figure("mandatory_done", t("of", { n: sum.mandatory, all }), missed),
    figure("priority", count(sum.priority), bound()),
    figure("travel", duration(sum.travel_seconds), distance(sum.travel_metres)),
  );
}

function duration(seconds) {
  const minutes = Math.ceil(seconds / 60);
  return t("hours_minutes", { h: Math.floor(minutes / 60), m: minutes % 60 });
}

/** It breaks between its two halves, and nowhere else. */
function boundText() {
  return t("bound", { n: count(data.bound.priority), more: either(data.bound.more).replaceAll(" ", "\u00a0") });
}

function bound() {
  if (!data.bound) return "";
  const node = el("span", "", boundText());
  node.title = t("proven_by", { how: data.bound.proven_by }) + (data.reproducible ? "" : `\n${t("clock_bound")}`);
  return node;
}

function planPage() {
  const panel = document.getElementById("panel");
  document.getElementById("head").replaceChildren(...planHead());
  const search = el("input", "search");
  search.type = "search";
  search.value = view.query;
  search.placeholder = t("search");
  search.setAttribute("aria-label", t("search"));
  const body = el("div", "body");
  search.addEventListener("input", () => {
    view.query = search.value;
    view.most = 60;
    shown.tabs.replaceWith((shown.tabs = tabs()));
    body.replaceChildren(...planBody());
  });
  shown.tabs = tabs();
  shown.filterBar = filterBar();
  panel.replaceChildren(el("div", "tools", search, shown.filterBar, shown.tabs), body);
  shown.body = body;
  refreshPlan();
}

/** Lists, lanes and map after a change of filter, tab or team; the search field keeps what is being typed. */
function refreshPlan() {
  shown.filterBar.replaceWith((shown.filterBar = filterBar()));
  shown.tabs.replaceWith((shown.tabs = tabs()));
  shown.body.replaceChildren(...planBody());
  document.body.classList.toggle("on-timeline", view.tab === "timeline");
  refreshDock();
  applyView();
}

function tabs() {
  const left = data.unvisited.filter(leftPasses).length;
  const names = {
    teams: t("teams"),
    timeline: t("timeline"),
    unvisited: `${t("unvisited")} ${count(left)}`,
    layers: t("layers"),
  };
  const choose = (tab) => () => {
    view.tab = tab;
    view.query = "";
    view.most = 60;
    document.querySelector(".search").value = "";
    refreshPlan();
  };
  return el(
    "div",
    "tabs",
    ...Object.keys(names).map(
      (tab) => pressed(button(`tab ${tab}`, choose(tab), names[tab]), tab === view.tab && !view.query),
    ),
  );
}

function planBody() {
  if (view.query.trim()) return searchResults();
  return { teams: teamRows, timeline: () => [], unvisited: unvisitedRows, layers: layerRows }[view.tab]();
}

function layerRows() {
  const toggle = (text, on, change, sign) => {
    const box = el("input");
    box.type = "checkbox";
    box.checked = on;
    box.addEventListener("change", () => {
      change(box.checked);
      applyView();
    });
    return el("li", "", el("label", "layer", box, sign || "", el("span", "what", text)));
  };
  const teams = routesToday().map(({ duty }) => duty.team);
  const rules = data.rules.map(({ label, count: n }, rule) => {
    const dot = el("i", "dot");
    dot.style.background = shade(rule);
    return toggle(`${either(label)} · ${count(n)}`, !view.rules.has(rule), (on) => flip(view.rules, rule, !on), dot);
  });
  return [
    el(
      "ul",
      "layers",
      toggle(t("districts"), view.ground, (on) => (view.ground = on)),
      toggle(t("shaded"), view.shaded, (on) => (view.shaded = on)),
      toggle(
        `${t("routes")} · ${teams.length}`,
        teams.some((team) => !view.hidden.has(team)),
        (on) => teams.forEach((team) => flip(view.hidden, team, !on)),
      ),
    ),
    rules.length ? el("h2", "", t("unvisited")) : "",
    el("ul", "layers", ...rules),
    el("h2", "", t("priority_left")),
    areaLegend(),
    el("h2", "", t("legend")),
    legend(),
  ].filter(Boolean);
}

function flip(set, item, inside) {
  if (inside) set.add(item);
  else set.delete(item);
}

function legend() {
  const row = (sign, key) => el("li", "", sign, t(key));
  const pin = el("span", "disc sample", "1");
  const mandatory = el("span", "disc sample mandatory-sample", "1");
  const house = el("span", "house sample", icon(HOUSE));
  const turn = el("span", "turn sample", icon(TURN));
  return el(
    "ul",
    "legend",
    row(pin, "legend_stop"),
    row(mandatory, "legend_mandatory"),
    row(house, "legend_depot"),
    data.duties.some(({ halts }) => halts.length) ? row(turn, "legend_halt") : "",
    row(el("span", "dots"), "legend_leg"),
    row(el("i", "dot missed"), "legend_missed"),
  );
}

/** One team in front of the others; null: all alike. */
function focus(index) {
  view.focus = index;
  shown.map.closePopup();
  if (index === null) {
    fit();
  } else {
    view.hidden.delete(data.duties[index].team);
    shown.map.fitBounds(
      L.latLngBounds(shown.routes[index].way),
      { padding: [48, 48], maxZoom: 16, animate: false },
    );
  }
  refreshPlan();
}

function chooseTeam(route) {
  view.tab = "teams";
  view.query = "";
  focus(view.focus === route.index ? null : route.index);
  const row = shown.body.querySelector(".focused");
  if (row) row.scrollIntoView({ block: "nearest" });
}

/** Brings the map in line with what was chosen. */
function applyView() {
  for (const route of shown.routes) {
    const { duty, group } = route;
    if (view.focus === route.index && duty.day !== state.day) view.focus = null;
    showLayer(group, duty.day === state.day && !view.hidden.has(duty.team));
  }
  for (const route of shown.routes) {
    const other = view.focus !== null && view.focus !== route.index;
    route.other = other;
    route.focused = view.focus === route.index;
    const depotLegs = route.focused ? 0.9 : 0.28;
    const passing = !filtering() || route.duty.visits.some(visitPasses);
    route.lines.forEach(
      ({ part, opacity }, k) => part.setStyle({ opacity: other || !passing ? 0.12 : k < 2 ? depotLegs : opacity }),
    );
    for (const { node } of [...route.stops, ...route.arrows, ...route.waypoints, route.badge]) {
      node.classList.toggle("other", other);
      node.classList.toggle("focus", route.focused);
    }
    route.stops.forEach(({ node }, k) => node.classList.toggle("dim", filtering() && !visitPasses(route.duty.visits[k])));
    route.badge.node.classList.toggle("dim", !passing);
    if (route.focused && shown.map.hasLayer(route.group)) route.lines.forEach(({ part }) => part.bringToFront());
  }
  shown.unvisited.forEach(({ dot, rule }, k) => {
    const group = shown.rules[rule];
    if (leftPasses(data.unvisited[k])) group.addLayer(dot);
    else group.removeLayer(dot);
  });
  shown.rules.forEach((group, rule) => showLayer(group, !view.rules.has(rule)));
  showLayer(shown.districts, view.ground);
  shadeAreas();
  settle();
}

function goToStop(route, k) {
  state.day = route.duty.day;
  view.hidden.delete(route.duty.team);
  if (view.focus !== null && view.focus !== route.index) view.focus = route.index;
  applyView();
  goTo(route.stops[k].place, route.stops[k].marker, 15.5);
}

/** To its dot; what has no place has none, and its card opens where one is looking. */
function goToUnvisited(k) {
  const spot = shown.unvisited[k];
  if (!spot) {
    L.popup(POPUP).setLatLng(shown.map.getCenter()).setContent(unvisitedCard(k)).openOn(shown.map);
    return;
  }
  view.rules.delete(spot.rule);
  applyView();
  goTo(spot.dot.getLatLng(), spot.dot, 15.5);
}

function startPlanPage() {
  for (const route of shown.routes) {
    route.path.on("click", () => chooseTeam(route));
    route.badge.marker.on("click", () => chooseTeam(route));
    route.stops.forEach(({ marker }, k) => {
      marker.on("popupopen", () => markBar(route, k, true));
      marker.on("popupclose", () => markBar(route, k, false));
    });
  }
}

function fitPlan() {
  const places = routesToday().flatMap(({ stops }) => stops.map(({ place }) => place));
  const bounds = places.length ? L.latLngBounds(places) : shown.districts.getBounds();
  if (bounds.isValid()) fitWithBadges(bounds, 28);
}

/** The map on the given bounds, and on the badges that its edge would cut; what lies wholly outside stays there. */
function fitWithBadges(bounds, pixels) {
  for (let round = 0; round < MOST_FITS; round += 1) {
    shown.map.fitBounds(bounds, { padding: [pixels, pixels], maxZoom: 16, animate: false });
    settle(); // badges are pushed apart: only now one sees where they are
    const cut = routesToday().filter(isBadgeCut);
    if (!cut.length) return;
    cut.forEach(({ badge }) => bounds.extend(badge.place));
  }
}

function isBadgeCut({ badge }) {
  const [pin, map] = [badge.pin, shown.map.getContainer()].map((node) => node.getBoundingClientRect());
  const inside = pin.left >= map.left && pin.right <= map.right && pin.top >= map.top && pin.bottom <= map.bottom;
  const outside = pin.left >= map.right || pin.right <= map.left || pin.top >= map.bottom || pin.bottom <= map.top;
  return pin.width > 0 && !inside && !outside;
}

const MOST_FITS = 5; // of the map to its badges: a wider view may cut others

/** Opens where most of the work is; a team far out is one click away, and so is the whole map. */
function fitMost() {
  const share = 0.16;
  const stops = routesToday().flatMap(({ stops: pins }) => pins.map(({ place }) => place));
  if (stops.length < 60) {
    fitPlan();
    return;
  }
  const cut = Math.floor(stops.length * share);
  const [lats, lngs] = ["lat", "lng"].map(
    (axis) => stops.map((place) => place[axis]).sort((a, b) => a - b).slice(cut, -cut),
  );
  const corners = [[lats[0], lngs[0]], [lats[lats.length - 1], lngs[lngs.length - 1]]];
  fitWithBadges(L.latLngBounds(corners), 40);
}

const PAGE = {
  start: startPlanPage,
  show: planPage,
  open: fitMost,
  fit: fitPlan,
  paper: overviewSheets,
  badges: () => true,
};
