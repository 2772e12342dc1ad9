// Where the phone is, if it says so. The place stays on the screen: it is neither kept nor sent.

function positionTools() {
  if (!navigator.geolocation) return [];
  return [mapButton("locate", t("locate"), "M12 3v4M12 17v4M3 12h4M17 12h4M12 8a4 4 0 1 0 0 8a4 4 0 0 0 0-8z", locate)];
}

function locate() {
  if (shown.watch !== undefined) {
    navigator.geolocation.clearWatch(shown.watch);
    shown.watch = undefined;
    shown.me.remove();
    shown.me = null;
    return;
  }
  shown.watch = navigator.geolocation.watchPosition(showPosition, () => {
    toast(t("no_position"));
    navigator.geolocation.clearWatch(shown.watch);
    shown.watch = undefined;
  }, { enableHighAccuracy: true, maximumAge: 10000, timeout: 20000 });
}

function showPosition({ coords }) {
  const place = shiftedToMap(coords.latitude, coords.longitude);
  if (!shown.me) {
    const dot = mark(place, el("span", "me"), { interactive: false, keyboard: false, zIndexOffset: 600 });
    const around = L.circle(place, { radius: coords.accuracy, className: "me-around", interactive: false });
    shown.me = L.layerGroup([around, dot]).addTo(shown.map);
    shown.map.setView(place, Math.max(shown.map.getZoom(), 15), { animate: false });
  }
  shown.me.eachLayer((layer) => layer.setLatLng(place));
  shown.me.eachLayer((layer) => layer.setRadius && layer.setRadius(coords.accuracy));
}

/** A phone's WGS 84 place in the datum of the map: shifted as the nearest stop is, which differs by a metre or so. */
function shiftedToMap(lat, lon) {
  const datum = data.base ? data.base.datum : "wgs84";
  const away = ({ at }) => (at.wgs84[0] - lat) ** 2 + (at.wgs84[1] - lon) ** 2;
  const near = data.enterprises.reduce((best, next) => (away(next) < away(best) ? next : best));
  return [lat + near.at[datum][0] - near.at.wgs84[0], lon + near.at[datum][1] - near.at.wgs84[1]];
}
