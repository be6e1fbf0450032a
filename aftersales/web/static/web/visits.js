// The form of a visit's outcome: what hangs on a choice is shown with it, and a signature is drawn with a
// finger. Without a canvas the page offers paper or a photo instead.
(() => {
  "use strict";
  document.querySelectorAll("[data-when]").forEach((part) => {
    const [name, wanted] = part.dataset.when.split("=");
    const form = part.closest("form");
    const show = () => { part.hidden = form.elements[name]?.value !== wanted; };
    form.addEventListener("change", show);
    show();
  });
  const WIDE = 1000, HIGH = 400, MOST = 3900;
  document.querySelectorAll("[data-signature]").forEach((pad) => {
    const field = document.getElementById(pad.dataset.signature);
    const canvas = document.createElement("canvas");
    const pen = canvas.getContext && canvas.getContext("2d");
    if (!field || !pen || !window.PointerEvent) return;
    Object.assign(canvas, { width: WIDE, height: HIGH });
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", pad.dataset.label);
    const clear = Object.assign(document.createElement("button"), { type: "button", className: "btn", textContent: pad.dataset.clear });
    const label = Object.assign(document.createElement("p"), { className: "hint", textContent: pad.dataset.label });
    pad.append(label, canvas, clear);
    let strokes = [], stroke = null;
    try { strokes = JSON.parse(field.value || "[]"); } catch { strokes = []; }

    const draw = () => {
      pen.clearRect(0, 0, WIDE, HIGH);
      Object.assign(pen, { lineWidth: 6, lineCap: "round", lineJoin: "round", strokeStyle: "#16271f" });
      strokes.forEach((points) => {
        pen.beginPath();
        points.forEach(([x, y], number) => (number ? pen.lineTo(x, y) : pen.moveTo(x, y)));
        pen.stroke();
      });
    };
    const keep = () => { field.value = strokes.length ? JSON.stringify(strokes) : ""; };
    const point = (event) => {
      const box = canvas.getBoundingClientRect();
      const within = (value, most) => Math.max(0, Math.min(most, Math.round(value)));
      return [within(((event.clientX - box.left) / box.width) * WIDE, WIDE), within(((event.clientY - box.top) / box.height) * HIGH, HIGH)];
    };
    const count = () => strokes.reduce((sum, points) => sum + points.length, 0);
    canvas.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      canvas.setPointerCapture(event.pointerId);
      stroke = [point(event)];
      strokes.push(stroke);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!stroke || count() >= MOST) return;
      const [x, y] = point(event), [lastX, lastY] = stroke[stroke.length - 1];
      if (Math.abs(x - lastX) + Math.abs(y - lastY) < 6) return;
      stroke.push([x, y]);
      draw();
    });
    ["pointerup", "pointercancel"].forEach((name) => canvas.addEventListener(name, () => {
      stroke = null;
      draw();
      keep();
    }));
    clear.addEventListener("click", () => { strokes = []; draw(); keep(); });

    // The pad is there while a signature is the proof.
    const proofs = [...(field.form?.elements.proof ?? [])];
    const show = () => { pad.hidden = !proofs.some(({ checked, value }) => checked && value === "signature"); };
    proofs.forEach((proof) => proof.addEventListener("change", show));
    show();
    draw();
  });
})();
