// Runs once when the source panel is drawn. `element`, `trigger` and `watch` come from gr.HTML.
// It opens what the address names (#source=NAME&start=1&end=2, or #documents), brings the marked
// words into view, and marks the citation that is open.

const page = element.closest(".gradio-container");
const parts = element.closest("#parts");
const DOCUMENTS = "#documents";
// The service's own address, also where the page stands in another site's.
const host = element.closest("gradio-app")?.getAttribute("src");
const service = new URL(host ? host.replace(/\/*$/, "/") : "", document.baseURI);
let openedByHand = false;
let asked = null; // the address that was asked for, until it is shown
let shown = DOCUMENTS; // with the page or "text", if one was turned to
let openedAt = null; // how many answers there were when something was last opened by hand

function opened() {
  return element.querySelector("section")?.dataset.address || DOCUMENTS;
}

function answers() {
  return page.querySelectorAll(".answer:not(.waiting)").length;
}

function reveal() {
  const body = (element.querySelector("section") ? element : parts).querySelector(".body");
  const mark = body.querySelector("mark, .box");
  const above = mark ? mark.getBoundingClientRect().top - body.getBoundingClientRect().top : 0;
  body.scrollTop = mark ? body.scrollTop + above - body.clientHeight / 3 : 0;
  for (const link of page.querySelectorAll("a.citation")) {
    if (link.getAttribute("href") === opened()) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  if (openedByHand) body.focus({ preventScroll: true });
  openedByHand = false;
}

// Paths of the service become addresses: a picture is asked for by its own rules if it is another
// site's.
function address() {
  for (const one of element.querySelectorAll("[data-path]")) {
    const url = new URL(one.dataset.path, service);
    if (one.localName !== "img") one.href = url;
    else {
      if (url.origin !== location.origin) one.crossOrigin = "use-credentials";
      one.src = url;
    }
  }
}

function ask(hash) {
  const wanted = new URLSearchParams(hash.slice(1));
  const page = Number(wanted.get("page"));
  asked = hash;
  trigger("open", {
    document: wanted.get("source"),
    start: Number(wanted.get("start")),
    end: Number(wanted.get("end")),
    version: wanted.get("version"),
    page: page || null,
    as_text: wanted.get("view") === "text",
  });
}

function open() {
  const hash = location.hash;
  const isAsked = new URLSearchParams(hash.slice(1)).has("source") || hash === DOCUMENTS;
  parts.toggleAttribute("data-open", isAsked); // on a phone, the panel covers the conversation
  if (!isAsked) return;
  openedByHand = true;
  openedAt = answers();
  if (hash === shown && hash.startsWith(opened())) reveal();
  else ask(hash);
}

async function copy(button) {
  const query = new URLSearchParams(location.search);
  for (const own of ["lang", "precision"]) query.delete(own); // whoever opens it has their own
  const link = new URL(`${location.pathname}${query.size ? `?${query}` : ""}${opened()}`, location);
  try {
    await navigator.clipboard.writeText(link);
  } catch {
    // Only pages of this computer and with a certificate have a clipboard.
    const box = document.createElement("textarea");
    box.value = link;
    button.after(box);
    box.select();
    document.execCommand("copy");
    box.remove();
    button.focus();
  }
  button.textContent = button.dataset.copied;
}

// The page has a <base>, against which the browser takes "#source=...": the address would lose its
// query (language, token), and the page be loaded anew, without the conversation.
page.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const hash = link.getAttribute("href");
  if (link.hasAttribute("data-turn")) {
    history.replaceState(history.state, "", location.pathname + location.search + hash);
    open();
  } else if (hash === location.hash) open(); // no hashchange follows
  else location.hash = hash;
});
element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
});
element.addEventListener(
  "error",
  (event) => event.target.closest(".sheet")?.classList.add("failed"),
  true, // it doesn't bubble
);
// On a phone, Escape leaves the panel; only if there is none does it reach the page around a frame.
document.addEventListener("keydown", (event) => {
  const back = [...parts.querySelectorAll(".back")].find((link) => link.checkVisibility());
  if (event.key !== "Escape" || !back) return;
  event.stopPropagation();
  back.click();
  page.querySelector("a.citation[aria-current]")?.focus();
});
page.addEventListener("spoken", () => {
  if (element.querySelector("section")) ask(asked ?? shown);
});
window.addEventListener("hashchange", open);
watch("value", () => {
  shown = asked ?? opened();
  // An answer's source takes a while: it doesn't take the place of what was opened since.
  const isLate = asked === null && openedAt === answers() && location.hash !== shown;
  asked = null;
  address();
  reveal();
  if (isLate && parts.hasAttribute("data-open")) ask(location.hash);
});
address();
open();
