// The page itself: opened, drawn, and in the language and on the day that its reader chose. `PAGE` is its kind's part.

document.documentElement.classList.add("js");
// Whatever goes wrong before the page stands, the plain tables are there to be read.
const fallBack = () => document.documentElement.classList.remove("js");
window.addEventListener("error", fallBack);

function render() {
  closeSheets();
  shown.map.closePopup();
  switchWords();
  renameLabels();
  PAGE.show();
  mapFrame();
  watermark();
  prepared.for = null;
}

function fit() {
  PAGE.fit();
}

/** Sheets for the printer are made when somebody prints: in the language and for the day on the screen. */
const prepared = { for: null };
function preparePaper() {
  const what = `${state.lang} ${state.day}`;
  if (prepared.for === what || !shown.ready) return;
  prepared.for = what;
  document.getElementById("sheets").replaceChildren(...PAGE.paper());
}

async function start() {
  document.documentElement.classList.toggle("sealed", Boolean(data.sealed));
  if (data.sealed) data = await unlock(data.sealed);
  document.documentElement.classList.remove("sealed");
  if (PAGE.prepare) await PAGE.prepare();
  document.getElementById("panel").setAttribute("role", "main");
  const { map } = shown;
  map.invalidateSize({ animate: false });
  drawAll();
  layTiles();
  map.on("zoomend", settle);
  map.on("popupopen", ({ popup }) => {
    popup.getElement().querySelector(".leaflet-popup-close-button").setAttribute("aria-label", t("close"));
    map.getContainer().classList.add("reading");
  });
  map.on("popupclose", () => map.getContainer().classList.remove("reading"));
  PAGE.start();
  render();
  PAGE.open();
  settle();
  window.addEventListener("resize", settle);
  window.addEventListener("beforeprint", preparePaper);
  matchMedia("print").addEventListener("change", (now) => now.matches && preparePaper());
  window.removeEventListener("error", fallBack);
  shown.ready = true;
  if (matchMedia("print").matches) preparePaper();
}

document.addEventListener("DOMContentLoaded", () => start().catch((problem) => {
  fallBack();
  throw problem;
}));
