// Which of two plans the map shows: before, now, or one over the other; and a sign on every stop that differs.

const look = { side: "both", tab: "changes", team: null, docked: true, copied: new Set() };

const SIGNS = {
  dropped: "M6 6l12 12M18 6 6 18",
  added: "M12 4v16M4 12h16",
  moved: "M3 9h16l-5-5M21 15H5l5 5",
  time: "M12 3a9 9 0 1 0 .01 0M12 7v5l4 2",
};

const CROWD = 60; // changes in sight beyond which a map from afar shows teams instead
const SEVERAL = 8; // changes of which those far out may be one click away
const MOST_SHARE = 0.7;

/** What a change is called first: a move to another team or day is more than one to another time. */
function signOf({ kind, aspects }) {
  return kind === "moved" && aspects.every((aspect) => aspect === "time") ? "time" : kind;
}

function sign(change) {
  const key = signOf(change);
  return el("i", `sign-disc ${key}`, icon(SIGNS[key]));
}

/** What differs at a stop, if anything. */
function changeAt(route, k) {
  return data.changes.find(({ sides }) => {
    const stop = sides[route.duty.side] && sides[route.duty.side].stop;
    return stop && stop[0] === route.index && stop[1] === k;
  });
}

function markChanges() {
  for (const route of shown.routes) {
    route.stops.forEach((stop, k) => {
      stop.change = changeAt(route, k);
      if (!stop.change) return;
      stop.node.classList.add("changed");
      stop.pin.append(sign(stop.change));
    });
  }
}

function isSeen({ duty }) {
  const side = { before: 0, now: 1 }[look.side];
  return (
    duty.day === state.day &&
    (side === undefined || duty.side === side) &&
    (look.team === null || duty.team === look.team)
  );
}

function isCrowded() {
  return shown.routes.filter(isSeen).flatMap(({ stops }) => stops).filter(({ change, off }) => change && !off).length > CROWD;
}

/** Brings the map in line with what was chosen. One over the other, what was lies dashed under what is. */
function applySide() {
  for (const route of shown.routes) {
    route.quiet = look.side === "both" && route.duty.side === 0;
    showLayer(route.group, isSeen(route));
    const [there, back, halo, path] = route.lines.map(({ part }) => part);
    for (const part of [there, back]) part.setStyle({ opacity: route.quiet ? 0 : 0.5 });
    halo.setStyle({ opacity: route.quiet ? 0 : 0.9 });
    path.setStyle(route.quiet ? { dashArray: "3 8", opacity: 0.85, weight: 3 } : { dashArray: null, opacity: 1, weight: 3.5 });
    const hide = (one, off) => {
      one.off = off;
      one.node.classList.toggle("other", off);
    };
    for (const stop of route.stops) hide(stop, route.quiet && !(stop.change && stop.change.kind === "dropped"));
    for (const waypoint of route.waypoints) hide(waypoint, route.quiet);
    if (!route.quiet && shown.map.hasLayer(route.group)) route.lines.forEach(({ part }) => part.bringToFront());
  }
  const near = !isCrowded();
  for (const { node, change } of shown.routes.flatMap(({ stops }) => stops)) node.classList.toggle("focus", near && Boolean(change));
  settle();
}

function chooseSide(side) {
  look.side = side;
  shown.map.closePopup();
  for (const node of document.querySelectorAll(".side-switch button")) pressed(node, node.dataset.side === side);
  applySide();
}

/** The switch over the map. */
function sideSwitch() {
  const control = L.control({ position: "topleft" });
  control.onAdd = () => {
    const buttons = ["before", "both", "now"].map((side) => {
      const node = button("", () => chooseSide(side), t(`side_${side}`));
      node.dataset.side = side;
      return pressed(node, side === look.side);
    });
    const group = el("div", "side-switch", ...buttons);
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", t("sides"));
    L.DomEvent.disableClickPropagation(group);
    return group;
  };
  return control;
}

/** A change was chosen from a list: the map shows where it is now, or where it was. */
function goToChange({ sides }) {
  const side = sides[1] ? 1 : 0;
  const [index, k] = sides[side].stop;
  const day = shown.routes[index].duty.day;
  if (look.side === (side ? "before" : "now")) chooseSide("both");
  look.team = null;
  if (day !== state.day) {
    state.day = day;
    render();
  } else {
    refreshComparison();
  }
  goTo(shown.routes[index].stops[k].place, shown.routes[index].stops[k].marker, 14.5);
}

/** The places of the changes in sight, or else of the stops. */
function changedPlaces() {
  const seen = shown.routes.filter(isSeen);
  const stops = seen.flatMap((route) => route.stops.filter(({ change }) => change || look.team !== null));
  return (stops.length ? stops : seen.flatMap((route) => route.stops)).map(({ place }) => place);
}

/** Of many places those around the middle of them: a team far out must not make the rest a dot. */
function middlePlaces(places) {
  if (places.length < SEVERAL) return places;
  const half = Math.floor(places.length / 2);
  const [lat, lng] = ["lat", "lng"].map((axis) => places.map((place) => place[axis]).sort((a, b) => a - b)[half]);
  const off = (place) => L.latLng(lat, lng).distanceTo(place);
  return [...places].sort((a, b) => off(a) - off(b)).slice(0, Math.ceil(places.length * MOST_SHARE));
}

/** The map on the changes; with `most` without those that lie far out. */
function fitChanges(most) {
  const places = changedPlaces();
  const bounds = places.length ? L.latLngBounds(most ? middlePlaces(places) : places) : shown.districts.getBounds();
  if (bounds.isValid()) shown.map.fitBounds(bounds, { padding: [52, 52], maxZoom: 15, animate: false });
}
