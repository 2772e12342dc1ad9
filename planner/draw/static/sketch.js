// A schematic for paper: the same ground and routes as the map, as lines that a printer draws sharply.

const SKETCH = { width: 720, margin: 26 };
const MOST = 60; // stops beyond which a schematic shows where most of them are, as the map does

/**
 * The routes on their ground, in a box so many units high: with numbers at the stops, or one for each team.
 *
 * The box holds the given places, latitude and longitude, or else the routes.
 */
function sketch(routes, numbered, height, within) {
  const places = within || routes.flatMap(
    (route) => (numbered ? route.places : route.stops.map(({ place }) => [place.lat, place.lng])),
  );
  const at = projection(places, height);
  const path = (ring) => ring.map((place, k) => `${k ? "L" : "M"}${at(place).map((v) => v.toFixed(1)).join(" ")}`).join("");
  const box = svg(
    "svg",
    { viewBox: `0 0 ${SKETCH.width} ${height}`, class: "sketch", role: "img", "aria-label": t("schematic") },
  );
  box.append(svg("rect", { width: SKETCH.width, height, class: "sketch-ground" }));
  for (const { polygons } of shown.areas) {
    box.append(
      svg(
        "path",
        { d: polygons.map((rings) => rings.map((ring) => `${path(ring)}Z`).join("")).join(""), class: "sketch-district" },
      ),
    );
  }
  for (const { line, width } of shown.rivers) {
    box.append(
      svg("path", { d: path(line), class: "sketch-river", "stroke-width": Math.max(1.5, width * at.perMetre).toFixed(1) }),
    );
  }
  box.append(...sketchNames(at, height));
  const taken = [];
  routes.forEach((route) => box.append(...sketchRoute(route, at, path, numbered, taken)));
  box.append(svg("rect", { width: SKETCH.width, height, class: "sketch-frame" }));
  box.append(...scaleBar(at.perMetre, height), sketchText(SKETCH.width - 8, height - 8, t("schematic"), "sketch-mark"));
  return box;
}

/** The names of the districts inside the box; the later of two gives way to the earlier. */
function sketchNames(at, height) {
  const taken = [];
  return shown.areas.flatMap(({ middle }, k) => {
    const [x, y] = at(middle);
    const half = either(data.districts[k]).length * (state.lang ? 3 : 5.5);
    const inside = x > half && y > 12 && x < SKETCH.width - half && y < height - 22;
    if (!inside || taken.some((box) => Math.abs(box.x - x) < box.half + half && Math.abs(box.y - y) < 12)) return [];
    taken.push({ x, y, half });
    return [sketchText(x, y, either(data.districts[k]), "sketch-name")];
  });
}

/** Without the outermost sixth on each side, where there are many. */
function middleOf(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const cut = sorted.length > MOST ? Math.floor(sorted.length * 0.16) : 0;
  return [sorted[cut], sorted[sorted.length - 1 - cut]];
}

/** Degrees to units of the box: equirectangular, which over a city nobody can tell from anything better. */
function projection(places, height) {
  const [south, north] = middleOf(places.map((place) => place[0]));
  const [west, east] = middleOf(places.map((place) => place[1]));
  const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const { width, margin } = SKETCH;
  const unit = Math.min(
    (width - 2 * margin) / Math.max((east - west) * squeeze, 0.004),
    (height - 2 * margin) / Math.max(north - south, 0.004),
  );
  const at = ([lat, lon]) => [
    width / 2 + (lon - (west + east) / 2) * squeeze * unit,
    height / 2 - (lat - (south + north) / 2) * unit,
  ];
  at.perMetre = unit / 111320;
  return at;
}

