// Whom to tell: a message for each team and for each firm that was promised a time, ready to be copied.

function toldName({ to, whom }) {
  return to === "team" ? data.teams[whom].name : data.enterprises[whom].name;
}

/** What is copied: the very text on the screen. */
function toldText(message) {
  const gaps = { name: toldName(message), text: either(message.text), revision: data.plan.revision };
  return t(message.to === "team" ? "told_team" : "told_firm", gaps);
}

function toldList() {
  if (!data.messages.length) return [el("p", "empty", t("nobody"))];
  const all = button("secondary copy-all", async () => {
    const done = await copied(data.messages.map(toldText).join("\n"), shown.body);
    toast(t(done ? "copied_all" : "copy_by_hand", { n: data.messages.length }));
    if (done) data.messages.forEach((_, k) => look.copied.add(k));
    refreshComparison();
  }, t("copy_all", { n: data.messages.length }));
  return [all, el("ul", "told", ...data.messages.map(toldRow))];
}

function toldRow(message, k) {
  const text = el("p", "told-text", toldText(message));
  const done = look.copied.has(k) ? chip("copied", t("copied")) : "";
  const copy = button("secondary", async () => {
    const worked = await copied(toldText(message), text);
    if (worked) look.copied.add(k);
    toast(t(worked ? "copied" : "copy_by_hand"));
    if (worked && !copy.parentElement.querySelector(".copied")) copy.before(chip("copied", t("copied")));
  }, t("copy"));
  copy.setAttribute("aria-label", `${t("copy")}: ${toldName(message)}`);
  const head = el("div", "line", chip("", t(`to_${message.to}`)), el("b", "", toldName(message)), el("span", "grow"), done, copy);
  return el("li", "", head, text);
}
