// A team's page: its stops in order, one card each, and the map that follows them.

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
  return [
    el("div", "line", el("h1", "", team.name), el("span", "grow"), languageButton()),
    el("p", "day", dayName(data.days[duty.day]), el("span", "internal", t("internal"))),
    dayButtons(),
    el("ul", "facts", ...facts.filter(Boolean).map((fact) => el("li", "", fact))),
    team.officers.length ? el("p", "officers", `${t("officers")} `, team.officers.join(state.lang ? ", " : "、")) : "",
  ];
}

function teamList(route) {
  const { duty } = route;
  const list = el("ol", "stops", el("li", "base", el("b", "time", duty.shift[0]), t("start")));
  duty.visits.forEach((visit, k) => {
    if (duty.rest_before === k) list.append(restCard(duty));
    list.append(el("li", "leg", leg(visit.leg)), stopCard(route, k));
  });
  if (duty.rest_before === duty.visits.length) list.append(restCard(duty));
  list.append(el("li", "leg", leg(duty.return)), el("li", "base", el("b", "time", duty.back), t("return")));
  return list;
}

function restCard(duty) {
  return el("li", "rest", el("b", "time", duty.rest.join("–")), t("break"));
}

function stopCard(route, k) {
  const show = button("show", () => chooseStop(route, k), disc("", route.duty, k + 1));
  const name = data.enterprises[route.duty.visits[k].enterprise].name;
  show.setAttribute("aria-label", `${t("map")}: ${k + 1} ${name}`);
  const card = el("li", "card stop-card", show, el("div", "body", ...visitHead(route, k), ...visitFacts(route.duty.visits[k])));
  card.addEventListener("click", (event) => {
    if (!event.target.closest("details, button")) chooseStop(route, k);
  });
  route.stops[k].card = card;
  return card;
}

// A card was tapped: the map goes there.
function chooseStop(route, k) {
  const { marker, place } = route.stops[k];
  highlight(route, k);
  goTo(place, marker, 15);
}

function highlight(route, k) {
  route.stops.forEach(({ card, node }, other) => {
    card.classList.toggle("active", other === k);
    node.classList.toggle("active", other === k);
  });
}

function teamPage() {
  const routes = shown.routes.filter((route) => route.duty.day === state.day);
  shown.routes.forEach((route) => showLayer(route.group, routes.includes(route)));
  const route = routes[0];
  document.getElementById("head").replaceChildren(...teamHead(route));
  document.getElementById("panel").replaceChildren(teamList(route));
  settle();
}

function startTeamPage() {
  for (const route of shown.routes) {
    route.stops.forEach(({ marker }, k) => {
      marker.on("popupopen", () => {
        highlight(route, k);
        route.stops[k].card.scrollIntoView({ block: "nearest", behavior: "smooth" });
      });
    });
  }
}

function fitTeam() {
  const route = shown.routes.find(({ duty }) => duty.day === state.day);
  shown.map.fitBounds(route.bounds, { padding: [34, 34], maxZoom: 16, animate: false });
}
