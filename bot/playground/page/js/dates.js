// Dates as Slack writes them, in the reader's own time zone.

const DAY_MILLISECONDS = 86_400_000;

function format(date, options) {
  return new Intl.DateTimeFormat("en-US", options).format(date);
}

function ordinal(day) {
  if (day % 100 >= 11 && day % 100 <= 13) return `${day}th`;
  return `${day}${{ 1: "st", 2: "nd", 3: "rd" }[day % 10] ?? "th"}`;
}

function startOfDay(date) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate());
}

function dayName(date, otherwise) {
  const days = Math.round((startOfDay(date) - startOfDay(new Date())) / DAY_MILLISECONDS);
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[days] ?? otherwise;
}

function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function twoDigits(number) {
  return String(number).padStart(2, "0");
}

function ago(date) {
  const minutes = Math.round((date - Date.now()) / 60_000);
  const relative = new Intl.RelativeTimeFormat("en-US", { numeric: "auto" });
  if (Math.abs(minutes) < 60) return relative.format(minutes, "minute");
  if (Math.abs(minutes) < 60 * 48) return relative.format(Math.round(minutes / 60), "hour");
  return relative.format(Math.round(minutes / 1440), "day");
}

/** "2:05 PM" */
export function clock(date) {
  return format(date, { hour: "numeric", minute: "2-digit" });
}

/** "Nov 3, 2:05 PM", for threads, which have no headings for the days. */
export function dayAndClock(date) {
  return format(date, { month: "short", day: "numeric", hour: "numeric", minute: "2-digit" });
}

/** "14:05:09", for the traffic panel. */
export function clockWithSeconds(date) {
  return format(date, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
}

/** The heading above a day's messages: "Today", "Tuesday, November 3rd". */
export function dayHeading(date) {
  const weekday = format(date, { weekday: "long" });
  const month = format(date, { month: "long" });
  return capital(dayName(date, `${weekday}, ${month} ${ordinal(date.getDate())}`));
}

/** "Tuesday, November 3 at 2:05:09 PM", for the tooltip of a time. */
export function fullTime(date) {
  return format(date, { dateStyle: "full", timeStyle: "medium" });
}

const TOKENS = {
  date_num: (date) => `${date.getFullYear()}-${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())}`,
  date_slash: (date) => `${twoDigits(date.getMonth() + 1)}/${twoDigits(date.getDate())}/${date.getFullYear()}`,
  date: (date) => `${format(date, { month: "long" })} ${ordinal(date.getDate())}, ${date.getFullYear()}`,
  date_short: (date) => format(date, { month: "short", day: "numeric", year: "numeric" }),
  date_long: (date) => `${format(date, { weekday: "long" })}, ${TOKENS.date(date)}`,
  date_pretty: (date) => dayName(date, TOKENS.date(date)),
  date_short_pretty: (date) => dayName(date, TOKENS.date_short(date)),
  date_long_pretty: (date) => dayName(date, TOKENS.date_long(date)),
  day_divider_pretty: (date) => dayName(date, TOKENS.date_long(date)),
  time: clock,
  time_secs: (date) => format(date, { hour: "numeric", minute: "2-digit", second: "2-digit" }),
  ago,
};

/** A date template such as "{date_short} at {time}" filled in, or null when it names a token Slack does not have. */
export function fillDate(template, seconds) {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return null;
  let unknown = false;
  const filled = template.replace(/\{(\w+)\}/g, (whole, token) => {
    unknown ||= !Object.hasOwn(TOKENS, token);
    return unknown ? whole : TOKENS[token](date);
  });
  if (unknown) return null;
  return template.startsWith("{") ? capital(filled) : filled;
}
