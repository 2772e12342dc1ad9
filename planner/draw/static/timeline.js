// One lane a team. A tap on a visit moves the map there.

function timeline() {
  const routes = routesPassing();
  if (!routes.length) return [];
  const { place, hours } = laneScale(routes.map(({ duty }) => duty));
  return [el("div", "lanes", hours, ...routes.map((route) => lane(route, place)))];
}

function lane(route, place) {
  const { duty } = route;
  const team = data.teams[duty.team];
  const name = button("lane-name", () => chooseTeam(route), disc("small", duty, team.number), el("span", "", team.name));
  name.setAttribute(
    "aria-label",
    t("lane", { name: team.name, n: duty.visits.length, from: duty.shift[0], to: duty.back }),
  );
  const track = laneTrack(duty, place, (k) => (route.stops[k].bar = visitBar(route, k, team)));
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
  const head = dockHead(!view.docked, () => {
    view.docked = !view.docked;
    refreshDock();
  });
  fillDock(!view.docked, head, ...timeline());
}

/** The visit that the map shows, marked on its lane. */
function markBar(route, k, on) {
  const { bar } = route.stops[k];
  if (!bar) return;
  bar.classList.toggle("active", on);
  if (on) bar.scrollIntoView({ block: "nearest", inline: "nearest" });
}
