// An exam under way: answers are sent as they are given, and wait on this device while the network is away.
(() => {
  "use strict";
  const box = document.querySelector("[data-exam]");
  if (!box) return;
  const { exam: address, paper, result, handIn } = box.dataset;
  const words = box.dataset;
  const holder = box.querySelector("[data-page]");
  const status = box.querySelector("[data-status]");
  const clock = box.querySelector("[data-clock]");
  const ending = box.querySelector("form[data-end]");
  const RETRY = 5000;

  // Kept where drafts are kept (app.js), so that they go with a sign-out and after some days.
  const name = `draft:${document.body.dataset.user}:${address}`;
  const loadedAt = Date.now();
  const elapsed = () => Number(words.elapsed) + Date.now() - loadedAt;
  const left = () => Math.max(0, Math.floor(Number(words.left) - (Date.now() - loadedAt) / 1000));
  const known = {};
  let waiting = {}, pages = null, busy = false, away = false, signedOut = false, once = false, said = "";
  try { waiting = JSON.parse(localStorage.getItem(name))?.answers ?? {}; } catch { /* no storage: kept on the page */ }
  const keep = () => {
    try {
      if (Object.keys(waiting).length) localStorage.setItem(name, JSON.stringify({ at: Date.now(), sent: false, fields: [], answers: waiting }));
      else localStorage.removeItem(name);
    } catch { /* no storage */ }
  };

  const show = (message = said) => {
    said = message;
    const count = Object.keys(waiting).length;
    const bad = Boolean(said) || (count > 0 && (away || signedOut));
    status.className = bad ? "note tone-warn" : "hint";
    status.textContent = said || (count === 0 ? (once ? words.saved : "") : signedOut ? words.signedOut : away ? words.waiting.replace("{n}", count) : words.sending);
  };
  const mark = (place, isAnswered) => {
    const link = box.querySelector(`a[data-go="${place}"]`);
    if (link) link.querySelector("[data-done]").hidden = !isAnswered;
    const count = box.querySelector("[data-count]");
    if (count) count.textContent = box.querySelectorAll("[data-done]:not([hidden])").length;
  };

  const send = async (place, item) => {
    const body = new URLSearchParams(item.body);
    body.set("sent", item.sent);
    body.set("csrfmiddlewaretoken", box.querySelector("[name=csrfmiddlewaretoken]").value);
    const answer = await fetch(`${address}${place}/`, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual" });
    if (answer.type === "opaqueredirect" || answer.status === 403) { signedOut = true; return false; }
    if (answer.status >= 500 || answer.status === 429) throw new Error(answer.status);
    const told = await answer.json();
    signedOut = false;
    if (/^(time|sitting)_over$/.test(told.code)) { waiting = {}; keep(); location.assign(result); return false; }
    if (waiting[place] === item) delete waiting[place];
    keep();
    if (answer.ok) { once = true; mark(place, told.answered); return true; }
    // Another device has saved a later answer: that one counts, so look at it.
    if (told.code === "answer_older") { location.reload(); return false; }
    said = told.message;
    return true;
  };
  const flush = async () => {
    if (busy) return;
    busy = true;
    try {
      for (let next; (next = Object.entries(waiting)[0]) && await send(...next););
      away = false;
    } catch { away = true; }
    busy = false;
    show();
    if (ending?.dataset.asked && !Object.keys(waiting).length) location.reload();
  };

  const given = (form) => {
    const body = new URLSearchParams(new FormData(form));
    ["csrfmiddlewaretoken", "sent", "go"].forEach((each) => body.delete(each));
    return body;
  };
  const isIncomplete = (form) => {
    const ranks = [...form.querySelectorAll("select")].map(({ value }) => value);
    return ranks.some(Boolean) && new Set(ranks.filter(Boolean)).size < ranks.length;
  };
  const save = (form) => {
    if (isIncomplete(form)) return;
    const { place } = form.dataset;
    const sent = Math.max((known[place] ?? Number(form.dataset.sent)) + 1, elapsed());
    known[place] = sent;
    waiting[place] = { body: given(form).toString(), sent };
    keep();
    show("");
    flush();
  };
  const restore = (form) => {
    const item = waiting[form.dataset.place];
    if (!item) return;
    const body = new URLSearchParams(item.body);
    [...form.elements].forEach((field) => {
      if (/radio|checkbox/.test(field.type)) field.checked = body.getAll(field.name).includes(field.value);
      else if (field.tagName === "SELECT") field.value = body.get(field.name) ?? "";
    });
  };

  const current = () => Number(holder.querySelector("form").dataset.place);
  const turn = (place, isNew = true) => {
    const form = pages?.get(place);
    if (!form) return false;
    holder.replaceChildren(form);
    if (isNew) history.pushState(null, "", `${address}${place}/`);
    box.querySelectorAll("a[data-go]").forEach((link) => {
      if (Number(link.dataset.go) === place) link.setAttribute("aria-current", "page"); else link.removeAttribute("aria-current");
    });
    scrollTo(0, 0);
    form.querySelector("h2").focus({ preventScroll: true });
    show("");
    return true;
  };
  const fetchPaper = async () => {
    const answer = await fetch(paper, { redirect: "manual" });
    if (!answer.ok) return;
    const text = document.createElement("template");
    text.innerHTML = await answer.text();
    const found = new Map([...text.content.querySelectorAll("form")].map((form) => [Number(form.dataset.place), document.adoptNode(form)]));
    found.forEach(restore);
    found.set(current(), holder.querySelector("form"));
    pages = found;
  };

  const finish = () => {
    if (!Object.keys(waiting).length) return location.assign(handIn);
    flush().then(() => { if (!Object.keys(waiting).length) location.assign(handIn); });
  };
  if (holder) {
    restore(holder.querySelector("form"));
    box.addEventListener("change", ({ target }) => target.form?.dataset.place && save(target.form));
    box.addEventListener("submit", (event) => {
      const form = event.target;
      if (!form.dataset.place || !pages) return;
      event.preventDefault();
      if (isIncomplete(form)) return show(words.numbers);
      const place = Number(form.dataset.place) + (event.submitter?.value === "previous" ? -1 : 1);
      if (!turn(place)) finish();
    });
    box.addEventListener("click", (event) => {
      const link = event.target.closest("a[data-go]");
      if (link && turn(Number(link.dataset.go))) event.preventDefault();
      if (event.target.closest("a[data-finish]") && Object.keys(waiting).length) { event.preventDefault(); finish(); }
    });
    addEventListener("popstate", () => {
      const place = Number(location.pathname.split("/").at(-2));
      if (!turn(place, false)) location.reload();
    });
    const load = () => fetchPaper().catch(() => setTimeout(load, RETRY));
    load();
  }
  if (ending) ending.addEventListener("submit", (event) => {
    if (!Object.keys(waiting).length) return;
    event.preventDefault();
    ending.dataset.asked = "1";
    show();
    flush();
  });

  addEventListener("online", flush);
  setInterval(() => Object.keys(waiting).length && flush(), RETRY);
  const tick = () => {
    const seconds = left();
    if (clock) clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (seconds || !holder) return;
    clearInterval(ticking);
    show(words.over);
    flush().finally(() => setTimeout(() => location.assign(handIn), Object.keys(waiting).length ? RETRY * 3 : 0));
  };
  const ticking = setInterval(tick, 1000);
  tick();
  if (Object.keys(waiting).length) { show(); flush(); }
})();
