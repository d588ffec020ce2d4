// Runs once when the source panel is drawn. `element`, `trigger` and `watch` come from gr.HTML.
// It opens what the address names (#source=NAME&start=1&end=2, or #documents), brings the marked
// words into view, and marks the citation that is open.

const page = element.closest(".gradio-container");
const parts = element.closest("#parts");
const DOCUMENTS = "#documents";
let openedByHand = false;

function opened() {
  return element.querySelector("section")?.dataset.address ?? DOCUMENTS;
}

function reveal() {
  const body = (element.querySelector("section") ? element : parts).querySelector(".body");
  const mark = body.querySelector("mark");
  const above = mark ? mark.getBoundingClientRect().top - body.getBoundingClientRect().top : 0;
  body.scrollTop = mark ? body.scrollTop + above - body.clientHeight / 3 : 0;
  for (const link of page.querySelectorAll("a.citation")) {
    if (link.getAttribute("href") === opened()) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  if (openedByHand) body.focus({ preventScroll: true });
  openedByHand = false;
}

function open() {
  const address = location.hash;
  const wanted = new URLSearchParams(address.slice(1));
  const asked = wanted.has("source") || address === DOCUMENTS;
  parts.toggleAttribute("data-open", asked); // on a phone, the panel covers the conversation
  if (!asked) return;
  openedByHand = true;
  if (address === opened()) return reveal();
  trigger("open", {
    document: wanted.get("source"),
    start: Number(wanted.get("start")),
    end: Number(wanted.get("end")),
  });
}

// A click on the link that the address names already changes nothing, so no hashchange follows.
page.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  if (link && link.getAttribute("href") === location.hash) open();
});
window.addEventListener("hashchange", open);
watch("value", reveal);
open();
