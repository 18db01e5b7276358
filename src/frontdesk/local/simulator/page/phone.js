"use strict";
const $ = (id) => document.getElementById(id);
const TRIES = [
  "What time is breakfast?",
  "Do you have a room for two from friday to sunday?",
  "¿Admiten mascotas?",
  "The room is dirty and nobody answers. This is unacceptable!",
  "I want to speak to a person",
];
const TICKS = { sent: "✓", delivered: "✓✓", read: "✓✓" };
const DEEDS = ["editedMessage", "deletedMessage", "reactionMessage", "pollUpdateMessage"];
const LARGEST = 8 * 1024 * 1024;
let source = null;
let answered = "";
let chosen = "";
let last = null;

function element(name, className, text) {
  const node = document.createElement(name);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

async function send(path, body) {
  const answer = await fetch(`/simulator/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ instance: $("hotel").value, ...body }),
  });
  if (!answer.ok) $("presence").textContent = (await answer.json()).error || "not sent";
}

const post = (body) => send("guest/messages", { from: $("guest").value, name: $("name").value, ...body });

function button(text, act) {
  const node = element("button", "", text);
  node.type = "button";
  node.dir = "auto";
  node.addEventListener("click", act);
  return node;
}

function row(className, nodes) {
  const node = element("span", className);
  node.append(...nodes);
  return node;
}

function words(message) {
  if (message.deleted) return "This message was deleted";
  return message.text || message.kind.replace(/Message$/, "").replace(/^./, (c) => c.toUpperCase());
}

function reply(message) {
  answered = message ? message.id : "";
  $("replying").hidden = !message;
  $("replying").replaceChildren();
  if (message) {
    $("replying").append(element("span", "", words(message)), button("×", () => reply(null)));
    $("text").focus();
  }
}

function actions(message) {
  const deeds = [
    button("Reply", () => { chosen = ""; reply(message); draw(last); }),
    button("Like", () => post({ text: "👍", react: message.id })),
  ];
  if (message.by === "guest") {
    deeds.push(
      button("Edit", () => {
        const text = window.prompt("New text", message.text);
        if (text) post({ text, edit: message.id });
      }),
      button("Delete", () => post({ delete: message.id })),
    );
  }
  for (const deed of deeds) deed.addEventListener("click", () => { chosen = ""; });
  return row("deeds", deeds);
}

function foot(message) {
  const time = new Date(message.at * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const notes = [message.reaction, message.edited ? "edited" : "", message.by === "phone" ? "reception" : "", time];
  const meta = element("span", "meta", `${notes.filter(Boolean).join(" · ")} `);
  const tick = element("span", message.status === "read" ? "read" : "", TICKS[message.status] || "");
  tick.title = message.status;
  const more = button("⋯", () => { chosen = chosen === message.id ? "" : message.id; draw(last); });
  more.className = "deed";
  more.setAttribute("aria-label", "Reply, like, edit or delete");
  more.setAttribute("aria-expanded", String(chosen === message.id));
  meta.append(tick, message.deleted ? "" : more);
  return meta;
}

function bubble(message, all) {
  const item = element("li", message.by === "guest" ? "bubble mine" : "bubble");
  item.dir = "auto";
  const about = message.about && all.find((other) => other.id === message.about);
  if (about) item.append(element("span", "quote", words(about)));
  const text = element("span", message.deleted ? "words gone" : "words", words(message));
  item.append(text, foot(message));
  const taps = message.buttons.map((tap) =>
    button(tap.text, () => post({ choice: { id: tap.id, message: message.id } })));
  const votes = message.options.map((option) =>
    button(option, () => post({ vote: { message: message.id, options: [option] } })));
  if (taps.length || votes.length) item.append(row("buttons", [...taps, ...votes]));
  if (chosen === message.id && !message.deleted) item.append(actions(message));
  return item;
}

function draw(chat) {
  last = chat;
  const thread = $("thread");
  const atEnd = thread.scrollHeight - thread.scrollTop - thread.clientHeight < 80;
  $("title").textContent = chat.label;
  $("face").textContent = chat.label.replace(/^Hotel /, "").slice(0, 1);
  $("presence").textContent = chat.typing ? "typing…" : "online";
  const shown = chat.messages.filter((message) => !DEEDS.includes(message.kind));
  const items = shown.map((message) => bubble(message, shown));
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
    item.append(button(text, () => post({ text })));
    return item;
  }));
  if (!hotels.length) {
    $("presence").textContent = "no hotel yet";
    setTimeout(start, 1500);
    return;
  }
  open();
}

async function chats() {
  const known = await (await fetch(`/simulator/chats/${encodeURIComponent($("hotel").value)}`)).json();
  $("chats").replaceChildren(...known.map((chat) => {
    const option = element("option", "", [chat.name, chat.text].filter(Boolean).join(": ").slice(0, 60));
    option.value = chat.chat.endsWith("@c.us") ? `+${chat.chat.slice(0, -5)}` : chat.chat;
    return option;
  }));
}

function more(open) {
  $("more").hidden = !open;
  $("open").setAttribute("aria-expanded", String(open));
}

function attach(file) {
  if (!file) return;
  if (file.size > LARGEST) {
    $("presence").textContent = "that file is over 8 MB";
    return;
  }
  const reader = new FileReader();
  reader.addEventListener("load", () => {
    const kind = ["image", "video", "audio"].find((k) => file.type.startsWith(k)) || "document";
    const content = reader.result.split(",", 2)[1];
    post({ text: $("text").value.trim(), media: { kind, content, mime: file.type, name: file.name } });
    $("text").value = "";
  });
  reader.readAsDataURL(file);
}

function say(how) {
  const text = $("text").value.trim();
  if (!text) return;
  $("text").value = "";
  how(text);
}

$("hotel").addEventListener("change", () => { reply(null); open(); });
$("guest").addEventListener("change", () => { reply(null); open(); });
$("guest").addEventListener("focus", chats);
$("who").addEventListener("submit", (event) => event.preventDefault());
$("open").addEventListener("click", () => more($("more").hidden));
$("file").addEventListener("change", () => { attach($("file").files[0]); $("file").value = ""; more(false); });
$("place").addEventListener("click", () => {
  post({ location: { latitude: 39.5696, longitude: 2.6502, nameLocation: "The airport" } });
  more(false);
});
$("contact").addEventListener("click", () => { post({ contact: { name: "Sam", phone: "34600111444" } }); more(false); });
$("ring").addEventListener("click", () => { send("guest/calls", { from: $("guest").value }); more(false); });
$("staff").addEventListener("click", () => {
  say((text) => send("phone/messages", { to: $("guest").value, text }));
  more(false);
});
$("say").addEventListener("submit", (event) => {
  event.preventDefault();
  say((text) => post(answered ? { text, quoted: answered } : { text }));
  reply(null);
});
$("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    $("say").requestSubmit();
  }
});
start();
