// Messages, in the main pane and in threads.

import { act, fileUrl } from './api.js';
import { blocks } from './blocks.js';
import { clock, dayOf, divider, lastReply, whole } from './dates.js';
import { append, avatar, h, icon, tell } from './dom.js';
import { mrkdwn } from './mrkdwn.js';
import { menu } from './overlays.js';
import { inWords, person, store } from './store.js';

const TOGETHER_SECONDS = 300;

export const topLevel = () => store.messages.filter((one) => !one.thread_ts || one.thread_ts === one.ts || one.subtype === 'thread_broadcast' || !parentOf(one));
export const repliesTo = (ts) => store.messages.filter((one) => one.thread_ts === ts && one.ts !== ts);
const parentOf = (message) => store.messages.find((one) => one.ts === message.thread_ts);

// Shows messages in `pane`, keeping the nodes of those that are as they were (and with them focus and open menus).
export function show(pane, messages, { inThread = false, openThread }) {
  const kept = new Map([...pane.children].map((node) => [node.dataset.key, node]));
  const nodes = [];
  let previous;
  for (const message of messages) {
    const newDay = !inThread && (!previous || dayOf(previous.ts) !== dayOf(message.ts));
    if (newDay) nodes.push(reuse(kept, `day ${dayOf(message.ts)}`, divider(message.ts), () => dayLine(message.ts)));
    const joined = !newDay && follows(previous, message);
    const replies = inThread ? [] : repliesTo(message.ts).map((one) => one.ts);
    const print = JSON.stringify([message, joined, replies]);
    nodes.push(reuse(kept, message.ts, print, () => row(message, { joined, inThread, openThread })));
    previous = message;
  }
  const held = document.activeElement?.closest?.('[data-key]')?.dataset.key;
  const wanted = new Set(nodes);
  for (const node of [...pane.children]) if (!wanted.has(node)) node.remove();
  nodes.forEach((node, index) => {
    if (pane.children[index] !== node) pane.insertBefore(node, pane.children[index] ?? null);
  });
  if (held && !document.activeElement?.closest?.('[data-key]')) pane.querySelector(`[data-key="${CSS.escape(held)}"]`)?.focus();
}

function reuse(kept, key, print, make) {
  const old = kept.get(key);
  if (old?.dataset.print === print) return old;
  const node = make();
  node.dataset.key = key;
  node.dataset.print = print;
  return node;
}

function follows(previous, message) {
  if (!previous || previous.user !== message.user || previous.ephemeral || message.ephemeral) return false;
  return Number(message.ts) - Number(previous.ts) < TOGETHER_SECONDS && !previous.reply_count;
}

const dayLine = (ts) => h('div', { class: 'day', role: 'separator' }, h('span', {}, divider(ts)));

function row(message, { joined, inThread, openThread }) {
  const author = person(message.user);
  const time = h('time', { class: 'time', title: whole(message.ts) }, clock(message.ts));
  const head = h(
    'div',
    { class: 'message-head' },
    h('span', { class: 'author' }, author?.realName ?? message.user),
    badge(message, author),
    time,
  );
  const body = h(
    'div',
    { class: 'message-body' },
    message.ephemeral && h('div', { class: 'only-you' }, icon('eye'), 'Only visible to you'),
    !joined && head,
    content(message),
    files(message),
    !inThread && threadLink(message, openThread),
  );
  const side = joined ? h('div', { class: 'side' }, h('time', { class: 'time quiet', title: whole(message.ts) }, clock(message.ts).replace(/ [AP]M$/, ''))) : h('div', { class: 'side' }, avatar(author));
  return h(
    'article',
    { class: `message${joined ? ' joined' : ''}${message.ephemeral ? ' ephemeral' : ''}`, 'aria-label': `${author?.realName ?? ''} at ${clock(message.ts)}`, tabindex: '-1' },
    side,
    body,
    tools(message, inThread, openThread),
  );
}

function badge(message, author) {
  if (author?.isBot || message.bot_id) return h('span', { class: 'badge-app' }, 'APP');
  if (author?.isStranger) return h('span', { class: 'badge-app' }, 'EXTERNAL');
  if (author?.isGuest) return h('span', { class: 'badge-app' }, 'GUEST');
  return null;
}

function content(message) {
  if (message.blocks?.length) return blocks(message.blocks, deskOf(message));
  const edited = message.edited && h('span', { class: 'edited', title: whole(message.edited.ts) }, ' (edited)');
  return message.text ? h('div', { class: 'text' }, mrkdwn(message.text), edited) : null;
}

