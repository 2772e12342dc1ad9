// New violations found at a visit.

const DEADLINES = [3, 7, 15, 30]; // calendar days, as one usually sets them

function newViolation() {
  return { kind: "", aggravations: [], scope: data.codes.scope[0], action: "", rectify_by: "", note: "" };
}

/** The violations of a draft, each with its fields, and a button for one more. */
function violationsForm(route, k, changed) {
  const box = el("div", "violations");
  const draw = () => {
    const { violations } = draftOf(route, k);
    const add = button("secondary", () => {
      violations.push(newViolation());
      changed();
      draw();
    }, `+ ${t("add_violation")}`);
    box.replaceChildren(...violations.map((found, n) => violationForm(found, n, changed, () => {
      violations.splice(n, 1);
      changed();
      draw();
    })), add);
  };
  draw();
  return box;
}

function violationForm(found, n, changed, remove) {
  const set = (key) => (value) => {
    found[key] = value;
    changed();
  };
  const options = (name) => data.codes[name].map((key) => [key, t(key)]);
  const pick = (name, text) => labelled(text, select(text, [["", t("choose")], ...options(name)], found[name], set(name)));
  const aggravations = data.codes.aggravation.map((key) => checkbox(t(key), found.aggravations.includes(key), (on) => {
    found.aggravations = on ? [...found.aggravations, key] : found.aggravations.filter((other) => other !== key);
    changed();
  }));
  const scope = labelled(t("scope"), select(t("scope"), options("scope"), found.scope, set("scope")));
  const note = el("textarea");
  note.rows = 2;
  note.maxLength = LONGEST_TEXT;
  note.value = found.note;
  note.addEventListener("input", () => set("note")(note.value));
  const drop = button("quiet-button", remove, t("remove"));
  return el(
    "fieldset",
    "violation",
    el("legend", "", t("violation_n", { n: n + 1 })),
    el("div", "pair", pick("kind", t("kind")), pick("action", t("action"))),
    el("div", "checks", ...aggravations),
    el("div", "pair", scope, deadline(found, changed)),
    labelled(t("note"), note),
    drop,
  );
}

function deadline(found, changed) {
  const field = el("input");
  field.type = "date";
  field.value = found.rectify_by;
  const set = (value) => {
    found.rectify_by = field.value = value;
    changed();
  };
  field.addEventListener("change", () => set(field.value));
  const quick = DEADLINES.map((days) => button("quick", () => set(daysFromNow(days)), t("plus_days", { n: days })));
  return el("div", "field", labelled(t("rectify_until"), field, ""), el("div", "quicks", ...quick));
}

function daysFromNow(days) {
  const day = new Date(`${nowText().slice(0, 10)}T00:00Z`);
  day.setUTCDate(day.getUTCDate() + days);
  return day.toISOString().slice(0, 10);
}
