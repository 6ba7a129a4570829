// Times in Slack's words: in the zone of the person played, as Slack has it, or of whoever sits before the page.

import { me, store } from './store.js';

export const BROWSER_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;
export const zone = () => (store.browserZone ? BROWSER_ZONE : me().tz);

function shown(date, options) {
  return new Intl.DateTimeFormat('en-US', { ...options, timeZone: zone() }).format(date);
}

const day = (date) => new Intl.DateTimeFormat('en-CA', { timeZone: zone() }).format(date);

function relative(date) {
  const today = new Date();
  const shifted = (days) => day(new Date(today.getTime() + days * 86400e3));
  return { [shifted(0)]: 'today', [shifted(-1)]: 'yesterday', [shifted(1)]: 'tomorrow' }[day(date)];
}

function ordinal(number) {
  const tens = number % 100;
  if (tens > 10 && tens < 14) return `${number}th`;
  return `${number}${['th', 'st', 'nd', 'rd'][number % 10] ?? 'th'}`;
}

function longDate(date, options) {
  const parts = new Intl.DateTimeFormat('en-US', { day: 'numeric', year: 'numeric', ...options, timeZone: zone() });
  const named = Object.fromEntries(parts.formatToParts(date).map((part) => [part.type, part.value]));
  const start = named.weekday ? `${named.weekday}, ` : '';
  return `${start}${named.month} ${ordinal(Number(named.day))}, ${named.year}`;
}

function ago(date) {
  const seconds = Math.round((date.getTime() - Date.now()) / 1000);
  const format = new Intl.RelativeTimeFormat('en', { numeric: 'always' });
  for (const [unit, size] of [['day', 86400], ['hour', 3600], ['minute', 60]]) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  }
  return format.format(seconds, 'second');
}

const TOKENS = {
  date_num: (date) => day(date),
  date_slash: (date) => shown(date, { month: '2-digit', day: '2-digit', year: 'numeric' }),
  date: (date) => longDate(date, { month: 'long' }),
  date_short: (date) => shown(date, { month: 'short', day: 'numeric', year: 'numeric' }),
  date_long: (date) => longDate(date, { month: 'long', weekday: 'long' }),
  time: (date) => shown(date, { hour: 'numeric', minute: '2-digit' }),
  time_secs: (date) => shown(date, { hour: 'numeric', minute: '2-digit', second: '2-digit' }),
  ago,
};
for (const name of ['date', 'date_short', 'date_long']) {
  TOKENS[`${name}_pretty`] = (date) => relative(date) ?? TOKENS[name](date);
}

// `<!date^SECONDS^FORMAT|fallback>`: a format with an unknown token falls back, as in Slack.
export function formatted(seconds, format, fallback) {
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return fallback;
  let known = true;
  const text = format.replace(/\{(\w+)\}/g, (whole, name) => {
    if (!Object.hasOwn(TOKENS, name)) known = false;
    return known ? TOKENS[name](date) : whole;
  });
  if (!known) return fallback;
  return /^\{\w+_pretty\}/.test(format) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}

export const whole = (seconds) => formatted(seconds, '{date_long} at {time_secs}', '');
export const clock = (ts) => formatted(ts, '{time}', '');
export const divider = (ts) => formatted(ts, '{date_long_pretty}', '');
export const dayOf = (ts) => day(new Date(Number(ts) * 1000));
export const lastReply = (ts) => formatted(ts, '{date_short_pretty} at {time}', '').replace(/^T/, 't').replace(/^Y/, 'y');
