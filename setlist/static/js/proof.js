// While a show's votes come abnormally fast a guest's wish is answered with a sum. A worker solves it beside
// the page, then the wish is given again. Nothing of this runs unless a row asks for it.
"use strict";

(() => {
  const MOST_TRIES = 3; // of one wish: a browser without cookies would go on for ever
  const FAILED = "That did not work here.";
  const waiting = new Map(); // the ids of rows, and what was wished there
  const tries = new Map();
  let isSolving = false;

  const hurdleOf = (row) => document.getElementById(row)?.querySelector("[data-challenge]");

  function begin(hurdle) {
    const row = hurdle.closest(".song");
    const button = row?.querySelector("button.wish");
    if (!button) return;
    const tried = (tries.get(row.id) ?? 0) + 1;
    tries.set(row.id, tried);
    if (tried > MOST_TRIES) {
      giveUp(hurdle);
      return;
    }
    waiting.set(row.id, button.value);
    if (!isSolving) solve(hurdle);
  }

  function solve(hurdle) {
    isSolving = true;
    const { challenge, solve: address, worker: program } = hurdle.dataset;
    let worker;
    try {
      worker = new Worker(program);
    } catch {
      fail();
      return;
    }
    worker.onerror = fail;
    worker.onmessage = ({ data }) => {
      worker.terminate();
      send(address, challenge, data).then((passed) => (passed ? repeat() : fail()), fail);
    };
    worker.postMessage(challenge);
  }

  async function send(address, challenge, solution) {
    const answer = await fetch(address, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams({ challenge, solution }),
    });
    return answer.ok;
  }

  // Wishes that were given meanwhile too: one pass is good for all of them.
  function repeat() {
    isSolving = false;
    const rows = [...waiting];
    waiting.clear();
    for (const [id, wanted] of rows) {
      const button = document.getElementById(id)?.querySelector("button.wish");
      const hurdle = hurdleOf(id);
      hurdle?.removeAttribute("data-challenge");
      if (hurdle && button?.value === wanted) button.click();
    }
  }

  function fail() {
    isSolving = false;
    for (const id of waiting.keys()) {
      const hurdle = hurdleOf(id);
      if (hurdle) giveUp(hurdle);
    }
    waiting.clear();
  }

  function giveUp(hurdle) {
    hurdle.querySelector(".hurdle-words").textContent = FAILED;
    hurdle.removeAttribute("data-challenge");
    tries.delete(hurdle.closest(".song")?.id);
  }

  document.addEventListener("htmx:afterSwap", ({ detail }) => {
    const hurdle = detail.target.querySelector?.("[data-challenge]");
    // A row that was replaced by its answer is told of too, with what it had in it.
    if (hurdle?.isConnected && !waiting.has(hurdle.closest(".song")?.id)) begin(hurdle);
  });
  // A wish that has landed is answered with its whole row.
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.successful) tries.delete(detail.target?.id);
  });
})();
