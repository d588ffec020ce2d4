// Runs once when the place for new files is drawn. `element` and `trigger` come from gr.HTML.
// Files are sent one after the other, each with a row that says how far it is and what became of it.

const panel = element.closest("#reading");
const waiting = [];
let isSending = false;

const adding = () => element.querySelector(".adding");

function row(file) {
  const item = document.createElement("li");
  const name = item.appendChild(document.createElement("bdi"));
  name.textContent = file.name;
  item.appendChild(document.createElement("progress")).value = 0;
  item.appendChild(document.createElement("span")).textContent = adding().dataset.waiting;
  return adding().querySelector(".files").appendChild(item);
}

function say(item, text, state) {
  item.className = state;
  item.querySelector("span").textContent = text;
  if (state !== "busy") item.querySelector("progress")?.remove();
}

function refusal(file) {
  const { most, large, kinds, kind } = adding().dataset;
  const suffix = file.name.slice(file.name.lastIndexOf(".")).toLowerCase();
  if (!kinds.split(",").includes(suffix)) return kind;
  return file.size > Number(most) ? large : null;
}

function add(files) {
  if (!isSending) adding().querySelector(".files").replaceChildren();
  for (const file of files) {
    const item = row(file);
    const reason = refusal(file);
    if (reason) say(item, reason, "fault");
    else waiting.push({ file, item });
  }
  if (!isSending) next();
}

function next() {
  const upload = waiting.shift();
  isSending = upload !== undefined;
  if (isSending) send(upload);
}

function send({ file, item }) {
  const root = new URL(window.gradio_config.root, location.href).pathname.replace(/\/$/, "");
  const { sending, reading, done, lost } = adding().dataset;
  const request = new XMLHttpRequest();
  const bar = item.querySelector("progress");
  request.open("POST", `${root}/api/documents`);
  request.upload.onprogress = ({ loaded, total }) => (bar.value = loaded / total);
  request.upload.onload = () => {
    bar.removeAttribute("value");
    say(item, reading, "busy");
  };
  request.onload = () => {
    const isAdded = request.status === 201;
    if (isAdded) trigger("changed");
    say(item, isAdded ? done : errorOf(request, file) ?? lost, isAdded ? "done" : "fault");
  };
  request.onerror = () => say(item, lost, "fault");
  request.onloadend = next;
  say(item, sending, "busy");
  const form = new FormData();
  const isForEverybody = adding().querySelector("[name=everybody]")?.checked;
  form.append("for", isForEverybody ? "everybody" : "me");
  form.append("file", file);
  request.send(form);
}

function errorOf(request, file) {
  try {
    const { error } = JSON.parse(request.responseText);
    const name = `${file.name} `; // which the row has already
    return error.startsWith(name) ? error.slice(name.length) : error;
  } catch {
    return null;
  }
}

element.addEventListener("click", (event) => {
  if (event.target.closest(".choose")) element.querySelector("[type=file]").click();
});
element.addEventListener("change", (event) => {
  if (event.target.type !== "file") return;
  add([...event.target.files]);
  event.target.value = ""; // so that the same file can be chosen again
});
for (const type of ["dragover", "dragleave", "drop"]) {
  panel.addEventListener(type, (event) => {
    if (!adding()?.offsetParent || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    panel.toggleAttribute("data-dropping", type === "dragover");
    if (type === "drop") add([...event.dataTransfer.files]);
  });
}
