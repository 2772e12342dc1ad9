// What Folium's script calls: each function of `draw` fills one group of the map with what its numbers say.

const shown = { map: null, labels: [], rivers: [], routes: [], unvisited: [] };

const FAR_ZOOM = 12.75; // below it a city page shows teams, above it their stops
const PIN_GAP = 25; // pixels between the middles of two pins
const BADGE_GAP = 24;
const SHORTEST_ARROW = 46; // pixels of a leg that has room for an arrow
const EARTH_PIXEL = 156543.034; // metres of one pixel at zoom 0 on the equator
const NAMED_RIVER = 60; // metres of width from which a river's name is shown
const NAME_SHIFTS = [0, -16, 16, -30, 30]; // pixels down from where a name belongs
const SHADES = ["#7c8894", "#a58a55", "#8276a8", "#5d978b", "#ad788a", "#7f9152", "#6b8fb5", "#b0805f"];

const draw = {
  districts(map, group, shapes) {
    POPUP.maxHeight = Math.max(180, Math.min(420, map.getSize().y - 90));
    pane(map, "districts", 210);
    pane(map, "labels", 450);
    pane(map, "leaders", 590);
    shapes.forEach(([middle, polygons], k) => {
      const shape = L.polygon(polygons, { pane: "districts", className: "district", interactive: false });
      group.addLayer(shape);
      group.addLayer(nameLabel(middle, "district-name", data.districts[k], shape.getBounds()));
    });
    shown.map = map;
    shown.districts = group;
  },

  rivers(map, group, rivers) {
    pane(map, "rivers", 220);
    rivers.forEach(([width, line], k) => {
      const river = L.polyline(line, { pane: "rivers", className: "river", interactive: false, smoothFactor: 0.5 });
      shown.rivers.push({ river, width, latitude: line[0][0] });
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
    (shown.rules = shown.rules || [])[rule] = group;
  },

  route(map, group, [index, start, stops, end]) {
    const duty = data.duties[index];
    const colour = data.teams[duty.team].fill;
    const bounds = L.latLngBounds([start, ...stops, end]);
    const route = { index, duty, group, bounds, start, end, lines: [], stops: [], arrows: [], depots: [] };
    const line = (places, options) => {
      const part = L.polyline(places, { interactive: false, ...options });
      route.lines.push({ part, opacity: options.opacity });
      group.addLayer(part);
    };
    line([start, stops[0]], { color: colour, weight: 2, dashArray: "1 6", opacity: 0.7 });
    line([stops[stops.length - 1], end], { color: colour, weight: 2, dashArray: "1 6", opacity: 0.7 });
    line(stops, { color: "#ffffff", weight: 7, opacity: 0.9 });
    line(stops, { color: colour, weight: 3.5, opacity: 1, interactive: true, className: "path" });
    route.path = route.lines[3].part;
    stops.slice(1).forEach((to, k) => group.addLayer(arrow(route, stops[k], to, colour)));
    const same = start[0] === end[0] && start[1] === end[1];
    depot(route, start, same ? ["start", "end"] : ["start"]);
    if (!same) depot(route, end, ["end"]);
    stops.forEach((at, k) => stopPin(route, at, k));
    teamBadge(route, stops);
    shown.routes[index] = route;
  },
};

const POPUP = { minWidth: 230, maxWidth: 320, autoPanPadding: [24, 24] };

function pane(map, name, z) {
  if (!map.getPane(name)) map.createPane(name).style.zIndex = z;
}

function shade(rule) {
  return SHADES[rule % SHADES.length];
}

// A marker that is the given element, centred on its place.
function mark(place, node, options) {
  return L.marker(place, { icon: L.divIcon({ className: "mark", html: node, iconSize: [0, 0] }), ...options });
}

// A pin that may be pushed aside, with the thread that then ties it to its place.
function pinned(route, place, node, pin, options) {
  const leader = el("i", "leader");
  const marker = mark(place, node, { riseOnHover: true, ...options });
  route.group.addLayer(marker);
  route.group.addLayer(mark(place, leader, { pane: "leaders", interactive: false, keyboard: false }));
  return { marker, node, pin, leader, place: L.latLng(place) };
}

function nameLabel(place, className, names, bounds) {
  const node = el("span", `name ${className}`, either(names));
  shown.labels.push({ node, place: L.latLng(place), names, bounds });
  return mark(place, node, { pane: "labels", interactive: false, keyboard: false });
}

function stopPin(route, place, k) {
  const pin = disc("pin", route.duty, k + 1);
  const visit = route.duty.visits[k];
  const stop = pinned(route, place, el("span", `stop ${visit.class}`, pin), pin, { zIndexOffset: 200 });
  stop.marker.bindPopup(() => stopPopup(route, k), POPUP);
  stop.marker.on("add", () => {
    stop.marker.getElement().setAttribute("aria-label", `${k + 1} ${data.enterprises[visit.enterprise].name}`);
  });
  route.stops.push(stop);
}

function depot(route, place, keys) {
  const pin = el("span", "house", icon(HOUSE));
  pin.style.color = data.teams[route.duty.team].fill;
  const house = pinned(route, place, el("span", "depot", pin), pin, { zIndexOffset: 100 });
  house.marker.bindPopup(() => depotPopup(route, keys), POPUP);
  route.depots.push(house);
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

// One disc for the whole route, at the stop nearest to the middle of them; shown while the stops are dots.
function teamBadge(route, stops) {
  const mean = [0, 1].map((axis) => stops.reduce((sum, place) => sum + place[axis], 0) / stops.length);
  const off = (place) => (place[0] - mean[0]) ** 2 + (place[1] - mean[1]) ** 2;
  const place = stops.reduce((best, next) => (off(next) < off(best) ? next : best));
  const pin = disc("badge", route.duty, data.teams[route.duty.team].number);
  route.badge = pinned(route, place, el("span", "team-badge", pin), pin, { zIndexOffset: 400 });
}

// After each change of zoom or of what is shown: pins side by side, arrows where there is room, names apart.
function settle() {
  const map = shown.map;
  const far = data.kind === "plan" && map.getZoom() < FAR_ZOOM;
  map.getContainer().classList.toggle("far", far);
  for (const { river, width, latitude } of shown.rivers) {
    const metres = (EARTH_PIXEL * Math.cos((latitude * Math.PI) / 180)) / 2 ** map.getZoom();
    river.setStyle({ weight: Math.max(1.5, width / metres) });
  }
  const routes = shown.routes.filter((route) => map.hasLayer(route.group));
  const arrows = routes.flatMap((route) => route.arrows).filter(({ from, to, node }) => {
    node.hidden = map.latLngToLayerPoint(from).distanceTo(map.latLngToLayerPoint(to)) < SHORTEST_ARROW;
    return !(node.hidden || far);
  });
  for (const { dot, radius } of shown.unvisited) dot.setRadius(far ? radius * 0.6 : radius);
  const numbered = routes.filter((route) => route.focused || !(far || route.other));
  const pins = numbered.flatMap((route) => [...route.depots, ...route.stops]);
  const badges = far ? routes.filter((route) => !route.focused).map((route) => route.badge) : [];
  for (const { leader } of routes.flatMap((route) => [...route.depots, ...route.stops, route.badge])) leader.hidden = true;
  const heads = arrows.map(({ middle }) => ({ ...map.latLngToLayerPoint(middle), w: 7, h: 7 }));
  separateNames([...spread(pins, PIN_GAP), ...spread(badges, BADGE_GAP), ...heads]);
}

// Pushes pins apart until no two overlap, and ties each to its place. Returns where they are.
function spread(pins, gap) {
  const at = pins.map(({ place }, k) => {
    const point = shown.map.latLngToLayerPoint(place);
    return { x: point.x + Math.cos(k * 2.4), y: point.y + Math.sin(k * 2.4), from: point };
  });
  for (let round = 0, moved = true; moved && round < 60; round += 1) {
    moved = false;
    for (let i = 0; i < at.length; i += 1) {
      for (let j = i + 1; j < at.length; j += 1) {
        const dx = at[j].x - at[i].x;
        const dy = at[j].y - at[i].y;
        const apart = Math.hypot(dx, dy);
        if (apart < gap - 0.5) {
          const push = (gap - apart) / 2 / (apart || 1);
          at[i].x -= dx * push;
          at[i].y -= dy * push;
          at[j].x += dx * push;
          at[j].y += dy * push;
          moved = true;
        }
      }
    }
  }
  pins.forEach(({ marker, pin, leader }, k) => {
    const [dx, dy] = [at[k].x - at[k].from.x, at[k].y - at[k].from.y];
    const away = Math.hypot(dx, dy);
    const off = away > 3;
    pin.style.transform = off ? `translate(calc(-50% + ${dx}px), calc(-50% + ${dy}px))` : "";
    if (marker.getPopup()) marker.getPopup().options.offset = off ? [dx, dy - 6] : [0, -6];
    leader.hidden = away < 10;
    leader.style.width = `${away}px`;
    leader.style.transform = `rotate(${Math.atan2(dy, dx)}rad)`;
  });
  return at.map(({ x, y }) => ({ x, y, w: gap / 2, h: gap / 2 }));
}

// Names of the ground give way to pins, and the later of two to the earlier: a little up or down in their district, or
// out of sight.
function separateNames(taken) {
  for (const { node } of shown.labels) node.hidden = false;
  const sizes = shown.labels.map(({ node }) => [node.offsetWidth / 2 + 4, node.offsetHeight / 2 + 2]); // all, then write
  shown.labels.forEach(({ node, place, bounds }, k) => {
    const { x, y } = shown.map.latLngToLayerPoint(place);
    const [w, h] = sizes[k];
    const [top, bottom] = [bounds.getNorthWest(), bounds.getSouthEast()].map((corner) => shown.map.latLngToLayerPoint(corner).y);
    const free = (dy) => !taken.some((box) => Math.abs(box.x - x) < box.w + w && Math.abs(box.y - y - dy) < box.h + h);
    const dy = NAME_SHIFTS.filter((shift) => shift === 0 || (y + shift > top && y + shift < bottom)).find(free);
    node.hidden = dy === undefined;
    if (node.hidden) return;
    node.style.transform = `translate(-50%, calc(-50% + ${dy}px))`;
    taken.push({ x, y: y + dy, w, h });
  });
}

function renameLabels() {
  for (const { node, names } of shown.labels) node.textContent = either(names);
}
