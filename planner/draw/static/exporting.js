// Handing the day's outcomes over: to another application, as a file, or as a text to copy.

function openExport(route) {
  const status = route.duty.visits.map((_, k) => statusOf(route, k));
  const rows = status.map((key, k) => {
    const { name } = data.enterprises[route.duty.visits[k].enterprise];
    const wrong = key === "wrong" ? el("small", "fault", faults(route, k).join(" ")) : "";
    const row = button("export-row", () => {
      closeSheets();
      openForm(route, k);
    }, disc("small", route.duty, k + 1), el("span", "what", name, wrong), chip(key, t(`status_${key}`)));
    return el("li", "", row);
  });
  const found = outcomesDocument(route);
  const text = `${JSON.stringify(found, null, 1)}\n`;
  const area = el("textarea", "export-text");
  area.readOnly = true;
  area.rows = 5;
  area.value = text;
  area.setAttribute("aria-label", t("export_text"));
  const handed = (how) => {
    markExported(route);
    closeSheets();
    openExport(route);
    toast(t(how, { n: found.outcomes.length }));
  };
  const send = button("primary", async () => {
    const how = await handOver(`outcomes-${found.date}-r${data.plan.revision}-${data.file}`, text);
    if (how) handed(how);
  }, t("export_n", { n: found.outcomes.length }));
  const copy = button("secondary", async () => {
    if (await copied(area.value, area)) handed("copied");
    else toast(t("copy_by_hand"));
  }, t("copy"));
  send.disabled = copy.disabled = !found.outcomes.length;
  const left = status.filter((key) => ["started", "wrong", "ready", "changed"].includes(key)).length;
  const forget = button("quiet-button", () => {
    if (!confirm(t("forget_sure"))) return;
    forgetDrafts();
    closeSheets();
    refreshStops(route);
  }, t("forget"));
  forget.disabled = left > 0;
  const body = el(
    "div",
    "sheet-body",
    el("p", "", found.outcomes.length ? t("export_hint") : t("export_none")),
    status.includes("changed") ? el("p", "doubt", t("changed_hint")) : "",
    el("ol", "export-rows", ...rows),
    send,
    fold(t("export_text"), area, copy),
    el("p", "quiet", t("forget_hint")),
    forget,
  );
  openSheet("export-sheet", [t("export")], body, () => refreshStops(route));
}

function markExported(route) {
  route.duty.visits.forEach((_, k) => {
    if (!isReady(route, k)) return;
    const draft = draftOf(route, k);
    draft.exported = JSON.stringify(outcomeOf(route, k));
    draft.exported_at = nowText();
  });
  saveDrafts();
}

/** The share sheet on a phone, a download else; how it went, or nothing if the officer thought better of it. */
async function handOver(name, text) {
  const kinds = [["application/json", ".json"], ["text/plain", ".json.txt"]]; // some browsers share no .json
  const files = kinds.map(([type, ending]) => new File([text], name + ending, { type }));
  const shares = matchMedia("(pointer: coarse)").matches && navigator.canShare;
  const file = shares && files.find((one) => navigator.canShare({ files: [one] }));
  if (file) {
    try {
      await navigator.share({ files: [file] });
      return "shared";
    } catch (problem) {
      if (problem.name === "AbortError") return "";
    }
  }
  const address = URL.createObjectURL(files[0]);
  const anchor = el("a");
  anchor.href = address;
  anchor.download = files[0].name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
  return "downloaded";
}
