"use strict";
const $ = (id) => document.getElementById(id);
const TRIES = [
  "What time is breakfast?",
  "Do you have a room for two from friday to sunday?",
  "¿Admiten mascotas?",
  "The room is dirty and nobody answers. This is unacceptable!",
  "I want to speak to a person",
];
const TICKS = { pending: "🕓", sent: "✓", delivered: "✓✓", read: "✓✓" };
let source = null;

function element(name, className, text) {
  const node = document.createElement(name);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

async function post(body) {
  const answer = await fetch("/simulator/guest/messages", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ instance: $("hotel").value, from: $("guest").value, name: $("name").value, ...body }),
  });
  if (!answer.ok) $("presence").textContent = (await answer.json()).error || "not sent";
}

function bubble(message) {
  const mine = message.by === "guest";
  const item = element("li", mine ? "bubble mine" : "bubble", message.text || `[${message.kind}]`);
  item.dir = "auto";
  const time = new Date(message.at * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const meta = element("span", "meta", `${message.by === "phone" ? "reception · " : ""}${time} `);
  if (!mine) {
    const tick = element("span", message.status === "read" ? "read" : "", TICKS[message.status] || "");
    tick.title = message.status;
    meta.append(tick);
  }
  item.append(meta);
  if (message.buttons.length) {
    const row = element("span", "buttons");
    for (const button of message.buttons) {
      const tap = element("button", "", button.text);
      tap.type = "button";
      tap.addEventListener("click", () =>
        post({ choice: { id: button.id, message: message.id } }));
      row.append(tap);
    }
    item.append(row);
  }
  return item;
}

function draw(chat) {
  const thread = $("thread");
  const atEnd = thread.scrollHeight - thread.scrollTop - thread.clientHeight < 80;
  $("title").textContent = chat.label;
  $("face").textContent = chat.label.replace(/^Hotel /, "").slice(0, 1);
  $("presence").textContent = chat.typing ? "typing…" : "online";
  const items = chat.messages.map(bubble);
  if (chat.typing) {
    const dots = element("li", "bubble");
    const inner = element("span", "dots");
    inner.append(element("i"), element("i"), element("i"));
    dots.setAttribute("aria-label", "typing");
    dots.append(inner);
    items.push(dots);
  }
  if (!items.length) items.push(element("li", "empty", "Say hello, or pick one of the examples."));
  thread.replaceChildren(...items);
  if (atEnd) thread.scrollTop = thread.scrollHeight;
}

function open() {
  if (source) source.close();
  const digits = $("guest").value.replace(/[^\d@a-z.]/g, "");
  if (!$("hotel").value || !digits) return;
  const query = new URLSearchParams({ instance: $("hotel").value, chat: digits });
  source = new EventSource(`/simulator/events?${query}`);
  source.onmessage = (event) => draw(JSON.parse(event.data));
  source.onerror = () => { $("presence").textContent = "waiting for the simulator…"; };
}

async function start() {
  const hotels = await (await fetch("/simulator/instances")).json();
  $("hotel").replaceChildren(...hotels.map((hotel) => {
    const option = element("option", "", hotel.label);
    option.value = hotel.slug;
    return option;
  }));
  $("tries").replaceChildren(...TRIES.map((text) => {
    const item = element("li");
    const button = element("button", "", text);
    button.type = "button";
    button.dir = "auto";
    button.addEventListener("click", () => post({ text }));
    item.append(button);
    return item;
  }));
  if (!hotels.length) {
    $("presence").textContent = "no hotel yet";
    setTimeout(start, 1500);
    return;
  }
  open();
}

$("hotel").addEventListener("change", open);
$("guest").addEventListener("change", open);
$("who").addEventListener("submit", (event) => event.preventDefault());
$("say").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("text").value.trim();
  if (!text) return;
  $("text").value = "";
  post({ text });
});
$("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    $("say").requestSubmit();
  }
});
start();
