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

// A picture of one path in a box of 24 × 24.
function icon(path) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(space, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

const HOUSE = "M12 3 3 11h2.5v9H10v-6h4v6h4.5v-9H21z";

// A disc with a number in a team's colour.
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
