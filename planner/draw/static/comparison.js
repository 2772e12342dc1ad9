// Before and after a replan: what changed and why, each team's day twice, and whom to tell.

function comparisonHead() {
  const { before, plan } = data;
  const same = before.id === plan.id;
  const which = same ? t("from_to", { id: plan.id, before: before.revision, now: plan.revision }) : [before, plan].map((one) => t("plan_id", one)).join(" → ");
  const sheet = button("switch print-switch", () => window.print(), t("print"));
  return [
    el("div", "line", el("h1", "", t("title")), el("span", "grow"), sheet, languageButton()),
    el(
      "p",
      "day",
      data.days.length === 1 ? dayName(data.days[0]) : "",
      el("span", "which", which),
      el("span", "internal", t("internal")),
    ),
    dayButtons(),
    changeTotals(),
  ];
}

function signed(minutes) {
  return t("minutes", { n: minutes > 0 ? `+${minutes}` : String(minutes).replace("-", "−") });
}

function changeTotals() {
  const figure = (key, value, note) => el("div", "figure", el("dt", "", t(key)), el("dd", "", value), note ? el("dd", "note", note) : "");
  const counts = Object.fromEntries(
    ["moved", "dropped", "added"].map((kind) => [kind, data.changes.filter((change) => change.kind === kind).length]),
  );
  const minutes = data.team_changes.reduce((sum, team) => sum + team.minutes, 0);
  return el(
    "dl",
    "totals",
    figure("moved", String(counts.moved), data.retimed ? t("retimed", { n: data.retimed }) : ""),
    figure("dropped", String(counts.dropped)),
    figure("added", String(counts.added)),
    figure("work", signed(minutes)),
  );
}

function comparisonTabs() {
  const counts = { changes: data.changes.length, teams: data.team_changes.length, told: data.messages.length };
  const choose = (tab) => () => {
    look.tab = tab;
    refreshComparison();
  };
  return el(
    "div",
    "tabs",
    ...Object.keys(counts).map(
      (tab) => pressed(button(`tab ${tab}`, choose(tab), `${t(`tab_${tab}`)} ${counts[tab]}`), tab === look.tab),
    ),
  );
}

function teamChangeList() {
  if (!data.team_changes.length) return [el("p", "empty", t("same"))];
  const all = look.team === null ? "" : button("all", () => focusTeam(null), t("all_teams"));
  return [all, el("ul", "teams", ...data.team_changes.map(teamChangeRow))].filter(Boolean);
}

function teamChangeRow(change) {
  const { name, number, fill, ink } = data.teams[change.team];
  const badge = el("span", "disc", String(number));
  Object.assign(badge.style, { background: fill, color: ink });
  const [before, now] = change.visits;
  const back = change.back.map((at) => at || t("none"));
  const facts = [
    data.days.length > 1 ? data.days[change.day].date.slice(5) : "",
    before === now ? t("stops", { n: now }) : t("stops_from_to", { before, now }),
    `${t("work")} ${signed(change.minutes)}`,
    back[0] === back[1] ? t("back_same", { at: back[1] }) : t("back_from_to", { before: back[0], now: back[1] }),
  ].filter(Boolean);
  const chosen = look.team === change.team && state.day === change.day;
  const choose = button(
    "choose",
    () => focusTeam(chosen ? null : change),
    badge,
    el("span", "who", el("b", "", name), el("small", "facts", ...facts.map((fact) => el("span", "", fact)))),
  );
  return el("li", chosen ? "team focused" : "team", el("div", "line", pressed(choose, chosen)));
}

/** One team's day twice; null: all that differ. */
function focusTeam(change) {
  look.team = change && change.team;
  shown.map.closePopup();
  if (change && change.day !== state.day) {
    state.day = change.day;
    render();
  } else {
    refreshComparison();
  }
  fitChanges(false);
}

function comparisonPage() {
  document.getElementById("head").replaceChildren(...comparisonHead());
  shown.tabs = comparisonTabs();
  shown.body = el("div", "body");
  document.getElementById("panel").replaceChildren(el("div", "tools", shown.tabs), shown.body);
  refreshComparison();
}

/** Lists, lanes and map after something was chosen. */
function refreshComparison() {
  shown.tabs.replaceWith((shown.tabs = comparisonTabs()));
  shown.body.replaceChildren(...{ changes: changeList, teams: teamChangeList, told: toldList }[look.tab]());
  document.body.classList.toggle("on-timeline", look.tab === "teams");
  refreshPairs();
  applySide();
}

function startComparison() {
  markChanges();
  const days = data.changes.flatMap(({ sides }) => sides.filter(Boolean).map(({ day }) => day));
  if (days.length) state.day = Math.min(...days);
}

const PAGE = {
  start: startComparison,
  show: comparisonPage,
  open: () => fitChanges(true),
  fit: () => fitChanges(false),
  tools: () => [sideSwitch()],
  paper: comparisonSheets,
  badges: isCrowded,
  side: ({ duty }) => chip("", t(`side_${duty.side ? "now" : "before"}`)),
  change: changeCard,
};
