// The layers: each function fills one group of the map with what its numbers say.

const FAR_ZOOM = 12.75; // below it a city page shows teams, above it their stops
const BADGE = 24; // pixels of a team's badge, which does not touch the next
const SMALL_BADGE = 19; // on a map as narrow as a phone, where districts are hardly larger
const NARROW = 600;
const DOT = 9; // pixels of a stop without its number
const SHORTEST_ARROW = 46; // pixels of a leg that has room for an arrow
const EARTH_PIXEL = 156543.034; // metres of one pixel at zoom 0 on the equator

const layers = {
  districts(map, group, shapes) {
    pane(map, "districts", 210);
    pane(map, "labels", 450);
    pane(map, "leaders", 590);
    const interactive = data.kind === "plan";
    shapes.forEach(([middle, polygons], k) => {
      const shape = L.polygon(polygons, { pane: "districts", className: "district", interactive });
      if (interactive) shape.bindPopup(() => areaCard(k), POPUP);
      group.addLayer(shape);
      group.addLayer(nameLabel(middle, "district-name", data.districts[k], shape.getBounds()));
      shown.areas[k] = { shape, polygons, middle };
    });
    shown.districts = group;
  },

  rivers(map, group, rivers) {
    pane(map, "rivers", 220);
    rivers.forEach(([width, line], k) => {
      const river = L.polyline(line, { pane: "rivers", className: "river", interactive: false, smoothFactor: 0.5 });
      shown.rivers.push({ river, width, line, latitude: line[0][0] });
      group.addLayer(river);
      const middle = line[Math.floor(line.length / 2)];
      if (width >= NAMED_RIVER) group.addLayer(nameLabel(middle, "river-name", data.rivers[k], L.latLngBounds([middle])));
    });
  },

  unvisited(map, group, [rule, dots]) {
    pane(map, "unvisited", 380);
    const renderer = (shown.canvas = shown.canvas || L.canvas({ pane: "unvisited", padding: 0.3, tolerance: 4 }));
    for (const [k, lat, lon] of dots) {
      const mandatory = data.unvisited[k].class === "mandatory";
      const radius = mandatory ? 6 : 4;
      const dot = L.circleMarker([lat, lon], {
        renderer,
        radius,
        weight: mandatory ? 2 : 1,
        color: mandatory ? "#c0271d" : "#ffffff",
        fillColor: mandatory ? "#ffffff" : shade(rule),
        fillOpacity: mandatory ? 1 : 0.75,
      });
      dot.bindPopup(() => unvisitedCard(k), POPUP);
      shown.unvisited[k] = { dot, radius, rule };
      group.addLayer(dot);
    }
    shown.rules[rule] = group;
  },

  others(map, group, places) {
    shown.others = places;
    shown.otherGroup = group;
  },

  route(map, group, [index, places, numbered]) {
    const duty = data.duties[index];
    const colour = data.teams[duty.team].fill;
    const stops = numbered.map((k) => places[k]);
    const [first, last] = [numbered[0], numbered[numbered.length - 1]];
    const [start, end] = [places[0], places[places.length - 1]];
    const way = places.slice(first, last + 1);
    const route = { index, duty, group, places, way, lines: [], stops: [], arrows: [], waypoints: [] };
    const line = (places, options) => {
      const part = L.polyline(places, { interactive: false, ...options });
      route.lines.push({ part, opacity: options.opacity });
      group.addLayer(part);
    };
    line(places.slice(0, first + 1), { color: colour, weight: 2, dashArray: "1 6", opacity: 0.7 });
    line(places.slice(last), { color: colour, weight: 2, dashArray: "1 6", opacity: 0.7 });
    line(way, { color: "#ffffff", weight: 7, opacity: 0.9 });
    line(way, { color: colour, weight: 3.5, opacity: 1, interactive: true, className: "path" });
    route.path = route.lines[3].part;
    const pointed = data.kind === "team" ? places : way;
    pointed.slice(1).forEach((to, k) => group.addLayer(arrow(route, pointed[k], to, colour)));
    const same = start[0] === end[0] && start[1] === end[1];
    depot(route, start, same ? ["start", "end"] : ["start"]);
    if (!same) depot(route, end, ["end"]);
    haltPlaces(route, numbered).forEach((at, k) => haltPin(route, at, duty.halts[k]));
    stops.forEach((at, k) => stopPin(route, at, k));
    if (data.kind !== "team") teamBadge(route, stops);
    shown.routes[index] = route;
  },
};

function stopPin(route, place, k) {
  const pin = disc("pin", route.duty, k + 1);
  const visit = route.duty.visits[k];
  const label = () => `${k + 1} ${data.enterprises[visit.enterprise].name}`;
  const stop = pinned(route, place, el("span", `stop ${visit.class}`, pin), pin, label, { zIndexOffset: 200 });
  stop.marker.bindPopup(() => stopPopup(route, k), POPUP);
  route.stops.push(stop);
}

