// The names of the ground: they give way to everything else.

const NAMED_RIVER = 60; // metres of width from which a river's name is shown
const NAME_SHIFTS = [0, -16, 16, -24, 24, -32, 32]; // pixels down from where a name belongs
const BESIDE = 14; // pixels that it may stand above or below its district

function nameLabel(place, className, names, bounds) {
  const node = el("span", `name ${className}`, either(names));
  shown.labels.push({ node, place: L.latLng(place), names, bounds });
  return mark(place, node, { pane: "labels", interactive: false, keyboard: false });
}

/**
 * The later of two names gives way to the earlier: a little up or down, in its district or beside it, or out of sight.
 * It also avoids what is small, if that is possible.
 */
function separateNames(taken, small = []) {
  for (const { node } of shown.labels) node.hidden = false;
  const sizes = shown.labels.map(({ node }) => [node.offsetWidth / 2 + 4, node.offsetHeight / 2 + 2]); // all, then write
  shown.labels.forEach(({ node, place, bounds }, k) => {
    const { x, y } = shown.map.latLngToLayerPoint(place);
    const [w, h] = sizes[k];
    const [top, bottom] = [bounds.getNorthWest(), bounds.getSouthEast()].map(
      (corner) => shown.map.latLngToLayerPoint(corner).y,
    );
    const hits = (dy) => (box) => Math.abs(box.x - x) < box.w + w && Math.abs(box.y - y - dy) < box.h + h;
    const inReach = NAME_SHIFTS.filter((dy) => dy === 0 || (y + dy > top - BESIDE && y + dy < bottom + BESIDE));
    const free = inReach.filter((dy) => !taken.some(hits(dy)));
    const dy = free.find((shift) => !small.some(hits(shift))) ?? free[0];
    node.hidden = dy === undefined;
    if (node.hidden) return;
    node.style.transform = `translate(-50%, calc(-50% + ${dy}px))`;
    taken.push({ x, y: y + dy, w, h });
  });
}

/** After a change of language. */
function renameLabels() {
  for (const { waypoints } of shown.routes) waypoints.forEach(({ say }) => say());
  for (const { node, names } of shown.labels) node.textContent = either(names);
}
