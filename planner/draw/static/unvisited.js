// What is left: by the rule that stopped it, with what one could do and what was planned instead.

function unvisitedRows() {
  const passing = data.unvisited.map((_, k) => k).filter((k) => leftPasses(data.unvisited[k]));
  const groups = data.rules.map(
    (rule, number) => ({ rule, number, rows: passing.filter((k) => data.unvisited[k].rule === number) }),
  );
  const must = passing.filter((k) => data.unvisited[k].class === "mandatory");
  return [
    must.length ? group("must", t("missed_mandatory"), must, "dot missed") : "",
    ...groups.filter(({ rows }) => rows.length).map(
      ({ rule, number, rows }) => group(number, either(rule.label), rows, "dot"),
    ),
  ].filter(Boolean);
}

/** The rows of one rule, most pressing first; they are made when somebody opens them. */
function group(key, title, rows, sign) {
  const dot = el("i", sign);
  if (sign === "dot") dot.style.background = shade(key);
  const points = rows.reduce((sum, k) => sum + data.unvisited[k].priority, 0);
  const summary = el(
    "summary",
    "",
    el(
      "span",
      "line",
      dot,
      el("b", "what", title),
      el("span", "points", t("group_count", { n: count(rows.length), points: count(points) })),
    ),
  );
  const box = el("details", "group", summary);
  const fill = () => {
    if (box.open && box.children.length === 1) box.append(...capped(rows, unvisitedRow));
  };
  box.addEventListener("toggle", () => {
    view.opened = box.open ? key : view.opened === key ? null : view.opened;
    fill();
  });
  box.open = view.opened === key || (view.opened === undefined && key === "must");
  fill();
  return box;
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
      el(
        "span",
        "line",
        dot,
        el("b", "what", name),
        left.class === "mandatory" ? chip("mandatory", t("mandatory")) : "",
        el("span", "points", t("points", { n: count(left.priority) })),
      ),
      el("small", "", either(left.reason)),
      either(left.hint) ? el("small", "hint", either(left.hint)) : "",
    ),
  );
}

function unvisitedCard(k) {
  const left = data.unvisited[k];
  const enterprise = data.enterprises[left.enterprise];
  return el(
    "div",
    "card",
    el(
      "div",
      "line",
      chip(left.class, t(left.class)),
      chip("", t(enterprise.scenario)),
      ...left.kinds.map((kind) => chip("grave", t(kind))),
      chip("", t("points", { n: count(left.priority) })),
    ),
    heading(enterprise.name),
    enterprise.address ? el("p", "address", enterprise.address) : "",
    el("p", "reason", either(left.reason)),
    either(left.hint) ? el("p", "hint", el("b", "", t("hint")), either(left.hint)) : "",
    instead(left, enterprise),
    particulars(enterprise),
  );
}

/** What the same authority's ground got although it has fewer points: what this one was given up for. */
function instead(left, { area }) {
  if (area < 0 || !left.priority) return "";
  const authority = data.authorities[area];
  const there = (visit) => {
    const other = data.enterprises[visit.enterprise].area;
    return other >= 0 && data.authorities[other] === authority && visit.priority < left.priority;
  };
  const stops = shown.routes.flatMap(
    (route) => route.duty.visits.map((visit, k) => ({ route, k, visit })).filter(({ visit }) => there(visit)),
  );
  if (!stops.length) return "";
  stops.sort((a, b) => a.visit.priority - b.visit.priority);
  const rows = stops.slice(0, 5).map(({ route, k, visit }) => {
    const team = data.teams[route.duty.team].name;
    const facts = `${team} ${visit.start} · ${t(visit.class)} · ${t("points", { n: count(visit.priority) })}`;
    return el(
      "li",
      "",
      button("link-button", () => goToStop(route, k), data.enterprises[visit.enterprise].name, el("small", "", facts)),
    );
  });
  return fold(`${t("instead")} (${stops.length})`, el("p", "quiet", t("instead_why")), el("ul", "also", ...rows));
}
