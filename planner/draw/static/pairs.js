// Two lanes for each team whose day differs: before, and below it now.

function pairs() {
  const today = data.team_changes.filter(
    ({ team, day }) => day === state.day && (look.team === null || look.team === team),
  );
  const routes = shown.routes.filter(({ duty }) => duty.day === state.day);
  if (!today.length || !routes.length) return [];
  const { place, hours } = laneScale(routes.map(({ duty }) => duty));
  const lanes = today.flatMap(({ team }) => [0, 1].map((side) => {
    const route = routes.find(({ duty }) => duty.team === team && duty.side === side);
    return pairLane(data.teams[team], side, route, place);
  }));
  return [el("div", "lanes", hours, ...lanes)];
}

function pairLane(team, side, route, place) {
  const word = el("span", "side-name", t(`short_${side ? "now" : "before"}`));
  const badge = el("span", "disc small", String(team.number));
  Object.assign(badge.style, { background: team.fill, color: team.ink });
  const name = el("span", "lane-name", badge, word, el("span", "", team.name));
  const track = route
    ? laneTrack(route.duty, place, (k) => pairBar(route, k, team))
    : el("div", "track", el("span", "no-route", t("no_route")));
  return el("div", side ? "lane now" : "lane before", name, track);
}

function pairBar(route, k, team) {
  const visit = route.duty.visits[k];
  const { change, place, marker } = route.stops[k];
  const { name } = data.enterprises[visit.enterprise];
  const show = () => {
    const kept = route.duty.side ? "before" : "now";
    const over = look.side === "both" && !route.duty.side && !(change && change.kind === "dropped");
    if (look.side === kept || over) chooseSide(route.duty.side ? "now" : "before");
    goTo(place, marker, 14.5);
  };
  const node = button(change ? `changed ${signOf(change)}` : "", show, change ? icon(SIGNS[signOf(change)]) : "", String(k + 1));
  node.style.background = team.fill;
  node.style.color = team.ink;
  const what = change ? `${changeChips(change)[0].textContent} ` : "";
  node.title = `${what}${visit.start}–${visit.end} ${name}`;
  node.setAttribute("aria-label", `${team.name} ${k + 1} ${node.title}`);
  return node;
}

function refreshPairs() {
  const head = dockHead(!look.docked, () => {
    look.docked = !look.docked;
    refreshPairs();
  });
  fillDock(!look.docked, head, ...pairs());
}
