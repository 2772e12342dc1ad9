// The planner's lists: teams and their stops.

function teamRows() {
  const all = view.focus === null ? "" : button("all", () => focus(null), t("all_teams"));
  return [all, el("ul", "teams", ...routesPassing().map(teamRow))].filter(Boolean);
}

function teamRow(route) {
  const { duty } = route;
  const team = data.teams[duty.team];
  const visible = el("input");
  visible.type = "checkbox";
  visible.checked = !view.hidden.has(duty.team);
  visible.setAttribute("aria-label", t("show_team", { name: team.name }));
  visible.addEventListener("change", () => {
    flip(view.hidden, duty.team, !visible.checked);
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
  const page = el("a", "page", t("team_page"));
  page.href = data.files[duty.team];
  const focused = view.focus === route.index;
  const row = el("li", focused ? "team focused" : "team", el("div", "line", el("label", "seen", visible), pressed(choose, focused), page));
  if (focused) row.append(el("ol", "stop-rows", ...stopRows(route)));
  return row;
}

/** Its stops in order, and between them its break and where it was sent elsewhere. */
function stopRows(route) {
  const { duty } = route;
  const steps = (k) => between(duty, k).map((step) => stepRow(...stepWords(duty, step)));
  return [...duty.visits.flatMap((_, k) => [...steps(k), stopRow(route, k)]), ...steps(duty.visits.length)];
}

function stepRow(time, what) {
  return el("li", "step-row", el("span", "time", time), el("span", "what", what));
}

function stopRow(route, k) {
  const visit = route.duty.visits[k];
  const { name } = data.enterprises[visit.enterprise];
  const open = () => goToStop(route, k);
  const dim = filtering() && !visitPasses(visit) ? " dim" : "";
  return el(
    "li",
    "",
    button(
      `stop-row${dim}`,
      open,
      disc("small", route.duty, k + 1),
      el("span", "time", visit.start),
      el("span", "what", name),
      visit.class === "mandatory" ? chip("mandatory", t("mandatory")) : "",
    ),
  );
}

/** So many rows at first, and a button for more: a thousand rows at once help nobody. */
function capped(items, row) {
  const list = el("ul", "rows", ...items.slice(0, view.most).map(row));
  const more = (from) => {
    const rest = items.length - from;
    if (rest <= 0) return "";
    const node = button("all", () => {
      list.append(...items.slice(from, from + 200).map(row));
      const next = more(from + 200);
      if (next) node.replaceWith(next);
      else node.remove();
    }, t("more", { n: Math.min(rest, 200) }));
    return node;
  };
  return [list, more(view.most)].filter(Boolean);
}
