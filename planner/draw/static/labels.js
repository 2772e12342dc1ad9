// The names of the ground: they give way to everything else.

const NAMED_RIVER = 60; // metres of width from which a river's name is shown
const NAME_SHIFTS = [0, -16, 16, -30, 30]; // pixels down from where a name belongs

function nameLabel(place, className, names, bounds) {
  const node = el("span", `name ${className}`, either(names));
  shown.labels.push({ node, place: L.latLng(place), names, bounds });
  return mark(place, node, { pane: "labels", interactive: false, keyboard: false });
}

/** The later of two names gives way to the earlier: a little up or down in its district, or out of sight. */
function separateNames(taken) {
  for (const { node } of shown.labels) node.hidden = false;
  const sizes = shown.labels.map(({ node }) => [node.offsetWidth / 2 + 4, node.offsetHeight / 2 + 2]); // all, then write
  shown.labels.forEach(({ node, place, bounds }, k) => {
    const { x, y } = shown.map.latLngToLayerPoint(place);
    const [w, h] = sizes[k];
    const [top, bottom] = [bounds.getNorthWest(), bounds.getSouthEast()].map(
      (corner) => shown.map.latLngToLayerPoint(corner).y,
    );
    const free = (dy) => !taken.some((box) => Math.abs(box.x - x) < box.w + w && Math.abs(box.y - y - dy) < box.h + h);
    const dy = NAME_SHIFTS.filter((shift) => shift === 0 || (y + shift > top && y + shift < bottom)).find(free);
    node.hidden = dy === undefined;
    if (node.hidden) return;
    node.style.transform = `translate(-50%, calc(-50% + ${dy}px))`;
    taken.push({ x, y: y + dy, w, h });
  });
}

/** After a change of language. */
function renameLabels() {
  for (const { depots } of shown.routes) depots.forEach(({ say }) => say());
  for (const { node, names } of shown.labels) node.textContent = either(names);
}
