// The chat bubble: <script src="https://CHAT/embed.js" data-token="..." data-label="..."></script>
// A button in the corner opens the chat in a frame. It stands in a shadow root, so that the page's
// styles and its own don't meet; it uses no inline style and no markup from strings, so that a
// strict Content-Security-Policy lets it work (script-src and frame-src have to name the chat).

(() => {
  const script = document.currentScript;
  const chat = new URL(".", script.src);
  const token = script.dataset.token;
  const address = new URL(token ? `t/${encodeURIComponent(token)}/` : "", chat);
  const korean = document.documentElement.lang.startsWith("ko");
  const label = script.dataset.label || (korean ? "문서에 질문하기" : "Ask our documents");
  const close = korean ? "닫기" : "Close";

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { all: initial; }
    [hidden] { display: none !important; }
    button { font: 600 16px/1.2 system-ui, sans-serif; border: 0; cursor: pointer; }
    button:focus-visible { outline: 3px solid #8ab4ff; outline-offset: 2px; }
    .open { position: fixed; right: 20px; bottom: 20px; z-index: 2147483646; min-height: 52px;
      max-width: calc(100vw - 40px); padding: 14px 20px; border-radius: 26px; color: #fff;
      background: #1f4f8f; box-shadow: 0 4px 16px rgb(0 0 0 / .3); }
    .panel { position: fixed; right: 20px; bottom: 20px; z-index: 2147483647; display: flex;
      flex-direction: column; width: 420px; height: min(680px, calc(100vh - 40px));
      border-radius: 14px; overflow: hidden; background: #fff;
      box-shadow: 0 8px 40px rgb(0 0 0 / .35); }
    header { display: flex; align-items: center; justify-content: space-between; color: #fff;
      padding-left: 16px; background: #1f4f8f; font: 600 16px/1.2 system-ui, sans-serif; }
    header span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    .close { min-width: 48px; min-height: 48px; color: #fff; background: transparent;
      font-size: 22px; }
    .close:focus-visible { outline-color: #fff; outline-offset: -4px; }
    iframe { flex: 1; width: 100%; border: 0; }
    @media (max-width: 520px) {
      .panel { inset: 0; width: auto; height: auto; border-radius: 0; }
    }
  `);

  function make(name, attributes, text) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text) element.textContent = text;
    return element;
  }

  const host = make("div", { "data-chapter-and-verse": "" });
  const root = host.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [sheet];
  const button = make("button", { type: "button", class: "open", "aria-expanded": "false",
    "aria-controls": "panel" }, label);
  const panel = make("div", { id: "panel", class: "panel", role: "dialog", "aria-label": label });
  const header = make("header", {});
  const closing = make("button", { type: "button", class: "close", "aria-label": close }, "×");
  header.append(make("span", {}, label), closing);
  panel.append(header);
  panel.hidden = true;
  root.append(button, panel);
  let frame = null;

  function show(open) {
    if (open && !frame) { // only now, so that the page doesn't wait for a chat that nobody opens
      frame = make("iframe", { src: address.href, title: label, allow: "clipboard-write",
        referrerpolicy: "no-referrer" });
      panel.append(frame);
    }
    panel.hidden = !open;
    button.hidden = open;
    button.setAttribute("aria-expanded", String(open));
    (open ? closing : button).focus();
  }

  button.addEventListener("click", () => show(true));
  closing.addEventListener("click", () => show(false));
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !panel.hidden) show(false);
  });
  // Escape inside of the frame: the chat says so (qa/escape.js).
  window.addEventListener("message", (event) => {
    const ours = frame && event.source === frame.contentWindow && event.origin === chat.origin;
    if (ours && event.data === "chapter-and-verse:close" && !panel.hidden) show(false);
  });
  const put = () => document.body.append(host);
  if (document.body) put();
  else addEventListener("DOMContentLoaded", put);
})();
