// What pages gain where JavaScript runs. Without it they work all the same.
"use strict";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const AGAIN_AFTER = 3_000;
const LOST = "That did not reach us. Check your connection and try again.";

const plural = (count, one) => `${count} ${one}${count === 1 ? "" : "s"}`;

function until(moment) {
  const left = moment - Date.now();
  if (left <= 0) return "now";
  if (left >= 2 * DAY) return `in ${plural(Math.floor(left / DAY), "day")}`;
  if (left >= HOUR) return `in ${plural(Math.floor(left / HOUR), "hour")}`;
  return `in ${plural(Math.max(1, Math.floor(left / MINUTE)), "minute")}`;
}

function tellTimes(root) {
  for (const element of root.querySelectorAll("[data-until]")) {
    element.textContent = until(new Date(element.dataset.until));
  }
  for (const element of root.querySelectorAll("[data-here]")) {
    const moment = new Date(element.dataset.here);
    const here = moment.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
    element.textContent = here === element.dataset.there ? "" : `That is ${here} for you.`;
  }
}

// Said where it went wrong: at the song's row, else where messages are shown.
function say(words, element) {
  const row = element.closest(".song");
  const place = row ? row.querySelector(".refusal") : document.getElementById("flash");
  if (place) place.textContent = words;
}

// What polls goes on polling after a failure, only slower.
const POLLS = '[hx-trigger*="again"]';

function askAgain(element) {
  if (!element.matches(POLLS)) return;
  setTimeout(() => htmx.trigger(element, "again"), AGAIN_AFTER);
}

for (const failure of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, ({ detail }) => {
    say(LOST, detail.elt);
    askAgain(detail.elt);
  });
}
document.addEventListener("htmx:responseError", ({ detail }) => askAgain(detail.elt));

// Nobody looks at a hidden tab: what would ask there asks when somebody does.
const unseen = new Set();
document.addEventListener("htmx:beforeRequest", (event) => {
  if (!document.hidden || !event.detail.elt.matches(POLLS)) return;
  event.preventDefault();
  unseen.add(event.detail.elt);
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  for (const element of unseen) htmx.trigger(element, "again");
  unseen.clear();
});

// A proxy's error page is a whole page: it has no place inside a row.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const isWholePage = /^\s*<(!doctype|html)/i.test(detail.xhr.responseText);
  if (detail.xhr.status < 400 || !isWholePage) return;
  detail.shouldSwap = false;
  say("The site could not answer just now. Try again in a moment.", detail.elt);
});

document.addEventListener(
  "error",
  ({ target }) => {
    if (!(target instanceof HTMLImageElement) || !target.dataset.fallback) return;
    target.src = target.dataset.fallback;
    delete target.dataset.fallback;
  },
  true,
);
// Pictures that failed before this script ran.
for (const image of document.querySelectorAll("img[data-fallback]")) {
  if (image.complete && image.naturalWidth === 0 && image.currentSrc) image.dispatchEvent(new Event("error"));
}

document.addEventListener("htmx:load", ({ target }) => tellTimes(target));
setInterval(() => tellTimes(document), MINUTE / 2);
tellTimes(document);

// The second click of a double click meets the star that the first one's answer has brought, and would
// take the wish back. A keyboard's click counts 0.
document.addEventListener(
  "click",
  (event) => {
    if (event.detail > 1 && event.target.closest("button.wish")) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  },
  true,
);

// Tallies move while somebody looks; rows stay where they are, since a finger may be over one.
const TALLIES_EVERY = 10_000;
const TALLIES_AT_MOST = 80_000;
let talliesEvery = TALLIES_EVERY;

function showTally(row, [accounts, guests], top) {
  const wishes = accounts + guests;
  row.querySelector(".tally").classList.toggle("tally-none", wishes === 0);
  row.querySelector(".count").textContent = wishes.toLocaleString("en-GB");
  row.querySelector(".tally .unseen").textContent = wishes === 1 ? " wish" : " wishes";
  const [mine, theirs] = [accounts, guests].map((count) => count.toLocaleString("en-GB"));
  row.querySelector(".split").textContent = `${mine} with an account, ${theirs} as guests`;
  row.querySelector(".bar-level").setAttribute("width", top ? (100 * wishes) / top : 0);
}

async function askForTallies() {
  const sheet = document.querySelector("[data-tallies]");
  if (!sheet || document.hidden) return;
  try {
    const response = await fetch(sheet.dataset.tallies);
    if (!response.ok) throw new Error(response.statusText);
    const { songs, state } = await response.json();
    if (state !== "open") sheet.removeAttribute("data-tallies");
    const top = Math.max(0, ...Object.values(songs).map(([accounts, guests]) => accounts + guests));
    for (const row of sheet.querySelectorAll(".song:not(:has(.htmx-request))")) {
      const counts = songs[row.id.slice("song-".length)];
      if (counts) showTally(row, counts, top);
    }
    talliesEvery = TALLIES_EVERY;
  } catch {
    talliesEvery = Math.min(2 * talliesEvery, TALLIES_AT_MOST);
  }
}

function waitForTallies() {
  setTimeout(async () => {
    await askForTallies();
    waitForTallies();
  }, talliesEvery);
}

waitForTallies();
document.addEventListener("visibilitychange", askForTallies);
