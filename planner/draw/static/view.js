// What the planner is looking at: which tab, which team, which filter.

const view = {
  tab: "teams",
  focus: null,
  hidden: new Set(),
  rules: new Set(),
  ground: true,
  shaded: true,
  docked: true,
  query: "",
  most: 60,
  filter: { area: "", scenario: "", kind: "", class: "" },
};

function filtering() {
  return Object.values(view.filter).some(Boolean);
}

/** Whether something planned or left passes the filter; `kinds` are those of its open violations. */
function passes({ enterprise, class: ofClass }, kinds) {
  const { area, scenario } = data.enterprises[enterprise];
  const { filter } = view;
  return (
    (!filter.area || String(area) === filter.area) &&
    (!filter.scenario || scenario === filter.scenario) &&
    (!filter.class || ofClass === filter.class) &&
    (!filter.kind || kinds.includes(filter.kind))
  );
}

function visitPasses(visit) {
  return passes(visit, visit.findings.filter((found) => !found.rectified_on).map(({ kind }) => kind));
}

function leftPasses(left) {
  return passes(left, left.kinds);
}

function routesToday() {
  return shown.routes.filter(({ duty }) => duty.day === state.day);
}

/** The routes of the day that have a stop which passes the filter. */
function routesPassing() {
  return filtering() ? routesToday().filter(({ duty }) => duty.visits.some(visitPasses)) : routesToday();
}

function filterBar() {
  const set = (key) => (value) => {
    view.filter[key] = value;
    view.most = 60;
    refreshPlan();
  };
  const areas = data.districts.map((names, k) => [String(k), either(names)]).sort(
    (a, b) => a[1].localeCompare(b[1], state.lang ? "en" : "zh"),
  );
  const coded = (prefix) => Object.keys(data.texts).filter((key) => key.startsWith(`${prefix}.`)).map((key) => [key, t(key)]);
  const classes = ["mandatory", "look_back", "spot_check"].map((key) => [key, t(key)]);
  const pick = (key, none, options) => select(t(none), [["", t(none)], ...options], view.filter[key], set(key));
  const clear = button("quiet-button", () => {
    for (const key of Object.keys(view.filter)) view.filter[key] = "";
    refreshPlan();
  }, t("clear"));
  const bar = fold(
    t("filter"),
    el(
      "div",
      "filters",
      pick("area", "any_district", areas),
      pick("scenario", "any_scenario", coded("Scenario")),
      pick("kind", "any_kind", coded("ViolationKind")),
      pick("class", "any_class", classes),
    ),
    filtering() ? el("p", "line", matchCount(), el("span", "grow"), clear) : "",
  );
  bar.className = "filter";
  bar.open = filtering() || view.filterOpen;
  bar.addEventListener("toggle", () => (view.filterOpen = bar.open));
  return bar;
}

function matchCount() {
  const n = routesToday().reduce((sum, { duty }) => sum + duty.visits.filter(visitPasses).length, 0);
  const left = data.unvisited.filter(leftPasses).length;
  const node = el("span", "", t("matching", { n, left }));
  node.setAttribute("role", "status");
  return node;
}
