// A team's page: its stops in order, one card each, the map that follows them, and the next stop at the thumb.

function routeToday() {
  return shown.routes.find(({ duty }) => duty.day === state.day);
}

function teamHead(route) {
  const { duty } = route;
  const team = data.teams[duty.team];
  const due = duty.visits.filter((visit) => visit.class === "mandatory").length;
  const facts = [
    t("stops", { n: duty.visits.length }),
    due ? `${t("mandatory_done")} ${due}` : "",
    `${t("shift")} ${duty.shift.join("–")}`,
    duty.rest ? `${t("break")} ${duty.rest.join("–")}` : "",
    t("back_at", { at: duty.back }),
  ];
  const map = pressed(button("switch map-switch", () => {
    document.body.classList.toggle("no-map");
    pressed(map, !document.body.classList.contains("no-map"));
    shown.map.invalidateSize({ animate: false });
  }, t("map")), !document.body.classList.contains("no-map"));
  const sheet = button("switch print-switch", () => window.print(), t("print"));
  return [
    el("div", "line", el("h1", "", team.name), el("span", "grow"), map, sheet, languageButton()),
    el("p", "day", dayName(data.days[duty.day]), el("span", "internal", t("internal"))),
    dayButtons(),
    el("ul", "facts", ...facts.filter(Boolean).map((fact) => el("li", "", fact))),
    team.officers.length ? el("p", "officers", `${t("officers")} `, team.officers.join(state.lang ? ", " : "、")) : "",
    drafts.keeps ? "" : el("p", "fault", t("not_kept")),
    ...leftoverLines(),
  ];
}

function teamList(route) {
  const { duty } = route;
  const list = el("ol", "stops", el("li", "base", el("b", "time", duty.shift[0]), t("start")));
  const steps = (k) => between(duty, k).flatMap(({ halt }) => (halt ? haltCard(halt) : [restCard(duty)]));
  duty.visits.forEach((visit, k) => {
    list.append(...steps(k), el("li", "leg", leg(visit.leg)), stopCard(route, k));
  });
  list.append(...steps(duty.visits.length));
  const way = button("leg-link", () => openNavigation(route, duty.visits.length), t("navigate"));
  list.append(el("li", "leg", leg(duty.return), way), el("li", "base", el("b", "time", duty.back), t("return")));
  return list;
}

function restCard(duty) {
  return el("li", "rest", el("b", "time", duty.rest.join("–")), t("break"));
}

function haltCard(halt) {
  return [el("li", "leg", leg(halt.leg)), el("li", "halt", el("b", "time", halt.arrive), haltText(halt))];
}

function stopCard(route, k) {
  const visit = route.duty.visits[k];
  const show = button("show", () => chooseStop(route, k), disc("", route.duty, k + 1));
  const { name } = data.enterprises[visit.enterprise];
  show.setAttribute("aria-label", `${t("map")}: ${k + 1} ${name}`);
  const actions = el(
    "div",
    "actions",
    button("secondary", () => openNavigation(route, k), t("navigate")),
    button("secondary record", () => openForm(route, k), t("record")),
    el("span", "status"),
  );
  const card = el(
    "li",
    "card stop-card",
    show,
    el("div", "body", ...visitHead(route, k), ...visitFacts(visit).slice(0, 2), actions, ...visitFacts(visit).slice(2)),
  );
  card.addEventListener("click", (event) => {
    if (!event.target.closest("details, button, a")) chooseStop(route, k);
  });
  route.stops[k].card = card;
  return card;
}

/** A card was tapped: the map goes there. */
function chooseStop(route, k) {
  const { marker, place } = route.stops[k];
  highlight(route, k);
  if (document.body.classList.contains("no-map")) return;
  goTo(place, marker, 15);
}

function highlight(route, k) {
  route.stops.forEach(({ card, node }, other) => {
    card.classList.toggle("active", other === k);
    node.classList.toggle("active", other === k);
  });
}

