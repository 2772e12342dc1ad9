// The planner's page: every team, what is left, and a search over both.

const view = { tab: "teams", focus: null, hidden: new Set(), rules: new Set(), ground: true, query: "", most: 60 };

function planHead() {
  return [
    el("div", "line", el("h1", "", t("title")), el("span", "grow"), languageButton()),
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
  const figure = (key, value, note) => el("div", "figure", el("dt", "", t(key)), el("dd", "", value), note ? el("dd", "note", note) : "");
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

function bound() {
  if (!data.bound) return "";
  const gap = String(Math.ceil(data.bound.gap * 10000) / 100);
  const node = el("span", "", t("bound", { n: count(data.bound.priority), gap }));
  node.title = t("proven_by", { how: data.bound.proven_by });
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
    tools.replaceChild(tabs(), tools.lastChild);
    body.replaceChildren(...planBody());
  });
  const tools = el("div", "tools", search, tabs());
  panel.replaceChildren(tools, body);
  body.replaceChildren(...planBody());
  shown.body = body;
  applyView();
}

function tabs() {
  const left = data.unvisited.length;
  const names = { teams: t("teams"), unvisited: `${t("unvisited")} ${count(left)}`, layers: t("layers") };
  const choose = (tab) => () => {
    view.tab = tab;
    view.query = "";
    view.most = 60;
    planPage();
  };
  return el("div", "tabs", ...Object.keys(names).map((tab) => pressed(button("tab", choose(tab), names[tab]), tab === view.tab && !view.query)));
}

function planBody() {
  if (view.query.trim()) return searchResults();
  return { teams: teamRows, unvisited: unvisitedRows, layers: layerRows }[view.tab]();
}

function routesToday() {
  return shown.routes.filter(({ duty }) => duty.day === state.day);
}

function teamRows() {
  const all = view.focus === null ? "" : button("all", () => focus(null), t("all_teams"));
  return [all, el("ul", "teams", ...routesToday().map(teamRow))].filter(Boolean);
}

function teamRow(route) {
  const { duty } = route;
  const team = data.teams[duty.team];
  const visible = el("input");
  visible.type = "checkbox";
  visible.checked = !view.hidden.has(duty.team);
  visible.setAttribute("aria-label", t("show_team", { name: team.name }));
  visible.addEventListener("change", () => {
    if (visible.checked) view.hidden.delete(duty.team);
    else view.hidden.add(duty.team);
    applyView();
  });
  const due = duty.visits.filter((visit) => visit.class === "mandatory").length;
  const facts = [
    t("stops", { n: duty.visits.length }),
    due ? `${t("mandatory_done")} ${due}` : "",
    `${duty.shift[0]}–${duty.back}`,
  ].filter(Boolean);
  const choose = button(
    "choose",
    () => focus(view.focus === route.index ? null : route.index),
    disc("", duty, team.number),
    el("span", "who", el("b", "", team.name), el("small", "facts", ...facts.map((fact) => el("span", "", fact)))),
  );
  const link = el("a", "page", t("team_page"));
  link.href = data.files[duty.team];
  const focused = view.focus === route.index;
  const row = el("li", focused ? "team focused" : "team", el("div", "line", visible, pressed(choose, focused), link));
  if (focused) row.append(el("ol", "stop-rows", ...duty.visits.map((_, k) => stopRow(route, k))));
  return row;
}

function stopRow(route, k) {
  const visit = route.duty.visits[k];
  const { name } = data.enterprises[visit.enterprise];
  const open = () => goToStop(route, k);
  return el("li", "", button("stop-row", open, disc("small", route.duty, k + 1), el("span", "time", visit.start), el("span", "what", name), visit.class === "mandatory" ? chip("mandatory", t("mandatory")) : ""));
}

function unvisitedRows() {
  return capped(data.unvisited.map((_, k) => k), unvisitedRow);
}

function unvisitedRow(k) {
  const left = data.unvisited[k];
  const { name } = data.enterprises[left.enterprise];
  const dot = el("i", "dot");
  dot.style.background = shade(left.rule);
  return el(
    "li",
    "",
    button(
      "left",
      () => goToUnvisited(k),
      el("span", "line", dot, el("b", "what", name), left.class === "mandatory" ? chip("mandatory", t("mandatory")) : "", el("span", "points", t("points", { n: count(left.priority) }))),
      el("small", "", either(left.reason)),
      either(left.hint) ? el("small", "hint", either(left.hint)) : "",
    ),
  );
}

// So many rows at first, and a button for more: a thousand rows at once help nobody.
function capped(items, row) {
  const list = el("ul", "rows", ...items.slice(0, view.most).map(row));
  const rest = items.length - view.most;
  if (rest <= 0) return [list];
  const more = () => {
    view.most += 200;
    shown.body.replaceChildren(...planBody());
  };
  return [list, button("all", more, t("more", { n: Math.min(rest, 200) }))];
}

