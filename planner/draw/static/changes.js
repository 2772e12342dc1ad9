// The changes: each with what it was, what it is, and why; together under what was reported.

function whereText(slot) {
  if (!slot) return t("nowhere");
  const day = data.days.length > 1 ? `${data.days[slot.day].date.slice(5)} ` : "";
  return `${data.teams[slot.team].name} ${day}${slot.start}–${slot.end}`;
}

/** Before and now, one below the other, the words in front of them. */
function sidesOf({ sides }) {
  return el(
    "span",
    "sides",
    ...["before", "now"].flatMap((side, k) => [
      el("span", "side-name", t(`short_${side}`)),
      el("span", k === 0 ? "was" : "is", whereText(sides[k])),
    ]),
  );
}

function causeText({ cause, event, other }) {
  const name = other < 0 ? "" : data.enterprises[other].name;
  const because = event === null ? "" : t("event_n", { n: event });
  if (cause === "event") return because;
  return [t(`cause_${cause}`, { name }), because].filter(Boolean).join(state.lang ? ", " : ",");
}

function changeChips(change) {
  const words = change.kind === "moved" ? change.aspects.map((aspect) => t(`aspect_${aspect}`)) : [t(change.kind)];
  return [
    ...words.map((word) => chip(`change ${signOf(change)}`, word)),
    change.mandatory ? chip("mandatory", t("mandatory")) : "",
  ];
}

/** Why, where the event above it does not say it: what took the time, and what keeps it out of the plan. */
function under(change) {
  const why = change.cause === "event" ? "" : causeText({ ...change, event: null });
  const kept = change.left ? either(change.left) : "";
  return el("small", "cause", [why, kept].filter(Boolean).join(" · "));
}

function changeRow(change) {
  return el(
    "li",
    "",
    button(
      "change-row",
      () => goToChange(change),
      sign(change),
      el(
        "span",
        "what",
        el("span", "line", el("b", "", data.enterprises[change.enterprise].name), ...changeChips(change)),
        sidesOf(change),
        under(change),
      ),
    ),
  );
}

/** Under each event what it led to, and last what nothing reported explains. */
function changeList() {
  if (!data.changes.length && !data.events.length) return [el("p", "empty", t("same"))];
  const led = (event) => data.changes.filter((change) => change.event === event);
  const known = new Set(data.events.map(({ id }) => id));
  const groups = data.events.map(({ id, text, left }) => changeGroup(either(text), led(id), left && either(left)));
  const others = data.changes.filter(({ event }) => !known.has(event));
  if (others.length) groups.push(changeGroup(t("no_event"), others));
  const broken = data.broken.map(({ enterprise, left }) =>
    el("p", "fault", t("broken", { name: data.enterprises[enterprise].name }), left ? ` · ${either(left)}` : ""),
  );
  return [...broken, ...groups, signLegend()];
}

/** An event with what it led to; `left` says why nobody can go where it asks for, and what one could do. */
function changeGroup(title, changes, left) {
  return el(
    "section",
    "change-group",
    el("h2", "", title),
    left ? el("p", "fault", t("urgent_left", { reason: left[0], hint: left[1] })) : "",
    changes.length ? el("ul", "change-rows", ...changes.map(changeRow)) : "",
    changes.length || left ? "" : el("p", "quiet", t("no_consequence")),
  );
}

function signLegend() {
  const row = (key) => el("li", "", el("i", `sign-disc ${key}`, icon(SIGNS[key])), t(`sign_${key}`));
  const line = (side) => el("li", "", el("span", `line-sample ${side}`), t(`line_${side}`));
  return fold(t("legend"), el("ul", "legend", ...Object.keys(SIGNS).map(row), ...["before", "now"].map(line)));
}

/** What differs at a stop, on its card on the map. */
function changeCard(route, k) {
  const { change } = route.stops[k];
  if (!change) return "";
  return el(
    "div",
    "change-card",
    el("div", "line", sign(change), ...changeChips(change)),
    sidesOf(change),
    el("p", "cause", [eventText(change.event), change.cause === "event" ? "" : causeText({ ...change, event: null })].filter(Boolean).join(" · ")),
    change.left ? el("p", "reason", either(change.left)) : "",
  );
}

function eventText(id) {
  const event = data.events.find((one) => one.id === id);
  return event ? either(event.text) : "";
}
