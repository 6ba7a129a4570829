// Slack's mrkdwn to DOM nodes. Everything a person wrote ends in text nodes; `verbatim` leaves bare URLs as they are.

import { formatted, whole } from './dates.js';
import { h } from './dom.js';
import { drawn, drawnText } from './emoji.js';
import { me, person, store } from './store.js';

const unescape = (text) => text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');
const TAGS = { '*': 'strong', _: 'em', '~': 's' };
const LINK = /^(https?:\/\/|mailto:)/i;
const URL_HERE = /https?:\/\/[^\s<>"'`|]+[^\s<>"'`|.,;:!?)\]]/y;
const EMOJI_HERE = /:([a-z0-9_+-]+):/y;

export function mrkdwn(text, verbatim = false) {
  const nodes = [];
  String(text).split(/```/).forEach((part, index, parts) => {
    if (index % 2 === 0) nodes.push(...lines(part, nodes.length > 0, verbatim));
    else if (index === parts.length - 1) nodes.push(...lines('```' + part, false, verbatim));
    else nodes.push(h('pre', {}, unescape(part.replace(/^\n/, ''))));
  });
  return nodes;
}

// Lines that begin with > stand together in a quote.
function lines(text, afterBlock, verbatim) {
  const nodes = [];
  let quote = [];
  let plain = [];
  const flushPlain = () => {
    if (plain.length) nodes.push(...inline(plain.join('\n'), verbatim));
    plain = [];
  };
  const flushQuote = () => {
    if (quote.length) nodes.push(h('blockquote', {}, inline(quote.join('\n'), verbatim)));
    quote = [];
  };
  for (const line of (afterBlock ? text.replace(/^\n/, '') : text).split('\n')) {
    const quoted = /^(?:>|&gt;) ?(.*)$/.exec(line);
    if (quoted) {
      flushPlain();
      quote.push(quoted[1]);
    } else {
      flushQuote();
      plain.push(line);
    }
  }
  flushQuote();
  flushPlain();
  return nodes;
}

function inline(text, verbatim) {
  const nodes = [];
  let words = '';
  const flush = () => {
    if (words) nodes.push(...drawnText(unescape(words)));
    words = '';
  };
  const add = (node) => {
    flush();
    nodes.push(node);
  };
  for (let at = 0; at < text.length; ) {
    const [node, next] = special(text, at, verbatim);
    if (node !== undefined) {
      add(node);
      at = next;
    } else {
      words += text[at];
      at += 1;
    }
  }
  flush();
  return nodes;
}

// The node that begins at this place and where it ends, or [undefined] for a plain letter.
function special(text, at, verbatim) {
  const letter = text[at];
  if (letter === '\n') return [h('br'), at + 1];
  if (letter === '`') {
    const end = text.indexOf('`', at + 1);
    if (end > at + 1 && !text.slice(at, end).includes('\n')) return [h('code', {}, unescape(text.slice(at + 1, end))), end + 1];
  }
  if (letter === '<') {
    const end = text.indexOf('>', at);
    if (end > at + 1) return [entity(text.slice(at + 1, end)), end + 1];
  }
  if (letter in TAGS && opens(text, at)) {
    const end = closing(text, at);
    if (end > 0) return [h(TAGS[letter], {}, inline(text.slice(at + 1, end), verbatim)), end + 1];
  }
  if (letter === ':') {
    EMOJI_HERE.lastIndex = at;
    const found = EMOJI_HERE.exec(text);
    const sign = found && drawn(found[1]);
    if (sign) return [sign, at + found[0].length];
  }
  if (letter === 'h' && !verbatim && !/\w/.test(text[at - 1] ?? ' ')) {
    URL_HERE.lastIndex = at;
    const found = URL_HERE.exec(text);
    if (found) return [link(unescape(found[0]), unescape(found[0])), at + found[0].length];
  }
  return [undefined, at];
}

function opens(text, at) {
  return !/[\w*~]/.test(text[at - 1] ?? ' ') && /\S/.test(text[at + 1] ?? ' ') && text[at + 1] !== text[at];
}

function closing(text, at) {
  const mark = text[at];
  for (let end = at + 1; end < text.length && text[end] !== '\n'; end += 1) {
    if (text[end] === '<') end = Math.max(end, text.indexOf('>', end));
    else if (text[end] === '`') {
      const past = text.indexOf('`', end + 1);
      if (past > 0) end = past;
    } else if (text[end] === mark && end > at + 1 && /\S/.test(text[end - 1]) && !/\w/.test(text[end + 1] ?? ' ')) return end;
  }
  return -1;
}

export function entity(inside) {
  const bar = inside.indexOf('|');
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? '' : unescape(inside.slice(bar + 1));
  if (target.startsWith('@')) return mention(target.slice(1), label);
  if (target.startsWith('#')) return channelLink(target.slice(1), label);
  if (target.startsWith('!')) return broadcast(target.slice(1), label);
  if (!LINK.test(target)) return unescape(`<${inside}>`);
  return link(unescape(target), label || unescape(target).replace(/^mailto:/, ''));
}

export function mention(id, label) {
  const known = person(id);
  const mine = id === me().id;
  return h('span', { class: `mention${mine ? ' mine' : ''}`, title: known?.realName }, `@${known?.realName ?? (label || id)}`);
}

export function channelLink(id, label) {
  const known = store.state.places.find((one) => one.id === id);
  const name = `#${known?.name ?? (label || id)}`;
  if (!known) return h('span', { class: 'mention' }, name);
  return h('a', { class: 'mention', href: `#/${store.state.me}/${id}` }, name);
}

export function userGroup(id, label) {
  const group = store.state.usergroups[id];
  return h('span', { class: 'mention', title: group?.name }, group ? `@${group.handle}` : label || id);
}

export function broadcast(target, label) {
  const [kind, ...rest] = target.split('^');
  if (kind === 'date') return date(rest[0], rest[1] ?? '', rest[2], label);
  if (kind === 'subteam') return userGroup(rest[0], label);
  if (['here', 'channel', 'everyone'].includes(kind)) return h('span', { class: 'mention mine' }, `@${kind}`);
  return `<${label || kind}>`;
}

export function date(seconds, format, url, fallback) {
  const text = formatted(seconds, format, fallback || seconds);
  const time = h('time', { title: whole(seconds) }, text);
  return url ? link(url, time) : time;
}

export function link(url, label) {
  if (!LINK.test(url)) return label;
  return h('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, label);
}
