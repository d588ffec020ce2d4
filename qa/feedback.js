// Runs once. `element`, `trigger` and `watch` come from gr.HTML.
// It hands over what people say of an answer, and shows beside the answer what came of it. The
// conversation is drawn anew with every question, so what was said is put in again each time.

const page = element.closest(".gradio-container");
const noted = new Map();
const drawnAnew = new MutationObserver(show);

function show() {
  for (const row of page.querySelectorAll(".feedback")) {
    const { verdict, message } = noted.get(row.dataset.exchange) ?? {};
    if (message === undefined) continue;
    const place = row.querySelector(".noted");
    if (place.textContent !== message) place.textContent = message;
    for (const button of row.querySelectorAll("[data-verdict]")) {
      button.setAttribute("aria-pressed", String(button.dataset.verdict === verdict));
    }
  }
}

function give(row, verdict, correction) {
  row.querySelector(".noted").textContent = "";
  trigger("give", { exchange: row.dataset.exchange, verdict, correction });
}

page.addEventListener("click", (event) => {
  const button = event.target.closest(".feedback [data-verdict]");
  if (!button) return;
  const row = button.closest(".feedback");
  const form = row.querySelector("form");
  form.hidden = button.dataset.verdict !== "correction";
  if (form.hidden) give(row, button.dataset.verdict, null);
  else form.querySelector("input").focus();
});
page.addEventListener("submit", (event) => {
  const form = event.target.closest(".feedback form");
  if (!form) return;
  event.preventDefault();
  give(form.closest(".feedback"), "correction", form.querySelector("input").value);
});
watch("value", () => {
  const said = element.querySelector("[data-exchange]");
  if (!said) return;
  const { exchange, verdict } = said.dataset;
  noted.set(exchange, { verdict, message: said.textContent });
  show();
  drawnAnew.observe(page.querySelector("#conversation"), { childList: true, subtree: true });
  if (!verdict) return; // what was typed stays where it wasn't taken
  const form = page.querySelector(`.feedback[data-exchange="${CSS.escape(exchange)}"] form`);
  if (!form) return;
  if (form.contains(document.activeElement)) {
    form.parentElement.querySelector("[aria-pressed=true]").focus();
  }
  form.hidden = true;
});
