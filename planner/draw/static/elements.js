// Elements are made here and nowhere from markup: a text can only ever become a text.

function el(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children.filter((child) => child !== null && child !== ""));
  return node;
}

function button(className, action, ...children) {
  const node = el("button", className, ...children);
  node.type = "button";
  node.addEventListener("click", action);
  return node;
}

function pressed(node, on) {
  node.setAttribute("aria-pressed", String(on));
  return node;
}

/** A link that leaves the page: nothing but the address itself goes with it. */
function link(className, href, ...children) {
  const node = el("a", className, ...children);
  node.href = href;
  node.target = "_blank";
  node.rel = "noopener noreferrer";
  return node;
}

/** The name of what a card is about: large, and one step below the page's own heading. */
function heading(text) {
  const node = el("h3", "", text);
  node.setAttribute("aria-level", "2");
  return node;
}

/** A field with its label. */
function labelled(text, field, className = "field") {
  return el("label", className, el("span", "label", text), field);
}

/** One of the options, or none: a second tap takes it back. `options` are [value, text]. */
function choices(label, options, chosen, change, className = "") {
  const row = el("div", `choices ${className}`);
  row.setAttribute("role", "group");
  row.setAttribute("aria-label", label);
  let now = chosen;
  const buttons = options.map(([value, text]) =>
    button(`choice ${value}`, () => {
      now = now === value ? null : value;
      buttons.forEach((node, k) => pressed(node, options[k][0] === now));
      change(now);
    }, text),
  );
  buttons.forEach((node, k) => pressed(node, options[k][0] === chosen));
  row.append(...buttons);
  return row;
}

function checkbox(text, on, change, className = "check") {
  const box = el("input");
  box.type = "checkbox";
  box.checked = on;
  box.addEventListener("change", () => change(box.checked));
  return el("label", className, box, el("span", "", text));
}

/** A list to choose one of; `options` are [value, text], the first for none. */
function select(label, options, chosen, change) {
  const node = el("select");
  node.setAttribute("aria-label", label);
  for (const [value, text] of options) {
    const option = el("option", "", text);
    option.value = value;
    node.append(option);
  }
  node.value = chosen;
  node.addEventListener("change", () => change(node.value));
  return node;
}

/** An element of a drawing, with its attributes. */
function svg(tag, attributes, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** A picture of one path in a box of 24 × 24. */
function icon(path) {
  return svg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, svg("path", { d: path }));
}

const TURN = "M6 20v-7a4 4 0 0 1 4-4h8M14 4.5 18.5 9 14 13.5";
const HOUSE = "M12 3 3 11h2.5v9H10v-6h4v6h4.5v-9H21z";

/** A disc with a number in a team's colour. */
function disc(className, duty, text) {
  const team = data.teams[duty.team];
  const node = el("span", `disc ${className}`, String(text));
  node.style.background = team.fill;
  node.style.color = team.ink;
  return node;
}

function chip(className, text) {
  return el("span", `chip ${className}`, text);
}

function fold(title, ...content) {
  return el("details", "", el("summary", "", title), ...content);
}
