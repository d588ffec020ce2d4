// Runs once. The value is a link that holds a file; following it makes the browser save it.

element.setAttribute("role", "status");
watch("value", () => element.querySelector("a[download]")?.click());
