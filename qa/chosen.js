// Runs once when the line above the question box is drawn. `element` and `props` come from gr.HTML.
// `value` goes with each question: qa/documents_panel.py says what it is.

const parts = element.closest("#parts");

parts.addEventListener("chosen", ({ detail: { chosen, words, all } }) => {
  element.querySelector(".chosen").title = all;
  props.value = chosen ? JSON.stringify(chosen) : "";
  props.text = chosen ? words : "";
});
element.addEventListener("click", (event) => {
  if (!event.target.closest(".chosen")) return;
  parts.dispatchEvent(new CustomEvent("ask-all"));
  parts.querySelector("#box textarea").focus();
});