function searchResults() {
  const wanted = view.query.trim().toLowerCase();
  const matches = ({ enterprise }) => {
    const { id, name, address, operator } = data.enterprises[enterprise];
    return [id, name, address, operator].some((text) => text.toLowerCase().includes(wanted));
  };
  const stops = shown.routes.flatMap((route) =>
    route.duty.visits.map((visit, k) => ({ route, k, enterprise: visit.enterprise })).filter(matches),
  );
  const left = data.unvisited.map(({ enterprise }, k) => ({ k, enterprise })).filter(matches);
  const title = stops.length + left.length ? t("found", { n: stops.length + left.length }) : t("nothing");
  const rows = capped([...stops, ...left], ({ route, k }) => (route ? foundStop(route, k) : unvisitedRow(k)));
  return [el("p", "found", title), ...rows];
}

function foundStop(route, k) {
  const row = stopRow(route, k);
  row.firstChild.append(el("small", "", data.teams[route.duty.team].name));
  return row;
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
      toggle(`${t("routes")} · ${teams.length}`, teams.some((team) => !view.hidden.has(team)), (on) => teams.forEach((team) => flip(view.hidden, team, !on))),
    ),
    rules.length ? el("h2", "", t("unvisited")) : "",
    el("ul", "layers", ...rules),
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
  return el(
    "ul",
    "legend",
    row(pin, "legend_stop"),
    row(mandatory, "legend_mandatory"),
    row(house, "legend_depot"),
    row(el("span", "dots"), "legend_leg"),
    row(el("i", "dot missed"), "legend_missed"),
  );
}

// One team in front of the others; null: all alike.
function focus(index) {
  view.focus = index;
  shown.map.closePopup();
  if (index === null) {
    fit();
  } else {
    view.hidden.delete(data.duties[index].team);
    shown.map.fitBounds(L.latLngBounds(shown.routes[index].stops.map(({ place }) => place)), { padding: [48, 48], maxZoom: 16, animate: false });
  }
  shown.body.replaceChildren(...planBody());
  applyView();
}

// Brings the map in line with what was chosen.
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
    route.lines.forEach(({ part, opacity }, k) => part.setStyle({ opacity: other ? 0.12 : k < 2 ? depotLegs : opacity }));
    for (const { node } of [...route.stops, ...route.arrows, ...route.depots, route.badge]) {
      node.classList.toggle("other", other);
      node.classList.toggle("focus", route.focused);
    }
    if (route.focused && shown.map.hasLayer(route.group)) route.lines.forEach(({ part }) => part.bringToFront());
  }
  (shown.rules || []).forEach((group, rule) => showLayer(group, !view.rules.has(rule)));
  showLayer(shown.districts, view.ground);
  settle();
}

function goToStop(route, k) {
  state.day = route.duty.day;
  view.hidden.delete(route.duty.team);
  if (view.focus !== null && view.focus !== route.index) view.focus = route.index;
  applyView();
  goTo(route.stops[k].place, route.stops[k].marker, 15.5);
}

function goToUnvisited(k) {
  const { dot, rule } = shown.unvisited[k];
  view.rules.delete(rule);
  applyView();
  goTo(dot.getLatLng(), dot, 15.5);
}

function startPlanPage() {
  for (const route of shown.routes) {
    const choose = () => {
      view.tab = "teams";
      view.query = "";
      focus(view.focus === route.index ? null : route.index);
      planPage();
      const row = shown.body.querySelector(".focused");
      if (row) row.scrollIntoView({ block: "nearest" });
    };
    route.path.on("click", choose);
    route.badge.marker.on("click", choose);
  }
}

function fitPlan() {
  const places = routesToday().flatMap(({ stops }) => stops.map(({ place }) => place));
  const bounds = places.length ? L.latLngBounds(places) : shown.districts.getBounds();
  if (bounds.isValid()) shown.map.fitBounds(bounds, { padding: [28, 28], maxZoom: 16, animate: false });
}

// Opens where most of the work is; a team far out is one click away, and so is the whole map.
function fitMost() {
  const share = 0.16;
  const stops = routesToday().flatMap(({ stops: pins }) => pins.map(({ place }) => place));
  if (stops.length < 60) {
    fitPlan();
    return;
  }
  const cut = Math.floor(stops.length * share);
  const [lats, lngs] = ["lat", "lng"].map((axis) => stops.map((place) => place[axis]).sort((a, b) => a - b).slice(cut, -cut));
  const corners = [[lats[0], lngs[0]], [lats[lats.length - 1], lngs[lngs.length - 1]]];
  shown.map.fitBounds(corners, { padding: [40, 40], maxZoom: 16, animate: false });
}
