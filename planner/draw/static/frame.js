// The frame around the map: its controls, what lies under it, and whose page it is.

/** Zoom buttons, scale bar and the mark that this is a schematic; made again when the language changes. */
function mapFrame() {
  shown.map.getContainer().setAttribute("role", "region");
  shown.map.getContainer().setAttribute("aria-label", t("map"));
  (shown.frame || []).forEach((control) => control.remove());
  const zoom = L.control.zoom({ position: "topright", zoomInTitle: t("zoom_in"), zoomOutTitle: t("zoom_out") });
  const tools = [mapButton("whole", t("whole"), "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5", fit)];
  if (PAGE.tools) tools.push(...PAGE.tools());
  const scale = L.control.scale({ position: "bottomleft", imperial: false });
  const mark = L.control({ position: "bottomright" });
  mark.onAdd = () => el("div", "schematic", data.base ? data.base.attribution : t("schematic"));
  shown.frame = [zoom, ...tools, scale, mark].map((control) => control.addTo(shown.map));
}

function mapButton(className, text, path, action) {
  const control = L.control({ position: "topright" });
  control.onAdd = () => {
    const node = button(`map-tool ${className}`, action, icon(path));
    node.title = text;
    node.setAttribute("aria-label", text);
    const bar = el("div", "leaflet-bar", node);
    L.DomEvent.disableClickPropagation(bar);
    L.DomEvent.on(bar, "click", L.DomEvent.stopPropagation); // or the next tap nearby makes a double tap on the map
    return bar;
  };
  return control;
}

/** The tiles that the policy chose; without any, the page asks nobody for anything. */
function layTiles() {
  if (!data.base) return;
  shown.map.getContainer().classList.add("tiled");
  for (const address of data.base.addresses) {
    L.tileLayer(
      address,
      { subdomains: data.base.servers || "a", maxNativeZoom: data.base.most_zoom, maxZoom: 19 },
    ).addTo(shown.map);
  }
}

/** Plan, revision and who drew it, faintly over the whole map. */
function watermark() {
  const text = svg("text", { x: 8, y: 60, "font-size": 13, fill: "#17222d" });
  text.textContent = origin();
  const pattern = svg(
    "pattern",
    { id: "whose", width: 330, height: 150, patternUnits: "userSpaceOnUse", patternTransform: "rotate(-24)" },
    text,
  );
  const cover = svg(
    "svg",
    { class: "watermark", "aria-hidden": "true" },
    svg("defs", {}, pattern),
    svg("rect", { width: "100%", height: "100%", fill: "url(#whose)" }),
  );
  const old = document.querySelector("#stage .watermark");
  if (old) old.remove();
  document.getElementById("stage").append(cover);
}

/** Leaflet's animated zoom, once begun, overrides what is asked of the map next: so it is never begun here. */
function goTo(place, layer, leastZoom) {
  if (shown.map.getZoom() < leastZoom) shown.map.setView(place, leastZoom, { animate: false });
  else shown.map.panTo(place);
  if (layer) layer.openPopup();
}

function showLayer(layer, visible) {
  if (visible) shown.map.addLayer(layer);
  else shown.map.removeLayer(layer);
}

function languageButton() {
  const change = () => {
    state.lang = 1 - state.lang;
    render();
  };
  const node = button("switch language", change, t("switch"));
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
  const row = el(
    "div",
    "days",
    ...data.days.map((day, k) => pressed(button("day", choose(k), dayName(day)), k === state.day)),
  );
  row.setAttribute("role", "group");
  row.setAttribute("aria-label", t("days"));
  return row;
}
