// From what is written on a form to what the office takes in, and what is not right with it yet.

const OUTCOMES = ["rectified", "partly", "not_rectified", "shut", "not_found"];
const NOBODY_SEEN = ["shut", "not_found"];
const LONGEST_TEXT = 20000; // characters that the office takes in
const FASTEST = 80; // km/h between two visits, as the crow flies: beyond that a time was entered wrongly

/** The moment, local, to the minute: 2026-11-24T09:31. */
function nowText() {
  const now = new Date();
  return new Date(now - now.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
}

/** Text as JSON and UTF-8 can hold it: without control characters and halves of characters. */
function tidy(text) {
  const whole = [...text].map((char) => (/^[\ud800-\udfff]$/.test(char) ? "\ufffd" : char)).join("");
  return whole.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "").trim();
}

/** "ViolationKind.induced" → "induced": what the tables call it. */
const code = (key) => key.split(".")[1];

/** One visit as the office takes it in. */
function outcomeOf(route, k) {
  const visit = route.duty.visits[k];
  const enterprise = data.enterprises[visit.enterprise];
  const draft = draftOf(route, k);
  const answered = data.checklists[enterprise.scenario].filter(
    ({ id }) => draft.checklist[id] && draft.checklist[id].answer,
  );
  const seen = !NOBODY_SEEN.includes(draft.outcome); // what was looked at before a door turned out to be shut stays here
  const checklist = seen ? answered : [];
  return {
    lookback_id: visit.lookback,
    enterprise_id: enterprise.id,
    outcome: draft.outcome,
    arrived: draft.arrived,
    left: draft.left,
    facts: tidy(draft.facts),
    checklist: checklist.map(
      ({ id }) => ({ item: id, answer: draft.checklist[id].answer, note: tidy(draft.checklist[id].note) }),
    ),
    violations: (seen ? draft.violations : []).map((found) => ({
      kind: found.kind && code(found.kind),
      aggravations: found.aggravations.map(code).sort(),
      scope: code(found.scope),
      action: found.action && code(found.action),
      rectify_by: found.rectify_by || null,
      note: tidy(found.note),
    })),
  };
}

/** What a document says before the outcomes. */
function documentHead(revision, date) {
  const whose = { plan_id: data.plan.id, revision, team_id: data.teams[0].id, date };
  return { lookback_outcomes: 1, ...whose, exported_at: nowText() };
}

/** What the office takes in of a day: the visits that have an outcome and nothing wrong. */
function outcomesDocument(route) {
  const ready = route.duty.visits.map((_, k) => k).filter((k) => isReady(route, k));
  const head = documentHead(data.plan.revision, data.days[route.duty.day].date);
  return { ...head, outcomes: ready.map((k) => outcomeOf(route, k)) };
}

/** untouched, started, wrong, ready, exported, or changed since it was. */
function statusOf(route, k) {
  const draft = draftOf(route, k);
  const answered = Object.values(draft.checklist).some(({ answer, note }) => answer || note);
  const touched = draft.outcome || draft.arrived || draft.left || draft.facts || draft.violations.length || answered;
  if (!touched) return "untouched";
  if (faults(route, k).length) return "wrong";
  if (!draft.outcome) return "started";
  if (draft.exported === null) return "ready";
  return draft.exported === JSON.stringify(outcomeOf(route, k)) ? "exported" : "changed";
}

/** Whether it can be handed over, or has been. */
function isReady(route, k) {
  return ["ready", "exported", "changed"].includes(statusOf(route, k));
}

/** Whether nothing more is to be done there. */
function isDone(route, k) {
  const { outcome, left } = draftOf(route, k);
  return outcome !== null || left !== null;
}

/** What must be put right before a visit can be exported. */
function faults(route, k) {
  const draft = draftOf(route, k);
  const found = [];
  const span = spanOf(draft);
  if (draft.arrived && draft.left && draft.left < draft.arrived) found.push(t("left_before"));
  route.duty.visits.forEach((_, other) => {
    const theirs = other === k ? null : spanOf(draftOf(route, other));
    if (span && theirs && overlap(span, theirs)) found.push(t("overlaps", { n: other + 1 }));
  });
  if (draft.left && !draft.arrived) found.push(t("left_alone"));
  const { date } = data.days[route.duty.day];
  if ([draft.arrived, draft.left].some((at) => at && at.slice(0, 10) !== date)) found.push(t("other_day"));
  const violations = NOBODY_SEEN.includes(draft.outcome) ? [] : draft.violations;
  if (violations.some(({ kind, action }) => !kind || !action)) found.push(t("incomplete_violation"));
  if (violations.some(({ rectify_by: by }) => by && by < date)) found.push(t("deadline_past"));
  return found;
}

/** What is doubtful: it is exported all the same. */
function doubts(route, k) {
  const draft = draftOf(route, k);
  const found = [];
  const words = conclusionsIn(
    [
      draft.facts,
      ...draft.violations.map(({ note }) => note),
      ...Object.values(draft.checklist).map(({ note }) => note),
    ].join("\n"),
  );
  if (words.length) found.push(t("conclusion", { words: words.join(state.lang ? ", " : "、") }));
  if (draft.outcome && !draft.arrived) found.push(t("no_arrival"));
  const before = latestBefore(route, k);
  if (before !== null) {
    const hours = (new Date(draft.arrived) - new Date(spanOf(draftOf(route, before))[1])) / 3600000;
    const [a, b] = [before, k].map((stop) => L.latLng(data.enterprises[route.duty.visits[stop].enterprise].at.wgs84));
    if (a.distanceTo(b) / 1000 > FASTEST * hours + 0.3) found.push(t("too_fast", { n: before + 1 }));
  }
  return found;
}

const spanOf = ({ arrived, left }) => (arrived || left ? [arrived || left, left || arrived] : null);

/** Two records may touch, and never overlap. */
function overlap([from, to], [from2, to2]) {
  return from === from2 || (from < to2 && from2 < to);
}

/** The visit that ended last before this one began. */
function latestBefore(route, k) {
  const { arrived } = draftOf(route, k);
  if (!arrived) return null;
  const ended = route.duty.visits.map((_, other) => other).filter((other) => {
    const span = other === k ? null : spanOf(draftOf(route, other));
    return span && span[1] <= arrived;
  });
  const end = (other) => spanOf(draftOf(route, other))[1];
  return ended.length ? ended.reduce((best, next) => (end(next) > end(best) ? next : best)) : null;
}

/** Words that conclude instead of observing, as they stand in a text. */
function conclusionsIn(text) {
  const lower = text.toLowerCase();
  return data.conclusions.filter((word) => lower.includes(word));
}
