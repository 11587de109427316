/* The picture as the server has it now. Only parts whose checksum differs are drawn anew, in small steps, so that the
   page never stands still for long. */
const pause = () => new Promise((go) => { setTimeout(go, 0); });
let asked = 0;

export async function refresh() {
  const turn = ++asked;
  const plan = document.getElementById("plan");
  plan.setAttribute("aria-busy", "true");
  await redraw(turn);
  if (turn === asked) { plan.removeAttribute("aria-busy"); }
}

async function redraw(turn) {
  let page;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok || turn !== asked) { return; }
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch { return; }
  await pause();
  const kept = document.activeElement?.dataset?.bar;
  const ours = document.getElementById("plan-grid");
  const theirs = page.getElementById("plan-grid");
  if (!ours || !theirs || !sameParts(ours, theirs)) {
    document.getElementById("plan").replaceChildren(...page.getElementById("plan").childNodes);
  } else {
    await patch(ours, theirs);
    await swap(page, "plan-rows");
    await swap(page, "plan-key");
    const [bar, fresh] = [document, page].map((one) => one.querySelector(".ek-plan-bar .ek-due"));
    if (bar && fresh) { bar.replaceWith(fresh); } else if (fresh) { document.getElementById("plan-title").after(fresh); } else { bar?.remove(); }
  }
  if (kept) { document.querySelector(`#plan-grid [data-bar="${CSS.escape(kept)}"]`)?.focus({ preventScroll: true }); }
  document.dispatchEvent(new CustomEvent("plan:drawn"));
}

const parts = (grid) => [...grid.querySelectorAll("[data-sum]")];
const sameParts = (ours, theirs) => parts(ours).map((part) => part.id).join() === parts(theirs).map((part) => part.id).join();

async function patch(ours, theirs) {
  const fresh = new Map(parts(theirs).map((part) => [part.id, part]));
  for (const part of parts(ours)) {
    const other = fresh.get(part.id);
    if (other.dataset.sum !== part.dataset.sum) { part.replaceWith(other); await pause(); }
  }
  const load = theirs.querySelector("#plan-load");
  if (load) { ours.querySelector("#plan-load")?.replaceWith(load); }
}

async function swap(page, id) {
  const [ours, theirs] = [document.getElementById(id), page.getElementById(id)];
  if (!ours || !theirs) { return; }
  if (ours.children.length !== theirs.children.length) { ours.replaceWith(theirs); await pause(); return; }
  const pairs = [...ours.children].map((row, at) => [row, theirs.children[at]]).filter(([a, b]) => a.outerHTML !== b.outerHTML);
  for (let at = 0; at < pairs.length; at += 40) {
    pairs.slice(at, at + 40).forEach(([a, b]) => a.replaceWith(b));
    await pause();
  }
}
