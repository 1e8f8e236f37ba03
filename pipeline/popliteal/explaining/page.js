"use strict";
// The page is whole without this: it adds highlighting on hover, tooltips beside the words and a sortable table.
(() => {
  const root = document.documentElement;
  const tip = document.createElement("div");
  tip.id = "tip";
  tip.setAttribute("role", "tooltip");
  tip.hidden = true;
  let told = null; // the mark that the tip is about
  document.body.append(tip);
  root.classList.add("js");

  const piecesOf = (source) =>
    source.dataset.f.split(" ").flatMap((id) => [...document.getElementsByClassName("f" + id), document.getElementById("r" + id)]);

  const unlight = () => {
    for (const lit of document.querySelectorAll(".lit")) lit.classList.remove("lit");
    tip.hidden = true;
  };

  const light = (source) => {
    unlight();
    const pieces = piecesOf(source).filter(Boolean);
    for (const piece of pieces) piece.classList.add("lit");
    const pane = document.querySelector(".text");
    const mark = pieces.find((piece) => piece.matches("mark"));
    if (mark && source.matches(".chip") && pane.scrollHeight > pane.clientHeight) {
      const inside = mark.getBoundingClientRect();
      const frame = pane.getBoundingClientRect();
      if (inside.top < frame.top || inside.bottom > frame.bottom) pane.scrollTop += inside.top - frame.top - frame.height / 3;
    }
    if (source.matches("mark")) show(source);
  };

  // textContent only: nothing of the note is ever parsed as markup
  const show = (mark) => {
    tip.replaceChildren();
    for (const finding of mark.dataset.tip.split("\n\n")) {
      const [name, ...pairs] = finding.split("\n");
      const title = document.createElement("b");
      title.textContent = name;
      const list = document.createElement("dl");
      for (const pair of pairs) {
        const colon = pair.indexOf(": ");
        const key = document.createElement("dt");
        const value = document.createElement("dd");
        key.textContent = pair.slice(0, colon);
        value.textContent = pair.slice(colon + 2);
        list.append(key, value);
      }
      tip.append(title, list);
    }
    tip.hidden = false;
    told = mark;
    place();
  };

  const place = () => {
    const words = told.getClientRects()[0];
    const box = tip.getBoundingClientRect();
    const below = words.bottom + 8;
    const top = below + box.height > innerHeight - 8 ? words.top - box.height - 8 : below;
    tip.style.top = Math.max(8, top) + "px";
    tip.style.left = Math.max(10, Math.min(words.left, innerWidth - box.width - 10)) + "px";
  };

  const sourceOf = (event) => (event.target.closest ? event.target.closest("mark[data-f], .chip[data-f], tr[data-f]") : null);
  for (const name of ["pointerover", "focusin"])
    document.addEventListener(name, (event) => {
      const source = sourceOf(event);
      if (source) light(source);
      else unlight();
    });
  document.addEventListener("focusout", unlight);
  document.addEventListener("pointerleave", unlight);
  const follow = () => {
    if (tip.hidden) return;
    if (told.matches(":hover") || told === document.activeElement) place();
    else tip.hidden = true;
  };
  document.addEventListener("scroll", follow, { capture: true, passive: true });
  document.addEventListener("keydown", (event) => event.key === "Escape" && unlight());

  for (const details of document.querySelectorAll("details")) details.dataset.was = details.open ? "open" : "";
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((item) => (item.open = true)));
  addEventListener("afterprint", () => document.querySelectorAll("details").forEach((item) => (item.open = item.dataset.was === "open")));

  const table = document.getElementById("findings");
  if (!table) return;
  const body = table.tBodies[0];
  const compare = new Intl.Collator("en", { numeric: true }).compare;
  [...table.tHead.rows[0].cells].forEach((cell, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...cell.childNodes);
    cell.append(button);
    button.addEventListener("click", () => {
      const down = cell.getAttribute("aria-sort") === "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      cell.setAttribute("aria-sort", down ? "descending" : "ascending");
      const rows = [...body.rows].sort((a, b) => compare(a.cells[column].textContent, b.cells[column].textContent));
      body.append(...(down ? rows.reverse() : rows));
    });
  });
})();
