/* Days as ISO texts ("2026-09-21"), counted in whole days, so that no time zone can shift them. */
const DAY = 86400000;
const number = (iso) => Date.parse(`${iso}T00:00:00Z`) / DAY;

export const plus = (iso, days) => new Date((number(iso) + days) * DAY).toISOString().slice(0, 10);
export const between = (from, to) => number(to) - number(from);

const shown = new Intl.DateTimeFormat(document.documentElement.lang === "de" ? "de-DE" : "en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const say = (iso) => shown.format(new Date(number(iso) * DAY));
export const words = (first, last) => (first === last ? say(first) : `${say(first)} – ${say(last)}`);
