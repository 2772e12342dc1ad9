// What to look at: what bears on the earlier findings comes first.

/** The items of a visit with whether they bear on what was found before, those first, in their own order otherwise. */
function itemsOf(visit) {
  const items = data.checklists[data.enterprises[visit.enterprise].scenario];
  const found = new Set(
    visit.findings.filter((finding) => !finding.rectified_on).flatMap(({ kind, aggravations }) => [kind, ...aggravations]),
  );
  const marked = items.map((item) => ({ ...item, before: item.bears_on.some((key) => found.has(key)) }));
  return [...marked.filter(({ before }) => before), ...marked.filter(({ before }) => !before)];
}

function checklist(route, k, changed) {
  const rows = itemsOf(route.duty.visits[k]).map((item) => checklistItem(route, k, item, changed));
  return el("ol", "items", ...rows);
}

function checklistItem(route, k, { id, label, before }, changed) {
  const kept = draftOf(route, k).checklist;
  const entry = kept[id] || { answer: null, note: "" };
  const note = el("input", "note");
  note.type = "text";
  note.value = entry.note;
  note.placeholder = t("note");
  note.setAttribute("aria-label", `${id} ${t("note")}`);
  note.hidden = !entry.answer;
  note.addEventListener("input", () => {
    entry.note = note.value;
    kept[id] = entry;
    changed();
  });
  const answers = [["pass", t("pass")], ["fail", t("fail")], ["na", t("na")]];
  const choose = choices(`${id} ${either(label)}`, answers, entry.answer, (answer) => {
    entry.answer = answer;
    kept[id] = entry;
    note.hidden = !answer;
    changed();
  }, "answers");
  const text = el("p", "item-text", el("b", "", id), " ", either(label), before ? chip("grave", t("found_before")) : "");
  return el("li", before ? "item before" : "item", text, choose, note);
}
