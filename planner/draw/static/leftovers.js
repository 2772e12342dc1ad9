// What was written on the page of another revision of the same plan and is not exported yet: a new page hands it over.

/** Storage keys of this team's other revisions, with the revision. */
function otherRevisions() {
  const [before, after] = draftKey().split(`@${data.plan.revision} `);
  try {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(`${before}@`) && key.endsWith(` ${after}`) && key !== draftKey())
      .map((key) => ({ key, revision: Number(key.slice(before.length + 1).split(" ")[0]) }));
  } catch {
    return [];
  }
}

/** For each revision and date with something left: what a document of it would say. Sealed pages keep theirs sealed. */
function leftovers() {
  return otherRevisions().flatMap(({ key, revision }) => {
    try {
      const kept = JSON.parse(localStorage.getItem(key)).map(([, draft]) => draft).filter(
        ({ ready, exported }) => ready && ready !== exported,
      );
      const dates = [...new Set(kept.map(({ date }) => date))].sort();
      return dates.map((date) => {
        const outcomes = kept.filter((draft) => draft.date === date).map(({ ready }) => JSON.parse(ready));
        return { key, revision, date, outcomes };
      });
    } catch {
      return [];
    }
  });
}

/** A line for each, with a button that hands it over. */
function leftoverLines() {
  return leftovers().map(({ key, revision, date, outcomes }) => {
    const line = el("p", "leftover doubt", t("left_over", { n: outcomes.length, revision }), " ");
    line.append(button("secondary", async () => {
      const found = { ...documentHead(revision, date), outcomes };
      if (!(await handOver(`outcomes-${date}-r${revision}-${data.file}`, `${JSON.stringify(found, null, 1)}\n`))) return;
      const ids = new Set(outcomes.map(({ lookback_id: id }) => id));
      const all = JSON.parse(localStorage.getItem(key));
      all.forEach(
        ([id, draft]) => ids.has(id) && draft.date === date && Object.assign(
          draft,
          { exported: draft.ready, exported_at: nowText() },
        ),
      );
      localStorage.setItem(key, JSON.stringify(all));
      line.remove();
    }, t("export")));
    return line;
  });
}
