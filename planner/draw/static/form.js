// The record of one visit: one sheet, one thumb, kept at each touch.

function openForm(route, k) {
  const visit = route.duty.visits[k];
  const draft = draftOf(route, k);
  const parts = { state: el("p", "saved", ""), warnings: el("div", "warnings"), items: el("section", "block"), violations: el("section", "block") };
  parts.warnings.setAttribute("aria-live", "polite");
  const changed = () => {
    saveDrafts();
    refreshForm(route, k, parts);
  };
  const outcomes = choices(t("outcome"), OUTCOMES.map((key) => [key, t(key)]), draft.outcome, (value) => {
    draft.outcome = value;
    changed();
  }, "outcomes");
  const facts = el("textarea", "facts-field");
  facts.rows = 4;
  facts.maxLength = LONGEST_TEXT;
  facts.value = draft.facts;
  facts.placeholder = t("facts_hint");
  facts.setAttribute("aria-label", t("facts"));
  facts.addEventListener("input", () => {
    draft.facts = facts.value;
    changed();
  });
  parts.violations.append(el("h3", "", t("new_violations")), violationsForm(route, k, changed));
  parts.items.append(el("h3", "", t("checklist")), checklist(route, k, changed));
  const times = el("div", "times", timeField(route, k, "arrived", changed), timeField(route, k, "left", changed));
  const body = el(
    "div",
    "sheet-body form",
    el("p", "address", data.enterprises[visit.enterprise].address),
    times,
    fold(t("findings_before", { n: visit.findings.length }), findings(visit)),
    el("section", "block", el("h3", "", t("outcome")), outcomes),
    parts.items,
    el("section", "block", el("h3", "", t("facts")), facts),
    parts.violations,
    parts.warnings,
    parts.state,
  );
  if (visit.findings.length) body.querySelector("details").open = true;
  const sheet = openSheet(
    "form-sheet",
    [disc("", route.duty, k + 1), data.enterprises[visit.enterprise].name],
    body,
    () => refreshStops(route),
  );
  sheet.append(el("div", "sheet-foot", button("primary", () => sheet.close(), t("done"))));
  refreshForm(route, k, parts, false);
}

/** One tap for now; the time can be mended, and taken back. */
function timeField(route, k, key, changed) {
  const draft = draftOf(route, k);
  const field = el("input");
  field.type = "time";
  field.setAttribute("aria-label", t(key));
  const show = () => {
    field.value = draft[key] ? draft[key].slice(11) : "";
    stamp.classList.toggle("set", Boolean(draft[key]));
  };
  field.addEventListener("change", () => {
    draft[key] = field.value ? `${data.days[route.duty.day].date}T${field.value}` : null;
    show();
    changed();
  });
  const stamp = button(`stamp ${key}`, () => {
    draft[key] = nowText();
    show();
    changed();
  }, t(key), el("small", "", t("now")));
  show();
  return el("div", "time-field", stamp, field);
}

function refreshForm(route, k, parts, kept = true) {
  parts.items.hidden = parts.violations.hidden = NOBODY_SEEN.includes(draftOf(route, k).outcome);
  const line = (level) => (text) => el("p", level, text);
  parts.warnings.replaceChildren(...faults(route, k).map(line("fault")), ...doubts(route, k).map(line("doubt")));
  parts.state.className = drafts.keeps ? "saved" : "saved not-kept";
  if (!drafts.keeps) parts.state.textContent = t("not_kept");
  else parts.state.textContent = kept ? t("kept_at", { at: nowText().slice(11) }) : t("kept_here");
}
