// A team's day on paper: the list, a schematic, and room to write.

function daySheets() {
  const route = routeToday();
  const { duty } = route;
  const team = data.teams[duty.team];
  const facts = [
    `${t("shift")} ${duty.shift.join("–")}`,
    duty.rest ? `${t("break")} ${duty.rest.join("–")}` : "",
    `${t("return")} ${duty.back}`,
    `${t("officers")} ${team.officers.join(state.lang ? ", " : "、")}`,
  ];
  const steps = (k) => between(duty, k).map(({ halt }) => (
    halt ? paperStep(`${halt.arrive} ${haltText(halt)}`) : paperStep(`${t("break")} ${duty.rest.join("–")}`)
  ));
  const rows = duty.visits.flatMap((_, k) => [...steps(k), paperStop(route, k)]);
  rows.push(...steps(duty.visits.length));
  return [
    el(
      "article",
      "paper",
      el("h1", "", `${team.name} · ${dayName(data.days[duty.day])}`),
      el("p", "", facts.filter(Boolean).join(" · ")),
      sketch([route], true, 330),
      paperTable(["no", "time", "name", "what_before", "look_at", "written"], rows, "day-table"),
      ...itemKeys(duty),
      el("p", "signatures", `${t("signatures")} ________________   ________________   ${t("date")} ____________`),
      el("p", "origin", `${origin()} · ${t("internal")}`),
    ),
  ];
}

/** What is no stop. */
function paperStep(text) {
  const cell = el("td", "rest", text);
  cell.colSpan = 6;
  return el("tr", "", cell);
}

function paperStop(route, k) {
  const visit = route.duty.visits[k];
  const enterprise = data.enterprises[visit.enterprise];
  const open = visit.findings.filter((found) => !found.rectified_on);
  const before = open.map(
    (found) => el(
      "p",
      "",
      [
        found.found_on,
        t(found.kind),
        t(found.action),
        found.rectify_by && t("rectify_by", { at: found.rectify_by }),
        found.note,
      ].filter(Boolean).join(" · "),
    ),
  );
  const items = itemsOf(visit).map(({ id, before: linked }) => el("span", linked ? "box linked" : "box", `□${id}`));
  const wait = visit.wait ? el("small", "", t("wait", { n: visit.wait })) : "";
  return el(
    "tr",
    "",
    el("td", "", String(k + 1)),
    el("td", "time", `${visit.start}–${visit.end}`, wait, el("small", "", leg(visit.leg))),
    el(
      "td",
      "",
      el("b", "", enterprise.name),
      el("small", "", enterprise.address),
      el("small", "", `${t(enterprise.scenario)} · ${t(visit.class)}${visit.any_site ? ` · ${t("any_site")}` : ""}`),
    ),
    el("td", "", ...before),
    el("td", "boxes", ...items),
    el(
      "td",
      "written",
      el("p", "", `${t("arrived")} ____ ${t("left")} ____`),
      el("p", "", ...OUTCOMES.map((key) => el("span", "box", `□${t(key)}`))),
      el("p", "room", ""),
    ),
  );
}

/** What the items' short names stand for, scenario by scenario. */
function itemKeys(duty) {
  const scenarios = [...new Set(duty.visits.map((visit) => data.enterprises[visit.enterprise].scenario))];
  return scenarios.map(
    (scenario) => el(
      "p",
      "item-keys",
      el("b", "", `${t(scenario)} `),
      ...data.checklists[scenario].map(({ id, label }) => el("span", "", el("b", "", id), ` ${either(label)} `)),
    ),
  );
}
