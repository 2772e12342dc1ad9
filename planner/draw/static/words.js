"use strict";
// What the page knows, and the words it says it in.

/** The content of the page; of a sealed one, no more than its lock until it is opened. */
let data = JSON.parse(document.getElementById("data").textContent);
const state = { lang: document.documentElement.lang === "en" ? 1 : 0, day: 0 };

/** A text of the page itself, with its {gaps} filled. */
function t(key, gaps) {
  return data.texts[key][state.lang].replace(/\{(\w+)\}/g, (_, name) => gaps[name]);
}

/** A text given in both languages. */
function either(pair) {
  return pair[state.lang];
}

function distance(metres) {
  return metres < 1000 ? t("metres", { n: metres }) : t("kilometres", { n: (metres / 1000).toFixed(1) });
}

function count(n) {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ",");
}

function dayName(day) {
  return `${day.date} ${t(day.weekday)}`;
}

const minutesOf = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));

/** Which plan this is, and who drew it: for the watermark and for paper. */
function origin() {
  return [t("plan_id", data.plan), data.drawn_by ? t("drawn_by", { name: data.drawn_by }) : ""].filter(Boolean).join(" · ");
}

/** The plain tables, for a reader without scripts, are switched in place. */
function switchWords() {
  document.documentElement.lang = state.lang ? "en" : "zh-CN";
  for (const word of document.querySelectorAll("[data-t]")) word.textContent = t(word.dataset.t);
}
