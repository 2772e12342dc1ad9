// What comes over the page and goes again: a sheet to work in, and a word at its foot.

/** Open a sheet over the page; focus, Esc and Android's back are the browser's own. */
function openSheet(className, title, body, closed) {
  const sheet = el("dialog", `sheet ${className}`);
  const close = button("close", () => sheet.close(), icon("M6 6l12 12M18 6 6 18"));
  close.setAttribute("aria-label", t("close"));
  const heading = el("h2", "", ...title);
  heading.id = "sheet-title";
  sheet.setAttribute("aria-labelledby", heading.id);
  sheet.append(el("div", "sheet-head", heading, close), body);
  sheet.addEventListener("close", () => {
    sheet.remove();
    if (closed) closed();
  });
  document.body.append(sheet);
  sheet.showModal();
  return sheet;
}

function closeSheets() {
  for (const sheet of document.querySelectorAll("dialog")) sheet.close();
}

/** A short message that goes by itself. */
function toast(text) {
  const old = document.querySelector(".toast");
  if (old) old.remove();
  const node = el("p", "toast", text);
  node.setAttribute("role", "status");
  (document.querySelector("dialog[open]") || document.body).append(node);
  setTimeout(() => node.remove(), 4000);
}
