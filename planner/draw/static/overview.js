// The whole plan on paper: the figures, a schematic, each team's list, and what is left with its reasons.

function overviewSheets() {
  const day = data.days[state.day];
  const routes = routesToday();
  const sum = data.totals;
  const figures = [
    `${t("visits")} ${count(sum.look_backs + sum.spot_checks)}`,
    `${t("mandatory_done")} ${t("of", { n: sum.mandatory, all: sum.mandatory + sum.mandatory_missed })}`,
    `${t("priority")} ${count(sum.priority)}`,
    data.bound ? boundText() : "",
    `${t("travel")} ${duration(sum.travel_seconds)}`,
  ];
  const first = el(
    "article",
    "paper",
    el("h1", "", `${t("title")} · ${dayName(day)}`),
    el("p", "figures", ...figures.filter(Boolean).map((text) => el("span", "", text))),
    routes.length ? sketch(routes, false, 540) : "",
    paperTable(["no", "team", "first_to_last", "stops_short", "mandatory_done", "officers"], routes.map(({ duty }) => {
      const team = data.teams[duty.team];
      const due = duty.visits.filter((visit) => visit.class === "mandatory").length;
      return paperRow(
        [
          team.number,
          team.name,
          `${duty.shift[0]}–${duty.back}`,
          duty.visits.length,
          due || "",
          team.officers.join(state.lang ? ", " : "、"),
        ],
      );
    })),
    el("p", "origin", `${origin()} · ${t("internal")}`),
  );
  return [first, leftSheet(), routeSheet(routes)];
}

function leftSheet() {
  const must = data.unvisited.filter((left) => left.class === "mandatory");
  const others = data.unvisited.filter((left) => left.class !== "mandatory" && left.priority).slice(0, 25);
  const row = (left) => {
    const enterprise = data.enterprises[left.enterprise];
    return paperRow([enterprise.name, enterprise.address, either(left.reason), either(left.hint), count(left.priority)]);
  };
  const columns = ["name", "address", "why_unvisited", "hint", "priority_short"];
  return el(
    "article",
    "paper",
    el("h1", "", t("unvisited")),
    paperTable(
      ["rule", "how_many", "priority_left"],
      data.rules.map((rule) => paperRow([either(rule.label), count(rule.count), count(rule.points)])),
    ),
    must.length ? el("h2", "", t("missed_mandatory")) : "",
    must.length ? paperTable(columns, must.map(row)) : "",
    others.length ? el("h2", "", t("most_pressing", { n: others.length })) : "",
    others.length ? paperTable(columns, others.map(row)) : "",
    el("p", "origin", `${origin()} · ${t("internal")}`),
  );
}

function routeSheet(routes) {
  const lists = routes.map(({ duty }) => {
    const team = data.teams[duty.team];
    const steps = (k) => between(duty, k).map((step) => paperRow(["", ...stepWords(duty, step), "", ""]));
    const stops = duty.visits.map((visit, k) => {
      const enterprise = data.enterprises[visit.enterprise];
      return paperRow(
        [
          k + 1,
          `${visit.start}–${visit.end}`,
          enterprise.name,
          enterprise.address,
          `${t(enterprise.scenario)} · ${t(visit.class)}`,
        ],
      );
    });
    const rows = [...stops.flatMap((stop, k) => [...steps(k), stop]), ...steps(stops.length)];
    return el(
      "section",
      "",
      el("h2", "", `${team.number} ${team.name} · ${duty.shift[0]}–${duty.back}`),
      paperTable(["no", "time", "name", "address", "what"], rows),
    );
  });
  return el("article", "paper lists", ...lists, el("p", "origin", `${origin()} · ${t("internal")}`));
}
