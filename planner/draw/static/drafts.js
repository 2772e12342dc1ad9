// What the officer has written so far, kept in the browser at each touch; nothing of it leaves before it is exported.

/** By look-back: what a form holds, and what was last exported of it. */
const drafts = { of: new Map(), keeps: true, saving: Promise.resolve() };

function freshDraft() {
  const written = { outcome: null, arrived: null, left: null, facts: "", checklist: {}, violations: [] };
  return { ...written, ready: null, date: null, exported: null, exported_at: null };
}

function draftKey() {
  return `lookback ${data.plan.id}@${data.plan.revision} ${data.teams[0].id}`;
}

function draftOf(route, k) {
  const { lookback } = route.duty.visits[k];
  if (!drafts.of.has(lookback)) drafts.of.set(lookback, freshDraft());
  return drafts.of.get(lookback);
}

async function loadDrafts() {
  try {
    const kept = localStorage.getItem(draftKey());
    localStorage.setItem("lookback", "1"); // whether it can be written at all shows now, not at the first visit
    if (kept) drafts.of = new Map(JSON.parse(await reopened(kept)));
  } catch {
    drafts.keeps = false;
  }
}

/** Keep everything, now: a page may be closed at any moment. */
function saveDrafts() {
  for (const route of shown.routes) {
    route.duty.visits.forEach((visit, k) => {
      if (!drafts.of.has(visit.lookback)) return;
      const draft = draftOf(route, k);
      draft.ready = isReady(route, k) ? JSON.stringify(outcomeOf(route, k)) : null; // what another page can hand over
      draft.date = data.days[route.duty.day].date;
    });
  }
  const text = JSON.stringify([...drafts.of]);
  if (!vault.key) {
    keep(text);
    return;
  }
  drafts.saving = drafts.saving.then(() => closed(text)).then(keep);
}

function keep(text) {
  try {
    localStorage.setItem(draftKey(), text);
    drafts.keeps = true;
  } catch {
    if (drafts.keeps) toast(t("not_kept"));
    drafts.keeps = false;
  }
}

function forgetDrafts() {
  drafts.of = new Map();
  try {
    localStorage.removeItem(draftKey());
  } catch {
    drafts.keeps = false;
  }
}
