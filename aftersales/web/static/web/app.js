// Comfort for pages that work without it; behaviour hangs on data attributes (see docs/look.md).
(() => {
  "use strict";
  const all = (selector) => [...document.querySelectorAll(selector)];
  const words = document.getElementById("words")?.dataset ?? {};
  const make = (tag, props, ...inside) => {
    const node = Object.assign(document.createElement(tag), props);
    node.append(...inside);
    return node;
  };
  const button = (text, onclick, className = "btn") => make("button", { type: "button", textContent: text, onclick, className });

  // Drafts: one a person and page, with the form's own key, so that sending it again is a replay.
  const DAYS = 7;
  const user = document.body.dataset.user;
  const prefix = `draft:${user}:`;
  const here = prefix + location.pathname;
  const names = () => Object.keys(localStorage).filter((name) => name.startsWith("draft:"));
  const read = (name) => JSON.parse(localStorage.getItem(name));
  const forget = (list) => list.forEach((name) => localStorage.removeItem(name));
  // Only a redirect from the form's page to another page of the same person means that it has arrived.
  const redirected = performance.getEntriesByType("navigation")[0]?.redirectCount;
  const sender = document.referrer && prefix + new URL(document.referrer).pathname;
  const fields = (form) => [...form.elements].filter(({ name, type }) => name && !/file|password|submit|button/.test(type)
    && (type !== "hidden" || name === "form_key"));
  const ticks = ({ type }) => type === "checkbox" || type === "radio";

  const drafts = () => {
    forget(names().filter((name) => Date.now() - read(name).at > DAYS * 864e5));
    if (user && redirected && sender !== here && localStorage.getItem(sender) && read(sender).sent) forget([sender]);
    all("form[data-sign-out]").forEach((form) => form.addEventListener("submit", () => forget(names())));
    // Without an account nobody could tell whose draft it is.
    if (user) all("form[data-draft]").forEach((form) => {
      const save = (sent) => localStorage.setItem(here, JSON.stringify({
        at: Date.now(), sent, fields: fields(form).map((field) => [field.name, field.value, ticks(field) && field.checked]),
      }));
      const restore = (draft) => {
        draft.fields.forEach(([name, value, checked]) => fields(form).filter((field) => field.name === name).forEach((field) => {
          if (!ticks(field)) field.value = value;
          else if (field.value === value) field.checked = checked;
        }));
        form.dispatchEvent(new Event("input", { bubbles: true }));
      };
      const draft = localStorage.getItem(here) && read(here);
      // "kept": the server has just sent back what was typed.
      if (draft && form.dataset.draft !== "kept" && !form.querySelector("[aria-invalid]")) {
        const bar = make("div", { className: "note tone-info" }, make("div", {}, make("p", { textContent: words.draft }), make("div", { className: "row" },
          button(words.restore, () => { restore(draft); bar.remove(); }), button(words.discard, () => { forget([here]); bar.remove(); }))));
        form.prepend(bar);
      }
      form.addEventListener("input", (event) => event.isTrusted && save(false));
      form.addEventListener("submit", () => save(true));
    });
  };
  try { drafts(); } catch { /* no storage: no drafts */ }

  // Photos: at most 1,600 pixels a side as JPEG; what cannot be shrunk is sent as it is.
  const shrink = async (file) => {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, 1600 / Math.max(picture.width, picture.height));
    const canvas = make("canvas", { width: picture.width * scale, height: picture.height * scale });
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.82));
    const name = file.name.replace(/\.\w+$/, "") + ".jpg";
    return { canvas, small: blob.size < file.size ? new File([blob], name, { type: "image/jpeg", lastModified: file.lastModified }) : file };
  };
  const fill = (form, parts) => Object.entries(parts).forEach(([name, html]) => {
    form.querySelector(`[data-part="${name}"]`)?.replaceChildren(document.createRange().createContextualFragment(html));
  });
  // With data-stage each photo is sent at once; a refusal is told and the photo dropped, what fails goes with the form.
  const stage = async ({ form, dataset }, { small }, refusals) => {
    const body = new FormData();
    ["csrfmiddlewaretoken", "form_key"].forEach((name) => body.append(name, form.elements[name].value));
    body.append("photos", small);
    const answer = await fetch(dataset.stage, { method: "POST", body });
    if (answer.status === 409) refusals.push(await answer.text());
    else if (answer.ok) fill(form, { photos: await answer.text() });
    else throw new Error(answer.status);
  };
  all("input[data-photos]").forEach((input) => {
    const { stage: address } = input.dataset;
    const list = make("ul", { className: "photos" });
    const status = make("p", { className: "hint", role: "status" });
    let chosen = [];
    const put = () => {
      const carrier = new DataTransfer();
      chosen.forEach(({ small }) => carrier.items.add(small));
      input.files = carrier.files;
      list.replaceChildren(...chosen.map((photo) => make("li", {}, photo.canvas ?? photo.small.name,
        button(words.remove, () => { chosen = chosen.filter((each) => each !== photo); put(); }, "plain"))));
      status.textContent = chosen.length ? `${chosen.length} ${address ? words.later : words.photos}` : "";
    };
    const send = async () => {
      const refusals = [];
      try {
        for (status.textContent = words.sending; chosen.length; chosen.shift()) await stage(input, chosen[0], refusals);
      } catch { /* no signal: they stay with the form */ }
      put();
      if (refusals.length) status.textContent = refusals.join(" ");
    };
    if (address) input.classList.add("visually-hidden");
    (input.closest(".pick") ?? input).after(list, status);
    input.addEventListener("change", async () => {
      status.textContent = words.shrinking;
      input.dataset.busy = "1";
      for (const file of [...input.files]) chosen.push(await shrink(file).catch(() => ({ small: file })));
      if (!input.multiple && !address) chosen = chosen.slice(-1);
      put();
      if (address) await send();
      delete input.dataset.busy;
      if (input.form.waiting) input.form.requestSubmit(input.form.waiting);
    });
  });

  // Parts of the page that follow what is typed inside [data-live-in].
  all("form[data-live]").forEach((form) => {
    let timer, asked = 0;
    const ask = async () => {
      const mine = ++asked, body = new FormData(form);
      body.delete("photos");
      const answer = await fetch(form.dataset.live, { method: "POST", body }).catch(() => null);
      if (answer?.ok && mine === asked) fill(form, await answer.json());
    };
    form.addEventListener("input", ({ target }) => {
      if (target !== form && !target.closest("[data-live-in]")) return;
      clearTimeout(timer);
      timer = setTimeout(ask, 500);
    });
  });

  // Sent once; a form whose photos are still under way goes off when they have arrived.
  all("form[data-once]").forEach((form) => form.addEventListener("submit", (event) => {
    if (form.dataset.sent) return event.preventDefault();
    if (form.querySelector("[data-busy]")) { form.waiting = event.submitter; return event.preventDefault(); }
    form.dataset.sent = "1";
    const pressed = event.submitter;
    if (pressed) setTimeout(() => { pressed.disabled = true; pressed.textContent = words.sending; });
  }));
  addEventListener("pageshow", ({ persisted }) => persisted && location.reload());

  // Compensation while typing, in whole fen and thousandths: no rounding but the one at the end.
  const milli = (text) => /^\d{1,9}(\.\d{1,3})?$/.test(text.trim()) ? BigInt(Math.round(text * 1000)) : null;
  all("output[data-formula]").forEach((output) => {
    const { bad, total, paid, paidFen } = output.dataset;
    const typed = (id) => milli(document.getElementById(id)?.value ?? "");
    const show = () => {
      const b = typed(bad), t = typed(total), yuan = typed(paid), fen = paidFen ? BigInt(paidFen) : yuan === null || yuan % 10n ? null : yuan / 10n;
      if (b === null || !t || fen === null || b > t) return void (output.textContent = "—");
      const due = String((2n * b * fen + t) / (2n * t)).padStart(3, "0");
      output.textContent = `¥${due.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ",")}.${due.slice(-2)}`;
    };
    document.addEventListener("input", show);
    show();
  });

  all("[data-confirm]").forEach((asked) => asked.addEventListener("click", (event) => {
    if (asked.dataset.sure) return;
    event.preventDefault();
    const dialog = make("dialog", { onclose: () => dialog.remove() }, make("div", { className: "stack" }, make("p", { textContent: asked.dataset.confirm }), make("div", { className: "actions" },
      button(words.yes, () => { dialog.close(); asked.dataset.sure = "1"; asked.click(); delete asked.dataset.sure; }, "btn main"), button(words.no, () => dialog.close()))));
    document.body.append(dialog);
    dialog.showModal();
  }));
  all("[data-show-password]").forEach((shown) => {
    const field = document.getElementById(shown.dataset.showPassword);
    shown.hidden = false;
    shown.onclick = () => shown.setAttribute("aria-pressed", (field.type = field.type === "text" ? "password" : "text") === "text");
  });
  all("[data-print]").forEach((printer) => { printer.hidden = false; printer.onclick = () => print(); });
  all(".menu [aria-current], .sub-nav [aria-current], .areas [aria-current]").forEach((here) => { here.parentElement.scrollLeft = here.offsetLeft - here.parentElement.offsetLeft - 60; });
  document.querySelector("[data-focus]")?.focus();
})();