/** A route; where a disc would cover another, in `taken`, it stands beside it. */
function sketchRoute(route, at, path, numbered, taken) {
  const { fill, ink, number } = data.teams[route.duty.team];
  const stops = route.stops.map(({ place }) => [place.lat, place.lng]);
  const way = numbered ? route.places : route.way;
  const parts = [svg("path", { d: path(way), class: "sketch-route", stroke: fill })];
  if (!numbered) {
    const [x, y] = beside(at(stops[Math.floor(stops.length / 2)]), taken);
    return [
      ...parts,
      ...route.stops.map(({ change }, k) => sketchStop(at(stops[k]), fill, Boolean(change))),
      ...sketchDisc(x, y, number, fill, ink),
    ];
  }
  way.slice(1).forEach((to, k) => parts.push(...sketchArrow(at(way[k]), at(to), fill)));
  const house = at(route.places[0]);
  taken.push(house);
  parts.push(
    svg(
      "rect",
      { x: house[0] - 6, y: house[1] - 6, width: 12, height: 12, fill: "#ffffff", stroke: fill, "stroke-width": 2 },
    ),
  );
  for (const { place, turn } of route.waypoints) if (turn) parts.push(sketchTurn(at([place.lat, place.lng]), fill));
  stops.forEach((stop, k) => {
    const [x, y] = beside(at(stop), taken);
    parts.push(...sketchDisc(x, y, k + 1, fill, ink));
  });
  return parts;
}

/** A dot; with a ring around it where something changed. */
function sketchStop([cx, cy], fill, changed) {
  return svg("circle", changed ? { cx, cy, r: 3.5, fill, stroke: "#000000", "stroke-width": 1.6 } : { cx, cy, r: 2, fill });
}

/** Where the team was sent elsewhere. */
function sketchTurn([cx, cy], stroke) {
  return svg("circle", { cx, cy, r: 4.5, fill: "#ffffff", stroke, "stroke-width": 1.6, "stroke-dasharray": "2.5 1.8" });
}

/** The place itself, or the nearest to its right that is free; taken from then on. */
function beside([x, y], taken) {
  let free = x;
  while (taken.some(([a, b]) => Math.hypot(a - free, b - y) < 17)) free += 17;
  taken.push([free, y]);
  return [free, y];
}

function sketchDisc(x, y, text, fill, ink) {
  const label = sketchText(x, y + 3.6, String(text), "sketch-number");
  label.setAttribute("fill", ink);
  return [svg("circle", { cx: x, cy: y, r: 8.5, fill, stroke: "#ffffff", "stroke-width": 1.5 }), label];
}

function sketchArrow([x, y], [x2, y2], fill) {
  const away = Math.hypot(x2 - x, y2 - y);
  if (away < 34) return [];
  const turn = (Math.atan2(y2 - y, x2 - x) * 180) / Math.PI;
  return [
    svg("path", { d: "M-5 -5L6 0L-5 5Z", fill, transform: `translate(${(x + x2) / 2} ${(y + y2) / 2}) rotate(${turn})` }),
  ];
}

function sketchText(x, y, text, className) {
  const node = svg("text", { x: x.toFixed(1), y: y.toFixed(1), class: className });
  node.textContent = text;
  return node;
}

function scaleBar(perMetre, height) {
  const metres = [100, 200, 500, 1000, 2000, 5000, 10000, 20000].find((m) => m * perMetre > 60) || 50000;
  const length = metres * perMetre;
  const y = height - 10;
  const text = metres < 1000 ? `${metres} m` : `${metres / 1000} km`;
  return [
    svg("path", { d: `M10 ${y - 5}V${y}H${10 + length}V${y - 5}`, class: "sketch-scale" }),
    sketchText(16, y - 5, text, "sketch-mark-left"),
  ];
}

/** A table on paper; columns by the keys of their names. */
function paperTable(columns, rows, className = "") {
  const head = el("tr", "", ...columns.map((key) => el("th", "", t(key))));
  return el("table", className, el("thead", "", head), el("tbody", "", ...rows));
}

function paperRow(cells) {
  return el("tr", "", ...cells.map((cell) => el("td", "", String(cell))));
}
