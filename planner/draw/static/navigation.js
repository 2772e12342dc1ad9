// A leg handed over to a map application: the place in the datum that it reads, and not a word about who is there.

/** What each service calls a way to travel. */
const MODES = {
  "TravelMode.walk": { amap: "walk", baidu: "walking", apple: "w", google: "walking" },
  "TravelMode.metro": { amap: "bus", baidu: "transit", apple: "r", google: "transit" },
  "TravelMode.car": { amap: "car", baidu: "driving", apple: "d", google: "driving" },
  "TravelMode.mixed": { amap: "bus", baidu: "transit", apple: "r", google: "transit" },
};

/**
 * Addresses for the way between two places, by service.
 *
 * AMap, Apple and Google (whose streets in China are AutoNavi's or shifted alike) read GCJ-02, Baidu BD-09, and a geo:
 * address is WGS 84 by its definition (RFC 5870).
 */
function legLinks(from, to, mode, label) {
  const by = MODES[mode];
  const [start, name] = [t("from_here"), label].map(encodeURIComponent);
  const [gcj, bd, wgs] = [to.gcj02, to.bd09, to.wgs84];
  return {
    amap:
      `https://uri.amap.com/navigation?to=${gcj[1]},${gcj[0]},${name}&mode=${by.amap}` +
      "&coordinate=gaode&callnative=1&src=lookback",
    baidu:
      `https://api.map.baidu.com/direction?origin=latlng:${from.bd09.join(",")}|name:${start}` +
      `&destination=latlng:${bd.join(",")}|name:${name}&mode=${by.baidu}&coord_type=bd09ll&output=html&src=lookback`,
    apple: `https://maps.apple.com/?daddr=${gcj.join(",")}&dirflg=${by.apple}`,
    google: `https://www.google.com/maps/dir/?api=1&destination=${gcj.join(",")}&travelmode=${by.google}`,
    geo: `geo:${wgs.join(",")}?q=${wgs.join(",")}(${name})`,
  };
}

/** The leg to a stop, or with k one beyond the last, back to where the team ends. */
function linksTo(route, k) {
  const { duty } = route;
  const stop = (n) => data.enterprises[duty.visits[n].enterprise].at;
  const halt = duty.halts.filter(({ after }) => after === k).pop();
  const from = halt ? halt.at : k === 0 ? duty.start_at : stop(k - 1);
  if (k === duty.visits.length) return legLinks(from, duty.end_at, duty.return.mode, t("return"));
  return legLinks(from, stop(k), duty.visits[k].leg.mode, t("stop_n", { n: k + 1 }));
}

function openNavigation(route, k) {
  const links = linksTo(route, k);
  const rows = Object.entries(links).map(([service, href]) => el("li", "", link("service", href, t(`service_${service}`))));
  const head = k === route.duty.visits.length ? [t("return")] : [
    disc("", route.duty, k + 1),
    data.enterprises[route.duty.visits[k].enterprise].name,
  ];
  openSheet("small", head, el("div", "sheet-body", el("ul", "services", ...rows), el("p", "quiet", t("service_note"))));
}
