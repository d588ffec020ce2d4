// Runs once when the list of documents is drawn. `element`, `trigger` and `watch` come from gr.HTML.
// Which documents are ticked is known here alone; qa/chosen.js is told after each change. Ticks, the
// filter and nothing else outlive a list that is drawn anew.

const parts = element.closest("#parts");
const unticked = new Set();
let filter = "";

const items = () => [...element.querySelectorAll("li[data-document]")];
const nameOf = (item) => decodeURIComponent(item.dataset.document);

function show() {
  const names = new Set(items().map(nameOf));
  for (const name of [...unticked]) if (!names.has(name)) unticked.delete(name);
  for (const item of items()) {
    item.querySelector("input").checked = !unticked.has(nameOf(item));
    item.hidden = !item.dataset.shown.toLowerCase().includes(filter);
  }
  const none = element.querySelector(".filtered");
  if (none) none.textContent = items().every((item) => item.hidden) ? none.dataset.none : "";
  const only = [...names].filter((name) => !unticked.has(name));
  const { asking, all, ...list } = element.querySelector("section").dataset;
  const total = Number(list.total);
  const isShorter = only.length <= unticked.size || names.size < total; // not all may be listed
  const chosen = unticked.size && (isShorter ? { only } : { without: [...unticked] });
  const words = asking.replace("{chosen}", only.length).replace("{total}", total);
  const detail = { chosen, words, all };
  parts.dispatchEvent(new CustomEvent("chosen", { detail }));
}

function tick(item, ticked) {
  if (ticked) unticked.delete(nameOf(item));
  else unticked.add(nameOf(item));
}

function ask(removal, sure) {
  removal.querySelector("[data-remove=ask]").hidden = sure;
  removal.querySelector(".sure").hidden = !sure;
  removal.querySelector(sure ? "[data-remove=no]" : "[data-remove=ask]").focus();
}

async function remove(removal) {
  const root = new URL(window.gradio_config.root, location.href).pathname.replace(/\/$/, "");
  const name = removal.closest("li").dataset.document;
  const fault = removal.querySelector(".fault");
  for (const button of removal.querySelectorAll("button")) button.disabled = true;
  try {
    const answer = await fetch(`${root}/api/documents?document=${name}`, { method: "DELETE" });
    if (!answer.ok) fault.textContent = (await answer.json()).error;
  } catch {
    fault.textContent = removal.dataset.lost;
  }
  for (const button of removal.querySelectorAll("button")) button.disabled = false;
  if (fault.textContent) return ask(removal, false);
  removal.closest("details").open = false;
  ask(removal, false);
  element.querySelector(".body").focus();
  trigger("changed");
}

element.addEventListener("change", (event) => {
  const item = event.target.closest("li[data-document]");
  if (!item) return;
  tick(item, event.target.checked);
  show();
});
element.addEventListener("input", (event) => {
  if (!event.target.matches(".filter")) return;
  filter = event.target.value.trim().toLowerCase();
  show();
});
element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  const removal = event.target.closest(".removal");
  if (button?.dataset.tick) {
    for (const item of items()) if (!item.hidden) tick(item, button.dataset.tick === "all");
    show();
  } else if (button && removal) {
    removal.querySelector(".fault").textContent = "";
    if (button.dataset.remove === "yes") remove(removal);
    else ask(removal, button.dataset.remove === "ask");
  }
});
parts.addEventListener("ask-all", () => {
  unticked.clear();
  show();
});
watch("value", () => {
  for (const details of element.querySelectorAll("details")) details.open = false;
  show();
});
