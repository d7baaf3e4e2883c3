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
function askAgain(element) {
  if (!element.matches('[hx-trigger*="again"]')) return;
  setTimeout(() => htmx.trigger(element, "again"), AGAIN_AFTER);
}

for (const failure of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, ({ detail }) => {
    say(LOST, detail.elt);
    askAgain(detail.elt);
  });
}
document.addEventListener("htmx:responseError", ({ detail }) => askAgain(detail.elt));

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
