// Business districts, shaded by the priority that is left in them.

/** One hue from pale to deep: told apart by lightness, whatever eyes look at it. */
const DEPTHS = ["#fbfaf5", "#f9ebcb", "#f5dcab", "#eec683", "#e3ae5c"];

/** From how many points each depth begins: quarters of the districts that have any left. */
function thresholds() {
  const points = data.areas.map((area) => area.points).filter(Boolean).sort((a, b) => a - b);
  return [0, ...[0, 0.25, 0.5, 0.75].map((share) => points[Math.floor(share * points.length)] || 1)];
}

function depthOf(points) {
  const from = thresholds();
  return points ? from.reduce((depth, least, k) => (points >= least ? k : depth), 1) : 0;
}

function shadeAreas() {
  shown.areas.forEach(({ shape }, k) => {
    const fillColor = DEPTHS[view.shaded ? depthOf(data.areas[k].points) : 0];
    shape.setStyle({ fillColor, fillOpacity: data.base ? 0.4 : 0.95, color: "#a89d7c", weight: 1.2 });
  });
}

function areaLegend() {
  const from = thresholds();
  const sign = (k) => {
    const node = el("i", "depth");
    node.style.background = DEPTHS[k];
    return node;
  };
  const rows = DEPTHS.map(
    (_, k) => (k === 0 ? el("li", "", sign(0), t("none_left")) : el("li", "", sign(k), `≥ ${count(from[k])}`)),
  );
  return el("ul", "legend depths", ...rows.filter((_, k) => k < 2 || from[k] > from[k - 1]));
}

function areaCard(k) {
  const { visits, left, points } = data.areas[k];
  const most = data.unvisited.map((_, n) => n).filter(
    (n) => data.enterprises[data.unvisited[n].enterprise].area === k && data.unvisited[n].priority,
  );
  const rows = most.slice(0, 5).map((n) => {
    const one = data.unvisited[n];
    return el(
      "li",
      "",
      button(
        "link-button",
        () => goToUnvisited(n),
        data.enterprises[one.enterprise].name,
        el("small", "", `${either(data.rules[one.rule].label)} · ${t("points", { n: count(one.priority) })}`),
      ),
    );
  });
  return el(
    "div",
    "card",
    heading(either(data.districts[k])),
    el("p", "address", data.authorities[k]),
    el("p", "", t("area_visits", { n: visits })),
    el("p", "", t("area_left", { n: left, points: count(points) })),
    el("ul", "also", ...rows),
  );
}
