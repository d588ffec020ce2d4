// Runs once when the conversation is drawn. `element`, `trigger` and `watch` come from gr.HTML.
// It sends an example question, and keeps the newest turn in view.

element.setAttribute("role", "log");
element.setAttribute("aria-live", "polite");
element.setAttribute("aria-label", "Conversation");

element.addEventListener("click", (event) => {
  const example = event.target.closest("[data-question]");
  if (example) trigger("ask", { question: example.dataset.question });
});

watch("value", () => {
  const newest = [...element.querySelectorAll(".question, .notice")].pop();
  if (newest) element.scrollTo({ top: newest.offsetTop - 16 });
});
