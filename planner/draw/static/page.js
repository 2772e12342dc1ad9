// The page itself: its language, its day, and the frame around the map.

document.documentElement.classList.add("js");
// Whatever goes wrong before the page stands, the plain tables are there to be read.
const fallBack = () => document.documentElement.classList.remove("js");
window.addEventListener("error", fallBack);

function showLayer(layer, visible) {
  if (visible) shown.map.addLayer(layer);
  else shown.map.removeLayer(layer);
}

function languageButton() {
  const change = () => {
    state.lang = 1 - state.lang;
    render();
  };
  const node = button("switch", change, t("switch"));
  node.lang = state.lang ? "zh-CN" : "en";
  return node;
}

function dayButtons() {
  if (data.days.length < 2) return "";
  const choose = (day) => () => {
    state.day = day;
    render();
    fit();
  };
  return el("div", "days", ...data.days.map((day, k) => pressed(button("day", choose(k), dayName(day)), k === state.day)));
}

function pressed(node, on) {
  node.setAttribute("aria-pressed", String(on));
  return node;
}

function render() {
  shown.map.closePopup();
  switchWords();
  renameLabels();
  if (data.kind === "team") teamPage();
  else planPage();
  mapFrame();
}

function fit() {
  if (data.kind === "team") fitTeam();
  else fitPlan();
}

// Leaflet's animated zoom, once begun, overrides what is asked of the map next: so it is never begun here.
function goTo(place, layer, leastZoom) {
  if (shown.map.getZoom() < leastZoom) shown.map.setView(place, leastZoom, { animate: false });
  else shown.map.panTo(place);
  layer.openPopup();
}

// Zoom buttons, scale bar and the mark that this is a schematic; made again when the language changes.
function mapFrame() {
  shown.map.getContainer().setAttribute("role", "region");
  shown.map.getContainer().setAttribute("aria-label", t("map"));
  (shown.frame || []).forEach((control) => control.remove());
  const zoom = L.control.zoom({ position: "topright", zoomInTitle: t("zoom_in"), zoomOutTitle: t("zoom_out") });
  const whole = L.control({ position: "topright" });
  whole.onAdd = () => {
    const node = button("whole", fit, icon("M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5"));
    node.title = t("whole");
    node.setAttribute("aria-label", t("whole"));
    const bar = el("div", "leaflet-bar", node);
    L.DomEvent.disableClickPropagation(bar);
    L.DomEvent.on(bar, "click", L.DomEvent.stopPropagation); // or the next tap nearby makes a double tap on the map
    return bar;
  };
  const scale = L.control.scale({ position: "bottomleft", imperial: false });
  const mark = L.control({ position: "bottomright" });
  mark.onAdd = () => el("div", "schematic", t("schematic"));
  shown.frame = [zoom, whole, scale, mark].map((control) => control.addTo(shown.map));
}

function start() {
  const { map } = shown;
  map.on("zoomend", settle);
  map.on("popupopen", ({ popup }) => {
    popup.getElement().querySelector(".leaflet-popup-close-button").setAttribute("aria-label", t("close"));
  });
  if (data.kind === "team") startTeamPage();
  else startPlanPage();
  render();
  map.invalidateSize({ animate: false });
  if (data.kind === "team") fitTeam();
  else fitMost();
  settle();
  window.addEventListener("resize", settle);
  window.removeEventListener("error", fallBack);
}

document.addEventListener("DOMContentLoaded", start);
