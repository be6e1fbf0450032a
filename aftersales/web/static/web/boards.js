// Parts of a page that are fetched anew by themselves: data-refresh is where, data-every how many seconds later.
// The server sends the part as it is now, or a page with a part of the same id in it. Without a connection the
// waits grow longer and the part says that it may be old. Nothing is fetched while nobody can see the page.
(() => {
  "use strict";
  const LONGEST = 600;
  // Says that no person asked: looking at a board does not keep a session alive.
  const headers = { "X-Unattended": "1" };

  const keep = (id) => {
    let failures = 0, due = 0, timer;
    const part = () => document.getElementById(id);
    const wait = () => {
      const seconds = Math.min(Number(part().dataset.every) * 2 ** failures, LONGEST);
      due = Date.now() + seconds * 1000;
      clearTimeout(timer);
      timer = setTimeout(ask, seconds * 1000);
    };
    const show = (html) => {
      const fresh = new DOMParser().parseFromString(html, "text/html").getElementById(id);
      if (!fresh) throw new Error("no such part");
      const focused = part().contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
      part().replaceWith(document.adoptNode(fresh));
      if (focused) [...part().querySelectorAll("a[href]")].find((link) => link.getAttribute("href") === focused)?.focus();
    };
    const ask = async () => {
      if (document.hidden) return;
      try {
        const answer = await fetch(part().dataset.refresh, { headers, cache: "no-store" });
        // Signed out meanwhile: the sign-in page is for a person to fill in.
        if (answer.redirected || answer.status === 403) return void location.reload();
        if (!answer.ok) throw new Error(answer.status);
        show(await answer.text());
        failures = 0;
      } catch {
        failures += 1;
        part().querySelectorAll("[data-stale]").forEach((said) => { said.hidden = false; });
      }
      wait();
    };
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && Date.now() >= due) ask();
    });
    wait();
  };
  document.querySelectorAll("[data-refresh][id]").forEach(({ id }) => keep(id));
})();
