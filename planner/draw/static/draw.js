// What Folium's script calls, and what layers draw with.

const shown = { map: null, areas: [], labels: [], rivers: [], routes: [], unvisited: [], rules: [], others: [] };
const waiting = [];

const PIN_GAP = 25; // pixels between the middles of two pins
const SHADES = ["#7c8894", "#a58a55", "#8276a8", "#5d978b", "#ad788a", "#7f9152", "#6b8fb5", "#b0805f"];
const POPUP = { minWidth: 230, maxWidth: 320, autoPanPadding: [24, 24] };

/** Folium says which function draws into which group, and the number of its data; drawn it is once they are there. */
function draw(map, group, layer, number) {
  shown.map = map;
  waiting.push(() => layers[layer](map, group, data.drawings[number]));
}

function drawAll() {
  POPUP.maxHeight = Math.max(180, Math.min(420, shown.map.getSize().y - 90));
  for (const task of waiting.splice(0)) task();
}

function pane(map, name, z) {
  if (!map.getPane(name)) map.createPane(name).style.zIndex = z;
}

function shade(rule) {
  return SHADES[rule % SHADES.length];
}

/** A marker that is the given element, centred on its place. */
function mark(place, node, options) {
  return L.marker(place, { icon: L.divIcon({ className: "mark", html: node, iconSize: [0, 0] }), ...options });
}

/** A pin that may be pushed aside, with the thread that then ties it to its place; `label` says it in words. */
function pinned(route, place, node, pin, label, options) {
  const leader = el("i", "leader");
  const marker = mark(place, node, { riseOnHover: true, ...options });
  route.group.addLayer(marker);
  route.group.addLayer(mark(place, leader, { pane: "leaders", interactive: false, keyboard: false }));
  const say = () => marker.getElement() && marker.getElement().setAttribute("aria-label", label());
  marker.on("add", say);
  say();
  return { marker, node, pin, leader, say, place: L.latLng(place) };
}

/** Pushes pins apart until no two overlap, and ties each to its place. Returns where they are. */
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
        if (Math.abs(dx) >= gap || Math.abs(dy) >= gap) continue;
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
