// Run once by the page. In a frame, Escape is handed to the page around it (qa/embed.js closes the
// bubble then). The message says nothing else, so any page may get it.

() => {
  if (window.parent === window) return;
  window.addEventListener("keydown", (event) => {
    if (event.key === "Escape") window.parent.postMessage("chapter-and-verse:close", "*");
  });
}
