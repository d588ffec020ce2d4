// Runs once when the conversation is drawn. `element` and `watch` come from gr.HTML.
// It keeps the newest turn in view; qa/menu.js names it.

element.setAttribute("role", "log");
element.setAttribute("aria-live", "polite");

watch("value", () => {
  const newest = [...element.querySelectorAll(".question, .notice")].pop();
  if (newest) element.scrollTo({ top: newest.offsetTop - 16 });
});
