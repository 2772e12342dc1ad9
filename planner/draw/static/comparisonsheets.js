// Before and after on paper: what was reported, two schematics, every change, the teams, and whom to tell.

function comparisonSheets() {
  const routes = shown.routes.filter(({ duty }) => duty.day === state.day);
  const box = middlePlaces(changedPlaces()).map(({ lat, lng }) => [lat, lng]);
  const drawing = (side) => {
    const those = routes.filter(({ duty }) => duty.side === side);
    if (!those.length) return "";
    return el("figure", "", el("figcaption", "", t(`side_${side ? "now" : "before"}`)), sketch(those, false, 260, box));
  };
  const first = el(
    "article",
    "paper",
    el("h1", "", `${t("title")} · ${dayName(data.days[state.day])}`),
    el("p", "figures", ...["moved", "dropped", "added"].map(
      (kind) => el("span", "", `${t(kind)} ${data.changes.filter((change) => change.kind === kind).length}`),
    )),
    el("ul", "", ...data.events.map(({ text }) => el("li", "", either(text)))),
    drawing(0),
    drawing(1),
    paperTable(["what_changed", "name", "side_before", "side_now", "why_changed"], data.changes.map((change) => paperRow([
      changeChips(change).filter(Boolean).map((node) => node.textContent).join(" "),
      data.enterprises[change.enterprise].name,
      whereText(change.sides[0]),
      whereText(change.sides[1]),
      causeText(change),
    ]))),
    el("p", "origin", `${origin()} · ${t("internal")}`),
  );
  const second = el(
    "article",
    "paper",
    el("h1", "", t("tab_teams")),
    paperTable(["team", "stops_short", "work", "end"], data.team_changes.map(({ team, visits, minutes, back }) => paperRow([
      data.teams[team].name,
      visits.join(" → "),
      signed(minutes),
      back.map((at) => at || t("none")).join(" → "),
    ]))),
    el("h2", "", t("tab_told")),
    el("ul", "told", ...data.messages.map((message) => el("li", "", toldText(message)))),
    el("p", "origin", `${origin()} · ${t("internal")}`),
  );
  return [first, second];
}
