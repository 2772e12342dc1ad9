// What is known about a stop, as elements: for the list beside the map and for the popups on it.

function visitHead(route, k) {
  const visit = route.duty.visits[k];
  const enterprise = data.enterprises[visit.enterprise];
  return [
    el("div", "line", el("b", "time", `${visit.start}–${visit.end}`), ...chips(visit)),
    heading(enterprise.name),
    enterprise.address ? el("p", "address", enterprise.address) : "",
  ];
}

function chips(visit) {
  return [
    chip(visit.class, t(visit.class)),
    chip("", t(data.enterprises[visit.enterprise].scenario)),
    visit.any_site ? chip("any", t("any_site")) : "",
  ];
}

function visitFacts(visit) {
  return [
    visit.wait ? el("p", "wait", `${t("arrive", { at: visit.arrive })} · ${t("wait", { n: visit.wait })}`) : "",
    findings(visit),
    why(visit),
    particulars(data.enterprises[visit.enterprise]),
  ];
}

function findings(visit) {
  if (!visit.findings.length) return el("p", "address", t("no_findings"));
  const open = visit.findings.filter((found) => !found.rectified_on);
  const closed = visit.findings.filter((found) => found.rectified_on);
  const box = el("div", "findings", ...open.map(finding));
  if (closed.length) box.append(fold(t("earlier", { n: closed.length }), ...closed.map(finding)));
  return box;
}

function finding(found) {
  const state = found.rectified_on ? t("rectified_on", { at: found.rectified_on }) : t("open");
  return el(
    "div",
    found.rectified_on ? "finding closed" : "finding",
    el("div", "line", el("b", "", t(found.kind)), ...found.aggravations.map((a) => chip("grave", t(a)))),
    el("p", "facts", [found.found_on, t(found.action), state].join(" · ")),
    found.rectify_by && !found.rectified_on ? el("p", "facts", t("rectify_by", { at: found.rectify_by })) : "",
    found.here ? "" : el("p", "facts", t("elsewhere")),
    found.note ? el("p", "note", found.note) : "",
  );
}

function why(visit) {
  if (!visit.reasons.length) return "";
  const rows = visit.reasons.map((reason) => {
    const records = reason.records.length ? t("records", { ids: reason.records.join(", ") }) : "";
    const detail = [either(reason.detail), records].filter(Boolean).join(" · ");
    const points = el("td", "points", (reason.points > 0 ? "+" : "") + count(reason.points));
    return el("tr", "", el("td", "", t(reason.term), el("small", "", detail)), points);
  });
  const title = `${t("why")} · ${t("points", { n: count(visit.priority) })}`;
  return fold(title, el("table", "why", el("tbody", "", ...rows)));
}

function particulars(enterprise) {
  const rows = [
    ["operator", enterprise.operator === enterprise.id ? "" : enterprise.operator],
    ["hours", enterprise.hours],
    ["district", enterprise.district ? either(enterprise.district) : ""],
    ["credit_code", enterprise.credit_code],
    ["enterprise_id", enterprise.id],
  ].filter(([, text]) => text);
  return el("dl", "particulars", ...rows.flatMap(([key, text]) => [el("dt", "", t(key)), el("dd", "", text)]));
}

function leg(legData) {
  return `${t("leg", { mode: t(legData.mode), n: legData.minutes })} · ${distance(legData.metres)}`;
}

function stopPopup(route, k) {
  const visit = route.duty.visits[k];
  const team = data.teams[route.duty.team];
  if (data.kind === "team") return el("div", "card", ...visitHead(route, k));
  const whose = el("p", "whose", disc("small", route.duty, k + 1), team.name, PAGE.side ? PAGE.side(route) : "");
  const change = PAGE.change ? PAGE.change(route, k) : "";
  return el("div", "card", whose, change, ...visitHead(route, k), ...visitFacts(visit));
}

/** A place from which a team was sent elsewhere, in words. */
function haltText(halt) {
  return halt.name ? `${halt.name} · ${t("goes_on")}` : t("out_again");
}

function haltPopup(route, halt) {
  const team = data.teams[route.duty.team];
  const whose = data.kind === "team" ? "" : el("p", "whose", disc("small", route.duty, team.number), team.name);
  return el("div", "card", whose, heading(halt.name), el("p", "", t("arrive", { at: halt.arrive })), el("p", "", t("goes_on")));
}

/** What comes before stop k of a duty, or before its end: its break, and where the team was sent elsewhere. */
function between(duty, k) {
  const steps = duty.halts.filter(({ after }) => after === k).map((halt) => ({ halt, at: halt.arrive }));
  if (duty.rest_before === k) steps.push({ at: duty.rest[0] });
  return steps.sort((a, b) => minutesOf(a.at) - minutesOf(b.at));
}

/** When, and what it is. */
function stepWords(duty, { halt }) {
  return halt ? [halt.arrive, haltText(halt)] : [duty.rest.join("–"), t("break")];
}

function depotPopup(route, keys) {
  const { duty } = route;
  const at = { start: duty.shift[0], end: duty.back };
  return el("div", "card", heading(data.teams[duty.team].name), ...keys.map((key) => el("p", "", `${t(key)} ${at[key]}`)));
}
