// Runs once when the menu is drawn. `element`, `trigger` and `watch` come from gr.HTML.
// What is chosen is handed over as an event. The language and how sure an answer
// must be go into the page's address, whose
// query Gradio sends with all that it asks; and the page's parts get their names in it.

const page = element.closest(".gradio-container");
// In another site's page, the address is that site's.
const isGuest = Boolean(element.closest("gradio-app")?.getAttribute("src"));

function name() {
  const { language, conversation, reading } = element.querySelector(".menu").dataset;
  page.lang = language;
  page.querySelector("#conversation [role=log]")?.setAttribute("aria-label", conversation);
  page.querySelector("#reading").setAttribute("role", "region");
  page.querySelector("#reading").setAttribute("aria-label", reading);
  for (const part of element.querySelectorAll("[data-speak], .precisions")) part.hidden = isGuest;
}

function keep(key, value) {
  const query = new URLSearchParams(location.search);
  if (value) query.set(key, value);
  else query.delete(key);
  history.replaceState(null, "", `${location.pathname}${query.size ? `?${query}` : ""}${location.hash}`);
}

function close() {
  const menu = element.querySelector("details[open]");
  if (!menu) return false;
  if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
  menu.open = false;
  return true;
}

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const { speak, save, fresh } = button.dataset;
  if (speak) {
    keep("lang", speak);
    trigger("speak", {});
  } else if (save) {
    trigger("save", { kind: save });
  } else if (fresh !== undefined) {
    history.replaceState(null, "", location.pathname + location.search);
    page.querySelector("#parts").removeAttribute("data-open");
    trigger("fresh", {});
    page.querySelector("#box textarea").focus();
  }
  close();
});
element.addEventListener("change", ({ target }) => {
  if (target.name === "precision") keep("precision", target.value);
});
page.addEventListener("click", (event) => {
  if (!event.target.closest("#menu details")) close();
});
page.addEventListener(
  "keydown",
  (event) => {
    if (event.key === "Escape" && close()) event.stopPropagation();
  },
  true,
);
watch("value", () => {
  name();
  page.dispatchEvent(new Event("spoken"));
});
if (element.querySelector(".menu")) name();
