// Runs once when the welcome is drawn. `element` and `trigger` come from gr.HTML.
// A click on an example asks it.

element.addEventListener("click", (event) => {
  const example = event.target.closest("[data-question]");
  if (example) trigger("ask", { question: example.dataset.question });
});