/** The first visit that is not done yet; none when the day is. */
function nextStop(route) {
  const k = route.duty.visits.findIndex((_, stop) => !isDone(route, stop));
  return k < 0 ? null : k;
}

/** What is written on the forms, on cards, pins and the bar. */
function refreshStops(route) {
  route.duty.visits.forEach((_, k) => {
    const { card, node } = route.stops[k];
    const key = statusOf(route, k);
    const { outcome, arrived, left } = draftOf(route, k);
    const times = arrived || left ? [arrived, left].map((at) => (at ? at.slice(11) : "…")).join("–") : "";
    card.querySelector(".status").replaceChildren(
      times ? el("b", "time", times) : "",
      outcome ? chip(`outcome ${outcome}`, t(outcome)) : "",
      key === "untouched" ? "" : chip(key, t(`status_${key}`)),
    );
    card.classList.toggle("finished", isDone(route, k));
    node.classList.toggle("finished", isDone(route, k));
  });
  nextBar(route);
}

function nextBar(route) {
  const k = nextStop(route);
  const waitingOnes = route.duty.visits.filter((_, stop) => ["ready", "changed"].includes(statusOf(route, stop))).length;
  const out = button(
    waitingOnes ? "export waiting" : "export",
    () => openExport(route),
    t("export"),
    waitingOnes ? el("b", "badge-count", String(waitingOnes)) : "",
  );
  const bar = el("nav", "next-bar");
  bar.setAttribute("aria-label", t("next_stop"));
  if (k === null) bar.append(el("p", "next", el("b", "", t("all_done"))), out);
  else bar.append(nextButton(route, k), ...nextActions(route, k), out);
  const old = document.querySelector(".next-bar");
  if (old) old.replaceWith(bar);
  else document.body.append(bar);
}

function nextButton(route, k) {
  const visit = route.duty.visits[k];
  const show = () => {
    chooseStop(route, k);
    route.stops[k].card.scrollIntoView({ block: "start" });
  };
  const text = el(
    "span",
    "what",
    el("b", "", data.enterprises[visit.enterprise].name),
    el("small", "", `${visit.start} · ${t("leg", { mode: t(visit.leg.mode), n: visit.leg.minutes })}`),
  );
  const node = button("next", show, disc("", route.duty, k + 1), text);
  node.setAttribute("aria-label", `${t("next_stop")}: ${k + 1} ${data.enterprises[visit.enterprise].name}`);
  return node;
}

function nextActions(route, k) {
  const draft = draftOf(route, k);
  if (draft.arrived) return [button("primary", () => openForm(route, k), t("record"))];
  const arrive = () => {
    draft.arrived = nowText();
    saveDrafts();
    refreshStops(route);
    toast(t("arrived_at", { at: draft.arrived.slice(11) }));
  };
  return [button("secondary go", () => openNavigation(route, k), t("navigate")), button("primary", arrive, t("arrived"))];
}

function teamPage() {
  const route = routeToday();
  shown.routes.forEach((other) => showLayer(other.group, other === route));
  document.getElementById("head").replaceChildren(...teamHead(route));
  document.getElementById("panel").replaceChildren(teamList(route));
  refreshStops(route);
  settle();
}

function startTeamPage() {
  for (const route of shown.routes) {
    route.stops.forEach(({ marker }, k) => {
      marker.on("popupopen", () => {
        highlight(route, k);
        route.stops[k].card.scrollIntoView({ block: "nearest" });
      });
    });
  }
}

function fitTeam() {
  shown.map.fitBounds(routeToday().places, { padding: [34, 34], maxZoom: 16, animate: false });
}

const PAGE = {
  prepare: loadDrafts,
  start: startTeamPage,
  show: teamPage,
  open: fitTeam,
  fit: fitTeam,
  tools: positionTools,
  paper: daySheets,
};