function deskOf(message) {
  const where = { channel: message.channel ?? store.channel, ts: message.ts };
  const noted = new Map();
  const name = (block, element) => `${block.block_id}/${element.action_id}`;
  return {
    entry: (block, element) => message.typed?.[block.block_id]?.[element.action_id] ?? initial(element),
    note: (block, element, entry) => noted.set(name(block, element), entry),
    act: async (block, element, entry) => {
      const values = Object.fromEntries(noted);
      const answer = await act('act', { ...where, block: block.block_id, action: element.action_id, entry, values });
      if (answer.error) tell(inWords(answer.error), { kind: 'trouble' });
      return answer;
    },
    suggest: (block, element, query) => act('suggest', { ...where, block: block.block_id, action: element.action_id, query }),
  };
}

function initial(element) {
  return {
    value: element.initial_value,
    selected_option: element.initial_option,
    selected_options: element.initial_options,
    selected_date: element.initial_date,
    selected_time: element.initial_time,
    selected_date_time: element.initial_date_time,
    selected_user: element.initial_user,
    selected_channel: element.initial_channel,
    selected_conversation: element.initial_conversation,
  };
}

function files(message) {
  return (message.files ?? []).map((file) =>
    h(
      'a',
      { class: 'file', href: fileUrl(file.id), download: file.name, 'aria-label': `Download ${file.name}` },
      h('span', { class: 'file-sign' }, icon('file')),
      h('span', { class: 'menu-words' }, h('span', { class: 'file-name' }, file.title), h('small', {}, `${file.pretty_type} · ${size(file.size)}`)),
      icon('download'),
    ),
  );
}

const size = (bytes) => (bytes < 1000 ? `${bytes} bytes` : bytes < 1e6 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

function threadLink(message, openThread) {
  const replies = repliesTo(message.ts);
  if (!replies.length) return null;
  const writers = [...new Set(replies.map((one) => one.user))].slice(0, 4);
  return h(
    'button',
    { type: 'button', class: 'thread-link', data: { key: `thread ${message.ts}` }, on: { click: () => openThread(message.ts) } },
    h('span', { class: 'faces' }, writers.map((id) => avatar(person(id), 'tiny'))),
    h('span', { class: 'count' }, `${replies.length} ${replies.length === 1 ? 'reply' : 'replies'}`),
    h('span', { class: 'quiet' }, `Last reply ${lastReply(replies.at(-1).ts)}`),
  );
}

function tools(message, inThread, openThread) {
  if (message.ephemeral) return null;
  const bar = h('div', { class: 'tools' });
  if (!inThread) {
    bar.append(h('button', { type: 'button', class: 'tool', 'aria-label': 'Reply in thread', title: 'Reply in thread', on: { click: () => openThread(message.thread_ts ?? message.ts) } }, icon('reply')));
  }
  const shortcuts = store.state.shortcuts.filter((one) => one.kind === 'message');
  const items = [
    ...shortcuts.map((one) => ({ label: one.name, note: one.description || store.state.app.name, act: () => run(one, message) })),
    ...(inThread ? [] : [{ label: 'Reply in thread', act: () => openThread(message.thread_ts ?? message.ts) }]),
    { label: 'Copy link', act: () => copyLink(message) },
  ];
  const more = h('button', { type: 'button', class: 'tool', 'aria-label': 'More actions', title: 'More actions', 'aria-haspopup': 'menu', 'aria-expanded': 'false', on: { click: () => menu(more, items, 'Message actions') } }, icon('more'));
  return append(bar, [more]);
}

async function run(shortcut, message) {
  const answer = await act('message-shortcut', { channel: store.channel, ts: message.ts, id: shortcut.id });
  if (answer.error) tell(`${shortcut.name}: ${inWords(answer.error)}`, { kind: 'trouble' });
}

async function copyLink(message) {
  const url = `${location.origin}/archives/${store.channel}/p${message.ts.replace('.', '')}`;
  try {
    await navigator.clipboard.writeText(url);
    tell('Link copied.');
  } catch {
    tell(url);
  }
}

// Arrow keys move between messages; Enter or the right arrow opens the thread of the one they are on.
export function steerBetween(event) {
  const pane = event.currentTarget;
  if (event.target !== pane && !event.target.matches('.message')) return;
  const all = [...pane.querySelectorAll('.message')];
  const at = all.indexOf(event.target);
  if (event.key === 'ArrowUp') (all[at < 0 ? all.length - 1 : at - 1] ?? all[0])?.focus();
  else if (event.key === 'ArrowDown') (at < 0 ? all.at(-1) : all[at + 1])?.focus();
  else if (event.key === 'Enter' || event.key === 'ArrowRight') event.target.querySelector('.tool[aria-label="Reply in thread"]')?.click();
  else return;
  event.preventDefault();
}

// Stays at the newest message unless the reader has scrolled up.
export function keepingBottom(pane, change) {
  const atBottom = pane.scrollHeight - pane.scrollTop - pane.clientHeight < 120;
  change();
  if (atBottom) pane.scrollTop = pane.scrollHeight;
}
