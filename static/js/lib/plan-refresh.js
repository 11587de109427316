/* The picture as the server has it now. Every part (a row, a week, a line of the list) comes with an id and a checksum:
   the answer is searched for them as text, and only parts that differ are parsed and drawn, so that the page never
   stands still for long. */
const pause = () => new Promise((go) => { setTimeout(go, 0); });
const PART = / id="([^"]+)" data-sum="([^"]*)"/g, END = "<!--/-->";
let asked = 0;

export async function refresh() {
  const turn = ++asked;
  const plan = document.getElementById("plan");
  plan.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const text = answer.ok ? await answer.text() : "";
    if (text && turn === asked) { await redraw(text); }
  } catch { /* no connection: the picture stays as it is */ }
  if (turn === asked) { plan.removeAttribute("aria-busy"); }
}

async function redraw(text) {
  const kept = document.activeElement?.dataset?.bar;
  const parts = await found(text);
  if (!document.getElementById("plan-grid") || !parts.some((part) => /^[rw]/.test(part.id))) {
    const page = new DOMParser().parseFromString(text, "text/html");
    document.getElementById("plan").replaceChildren(...page.getElementById("plan").childNodes);
  } else {
    for (const kind of [/^[rw]/, /^plan-/, /^l/]) { await sync(parts.filter((part) => kind.test(part.id)), kind); }
  }
  if (kept) { document.querySelector(`#plan-grid [data-bar="${CSS.escape(kept)}"]`)?.focus({ preventScroll: true }); }
  document.dispatchEvent(new CustomEvent("plan:drawn"));
}

async function found(text) {
  await pause();
  const parts = [];
  for (const match of text.matchAll(PART)) {
    const start = text.lastIndexOf("<", match.index);
    parts.push({ id: match[1], sum: match[2], html: () => text.slice(start, text.indexOf(END, start)) });
  }
  await pause();
  return parts;
}

function made(part) {
  const template = document.createElement("template");
  template.innerHTML = part.html();
  return template.content.firstElementChild;
}

/* Parts that are the same stay the very elements that they are; the order becomes the server's. */
async function sync(parts, kind) {
  const ours = [...document.querySelectorAll("#plan [data-sum]")].filter((part) => kind.test(part.id));
  const known = new Map(ours.map((part) => [part.id, part]));
  if (!ours.length) { return; }
  const same = ours.length === parts.length && parts.every((part, at) => part.id === ours[at].id);
  const nodes = [];
  let drawn = 0;
  for (const part of parts) {
    const old = known.get(part.id);
    if (old?.dataset.sum === part.sum) { nodes.push(old); continue; }
    const fresh = made(part);
    if (same || part.id.startsWith("plan-")) { old?.replaceWith(fresh); }
    nodes.push(fresh);
    if (++drawn % 5 === 0) { await pause(); }
  }
  if (!same && !parts[0]?.id.startsWith("plan-")) { reorder(ours, nodes); await pause(); }
}

function reorder(ours, nodes) {
  const parent = ours[0].parentNode, after = ours.at(-1).nextElementSibling, kept = new Set(nodes);
  ours.filter((part) => !kept.has(part)).forEach((part) => part.remove());
  let place = after;
  for (const node of nodes.reverse()) {
    if (node.nextElementSibling !== place || node.parentNode !== parent) { parent.insertBefore(node, place); }
    place = node;
  }
}