function depot(route, place, keys) {
  const pin = el("span", "house", icon(HOUSE));
  pin.style.color = data.teams[route.duty.team].fill;
  const label = () => `${data.teams[route.duty.team].name}: ${keys.map((key) => t(key)).join(" · ")}`;
  const house = pinned(route, place, el("span", "waypoint", pin), pin, label, { zIndexOffset: 100 });
  house.marker.bindPopup(() => depotPopup(route, keys), POPUP);
  route.waypoints.push(house);
}

/** The places of a route between its ends that are no stops. */
function haltPlaces({ places }, numbered) {
  return places.filter((_, k) => k > 0 && k < places.length - 1 && !numbered.includes(k));
}

/** Where the team was sent elsewhere; at home its house stands already. */
function haltPin(route, place, halt) {
  if (!halt.name) return;
  const pin = el("span", "turn", icon(TURN));
  pin.style.color = data.teams[route.duty.team].fill;
  const label = () => `${data.teams[route.duty.team].name}: ${halt.arrive} ${haltText(halt)}`;
  const turn = pinned(route, place, el("span", "waypoint", pin), pin, label, { zIndexOffset: 150 });
  turn.marker.bindPopup(() => haltPopup(route, halt), POPUP);
  route.waypoints.push({ ...turn, turn: true });
}

function arrow(route, from, to, colour) {
  const [a, b] = [from, to].map((place) => L.CRS.EPSG3857.project(L.latLng(place)));
  const node = el("span", "arrow");
  node.style.transform = `translate(-50%, -50%) rotate(${Math.atan2(a.y - b.y, b.x - a.x)}rad)`;
  node.style.borderLeftColor = colour;
  const middle = L.CRS.EPSG3857.unproject(a.add(b).divideBy(2));
  route.arrows.push({ node, middle, from: L.latLng(from), to: L.latLng(to) });
  return mark(middle, node, { interactive: false, keyboard: false, zIndexOffset: -100 });
}

/** One disc for the whole route, at the stop nearest to the middle of them; shown while the stops are dots. */
function teamBadge(route, stops) {
  const mean = [0, 1].map((axis) => stops.reduce((sum, place) => sum + place[axis], 0) / stops.length);
  const off = (place) => (place[0] - mean[0]) ** 2 + (place[1] - mean[1]) ** 2;
  const place = stops.reduce((best, next) => (off(next) < off(best) ? next : best));
  const pin = disc("badge", route.duty, data.teams[route.duty.team].number);
  const label = () => data.teams[route.duty.team].name;
  route.badge = pinned(route, place, el("span", "team-badge", pin), pin, label, { zIndexOffset: 400 });
}

/** After each change of zoom or of what is shown: pins side by side, arrows where there is room, names apart. */
function settle() {
  const map = shown.map;
  const far = Boolean(PAGE.badges) && map.getZoom() < FAR_ZOOM;
  map.getContainer().classList.toggle("far", far);
  map.getContainer().classList.toggle("badges", far && PAGE.badges());
  const size = map.getSize().x < NARROW ? SMALL_BADGE : BADGE;
  map.getContainer().style.setProperty("--badge", `${size}px`);
  for (const { river, width, latitude } of shown.rivers) {
    const metres = (EARTH_PIXEL * Math.cos((latitude * Math.PI) / 180)) / 2 ** map.getZoom();
    river.setStyle({ weight: Math.max(1.5, width / metres) });
  }
  const routes = shown.routes.filter((route) => map.hasLayer(route.group));
  const arrows = routes.flatMap(({ arrows: all, quiet }) => all.map((one) => ({ ...one, quiet })));
  const heads = arrows.filter(({ from, to, node, quiet }) => {
    node.hidden = quiet || map.latLngToLayerPoint(from).distanceTo(map.latLngToLayerPoint(to)) < SHORTEST_ARROW;
    return !(node.hidden || far);
  });
  shown.unvisited.forEach(({ dot, radius }) => dot.setRadius(far ? radius * 0.6 : radius)); // none for what has no place
  const numbered = (route, one) => !one.off && (route.focused || !(far || route.other) || one.node.classList.contains("focus"));
  const pins = routes.flatMap((route) => [...route.waypoints, ...route.stops].filter((one) => numbered(route, one)));
  const badges = far && PAGE.badges() ? routes.filter(({ focused, badge }) => !focused && badge).map(({ badge }) => badge) : [];
  const tied = routes.flatMap((route) => [...route.waypoints, ...route.stops, route.badge].filter(Boolean));
  for (const { leader } of tied) leader.hidden = true;
  const middles = heads.map(({ middle }) => ({ ...map.latLngToLayerPoint(middle), w: 7, h: 7 }));
  const dots = far ? routes.filter(({ focused, other }) => !(focused || other)).flatMap(({ stops }) => stops.filter(({ off }) => !off)) : [];
  const small = dots.map(({ place }) => ({ ...map.latLngToLayerPoint(place), w: DOT / 2, h: DOT / 2 }));
  separateNames([...spread(pins, PIN_GAP), ...spread(badges, size), ...middles], small);
}
