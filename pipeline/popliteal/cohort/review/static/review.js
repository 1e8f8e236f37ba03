"use strict";
// Every answer can be given without this: it adds keys, the dialogs about single findings, and comments saved as one types.
(() => {
  const byId = (id) => document.getElementById(id);
  document.documentElement.classList.add("js");
  if (!document.body.dataset.chart) return;

  // ---------- what was just done, said aloud
  const status = document.querySelector(".status");
  if (status.dataset.just) requestAnimationFrame(() => (status.textContent = status.dataset.just + " " + status.textContent));

  // ---------- comments
  const comment = byId("comment");
  const csrf = document.querySelector("input[name=csrf]").value;
  let kept = comment.value;
  let timer = 0;
  const save = async () => {
    clearTimeout(timer);
    if (comment.value === kept) return;
    const sent = comment.value;
    const body = new URLSearchParams({ csrf, comment: sent });
    const answer = await fetch(comment.dataset.action, { method: "POST", body, keepalive: true }).catch(() => null);
    if (answer && answer.ok) kept = sent;
    byId("saved").textContent = answer && answer.ok ? "Saved" : "Not saved: is the program still running?";
  };
  const fit = () => {
    comment.rows = Math.min(6, comment.value.split("\n").length);
  };
  comment.addEventListener("input", () => {
    fit();
    byId("saved").textContent = "";
    clearTimeout(timer);
    timer = setTimeout(save, 400);
  });
  addEventListener("pagehide", save);
  fit();

  // an answer is given once, however long a key is held
  let sent = false;
  document.querySelector("form.answer").addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
    kept = comment.value; // it goes with the answer
  });
  addEventListener("pageshow", () => (sent = false));
  // any other form brings a new page, which must not come before the comment is kept
  for (const form of document.querySelectorAll("form:not(.answer)"))
    form.addEventListener("submit", async (event) => {
      if (comment.value === kept) return;
      event.preventDefault();
      await save();
      if (comment.value === kept) form.submit();
    });

  // ---------- going from evidence to evidence
  const open = (element) => {
    for (let at = element; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  };
  const go = (element) => {
    open(element);
    element.focus({ preventScroll: true });
    element.scrollIntoView({ block: "center" });
  };
  const marks = [...document.querySelectorAll("mark[id]")];
  const framed = marks.filter((mark) => mark.matches(".ev"));
  const evidence = framed.length ? framed : marks; // where nothing speaks for the verdict, whatever was found
  let at = -1;
  const step = (by) => {
    if (!evidence.length) return;
    const here = evidence.indexOf(document.activeElement);
    at = here >= 0 ? here + by : at + by;
    at = (at + evidence.length) % evidence.length;
    go(evidence[at]);
  };
  const follow = () => {
    const target = location.hash.length > 1 && byId(decodeURIComponent(location.hash.slice(1)));
    if (target && target.closest("#notes")) go(target.tagName === "DETAILS" ? target.querySelector("summary") : target);
  };
  for (const link of document.querySelectorAll("a[href^='#']"))
    link.addEventListener("click", (event) => {
      const target = byId(link.getAttribute("href").slice(1));
      if (!target || !target.closest("#notes")) return;
      event.preventDefault();
      history.replaceState(null, "", link.getAttribute("href"));
      go(target.tagName === "DETAILS" ? target.querySelector("summary") : target);
      flash(target);
    });
  const flash = (target) => {
    target.classList.add("lit");
    setTimeout(() => target.classList.remove("lit"), 1600);
  };
  addEventListener("hashchange", follow);
  follow();

  const all = byId("all");
  if (all)
    all.addEventListener("click", () => {
      const notes = [...document.querySelectorAll("details.note")];
      const close = notes.every((note) => note.open);
      for (const note of notes) note.open = !close || note.matches(".has-evidence");
    });

  // ---------- a wrong finding; textContent only: nothing of a note is ever parsed as markup
  const dialog = byId("finding");
  const buttonOf = (note, finding) => document.querySelector(`[data-open="${note}-${finding}"]`);
  const ask = (note, finding) => {
    const from = buttonOf(note, finding);
    if (!from) return;
    byId("finding-name").textContent = from.dataset.name;
    byId("finding-details").replaceChildren(
      ...from.dataset.details.split("\n").flatMap((pair) => {
        const colon = pair.indexOf(": ");
        const key = document.createElement("dt");
        const value = document.createElement("dd");
        key.textContent = pair.slice(0, colon);
        value.textContent = pair.slice(colon + 2);
        return [key, value];
      }),
    );
    const form = dialog.querySelector("form");
    form.reset();
    form.elements.note.value = note;
    form.elements.finding.value = finding;
    for (const option of dialog.querySelectorAll(".option")) {
      const is = from.getAttribute("data-is-" + option.dataset.mechanism.replace(" ", "-"));
      option.querySelector(".is").textContent = is && option.dataset.mechanism !== "wrong concept" ? " (it says " + is.replaceAll("_", " ") + ")" : "";
      for (const choice of option.querySelectorAll("option[value]")) choice.disabled = choice.value !== "" && choice.value === is;
    }
    dialog.showModal();
    dialog.querySelector("input[type=radio]").focus();
  };
  const choose = (option) => {
    option.querySelector("input[type=radio]").checked = true;
    (option.querySelector("select") || option.querySelector("input[type=radio]")).focus();
  };
  dialog.addEventListener("change", (event) => {
    const option = event.target.closest(".option");
    if (event.target.matches("select") && option) option.querySelector("input[type=radio]").checked = true;
  });
  dialog.querySelector("form").addEventListener("submit", (event) => {
    const chosen = event.target.elements.mechanism.value;
    const select = dialog.querySelector(`select[data-for="${chosen}"]`);
    event.target.elements.should_be.value = select ? select.value : "";
  });
  dialog.addEventListener("keydown", (event) => {
    const digit = Number(event.key);
    const options = dialog.querySelectorAll(".option");
    if (!keysOn() || !digit || digit > options.length || event.target.matches("select")) return;
    event.preventDefault();
    choose(options[digit - 1]);
  });

  // ---------- a missed finding: places are counted in characters of the page, which the program finds in the note
  const missed = byId("missed");
  const miss = () => {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return false;
    const range = selection.getRangeAt(0);
    const within = (node) => (node.nodeType === 1 ? node : node.parentElement).closest(".text");
    const text = within(range.startContainer);
    if (!text || text !== within(range.endContainer)) return false;
    const before = document.createRange();
    before.setStart(text, 0);
    before.setEnd(range.startContainer, range.startOffset);
    const words = range.toString();
    const lead = words.length - words.trimStart().length;
    const start = [...before.toString()].length + [...words.slice(0, lead)].length;
    const form = missed.querySelector("form");
    form.reset();
    form.elements.note.value = text.dataset.note;
    form.elements.start.value = start;
    form.elements.end.value = start + [...words.trim()].length;
    byId("missed-words").textContent = words.trim();
    missed.showModal();
    return true;
  };

  document.addEventListener("click", (event) => {
    const close = event.target.closest("[data-close]");
    if (close) return close.closest("dialog").close();
    const button = event.target.closest("[data-open]");
    if (button) return ask(...button.dataset.open.split("-"));
    const mark = event.target.closest(".text mark");
    if (mark && getSelection().isCollapsed) ask(mark.dataset.note, mark.dataset.finding);
  });

  // ---------- keys, which can be turned off for those whose input device presses them by chance
  const toggle = byId("keys-on");
  const keysOn = () => localStorage.getItem("popliteal-keys") !== "off";
  toggle.checked = keysOn();
  toggle.addEventListener("change", () => localStorage.setItem("popliteal-keys", toggle.checked ? "on" : "off"));
  const help = byId("help");
  byId("help-open").addEventListener("click", () => help.showModal());

  const press = (selector) => {
    const element = document.querySelector(selector);
    if (element) element.click();
  };
  const act = {
    j: () => step(1),
    k: () => step(-1),
    c: () => comment.focus(),
    m: () => miss(),
    o: () => press("#all"),
    "[": () => press("#previous"),
    "]": () => press("#next"),
    "?": () => help.showModal(),
  };
  for (const key of ["a", "r", "u", "z"]) act[key] = () => press(`[data-key=${key}]`);
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("textarea, select, input:not([type=hidden])");
    if (event.key === "Escape" && typing === comment) return comment.blur();
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat || document.querySelector("dialog[open]")) return;
    const mark = event.target.closest(".text mark");
    const key = event.key.toLowerCase();
    if (mark && (key === "enter" || (key === "w" && keysOn()))) {
      event.preventDefault();
      return ask(mark.dataset.note, mark.dataset.finding);
    }
    if (!keysOn() || !act[key]) return;
    event.preventDefault();
    act[key]();
  });
})();
