// The search: over everything planned, everything left, and every other enterprise of the tables.

/** Made at the first search: what is searched, in lower case, and where it leads. */
function searchIndex() {
  if (shown.index) return shown.index;
  const text = ({ id, name, address, operator }) => [id, name, address, operator].join("\n").toLowerCase();
  const known = data.enterprises.map(text);
  const { id: ids, name, address, operator } = data.others;
  shown.index = [
    ...shown.routes.flatMap(
      (route) => route.duty.visits.map((visit, k) => ({ text: known[visit.enterprise], row: () => foundStop(route, k) })),
    ),
    ...data.unvisited.map((left, k) => ({ text: known[left.enterprise], row: () => unvisitedRow(k) })),
    ...ids.map(
      (id, k) => ({ text: text({ id, name: name[k], address: address[k], operator: operator[k] }), row: () => otherRow(k) }),
    ),
  ];
  return shown.index;
}

function searchResults() {
  const wanted = view.query.trim().toLowerCase();
  const found = searchIndex().filter(({ text }) => text.includes(wanted));
  const title = el("p", "found", found.length ? t("found", { n: count(found.length) }) : t("nothing"));
  title.setAttribute("role", "status");
  return [title, ...capped(found, ({ row }) => row())];
}

function foundStop(route, k) {
  const row = stopRow(route, k);
  row.firstChild.append(
    el(
      "small",
      "",
      [
        data.teams[route.duty.team].name,
        data.days.length > 1 ? dayName(data.days[route.duty.day]) : "",
      ].filter(Boolean).join(" · "),
    ),
  );
  return row;
}

function otherRow(k) {
  const { name, address, scenario } = data.others;
  return el(
    "li",
    "",
    button(
      "left",
      () => goToOther(k),
      el("span", "line", el("i", "dot other-dot"), el("b", "what", name[k]), chip("", t(scenario[k]))),
      el("small", "", address[k]),
    ),
  );
}

function goToOther(k) {
  const place = shown.others[k];
  if (shown.otherMark) shown.otherMark.remove();
  shown.otherMark = L.circleMarker(place, { radius: 8, weight: 3, color: "#17222d", fillColor: "#ffffff", fillOpacity: 1 });
  shown.otherMark.bindPopup(() => otherCard(k), POPUP).addTo(shown.map);
  goTo(place, shown.otherMark, 15.5);
}

/** An enterprise that the plan says nothing about, and why. */
function otherCard(k) {
  const row = Object.fromEntries(Object.entries(data.others).map(([key, column]) => [key, column[k]]));
  const facts = [
    ["operator", row.operator],
    ["district", row.area < 0 ? "" : either(data.districts[row.area])],
    ["last_inspected", row.last || t("never")],
    ["enterprise_id", row.id],
  ].filter(([, text]) => text);
  return el(
    "div",
    "card",
    el("div", "line", chip("", t(row.scenario))),
    heading(row.name),
    row.address ? el("p", "address", row.address) : "",
    el("p", "reason", t("not_owed")),
    el("dl", "particulars", ...facts.flatMap(([key, text]) => [el("dt", "", t(key)), el("dd", "", text)])),
    sameOperator(row.operator),
  );
}

/** Where the plan meets the operator elsewhere. */
function sameOperator(operator) {
  if (!operator) return "";
  const stops = shown.routes.flatMap((route) =>
    route.duty.visits.map(
      (visit, k) => ({ route, k, enterprise: data.enterprises[visit.enterprise] }),
    ).filter(({ enterprise }) => enterprise.operator === operator),
  );
  if (!stops.length) return "";
  const rows = stops.slice(0, 4).map(({ route, k, enterprise }) =>
    el(
      "li",
      "",
      button(
        "link-button",
        () => goToStop(route, k),
        enterprise.name,
        el("small", "", t("planned_at", { team: data.teams[route.duty.team].name, at: route.duty.visits[k].start })),
      ),
    ),
  );
  return el("div", "also", el("b", "", t("same_operator")), el("ul", "", ...rows));
}
