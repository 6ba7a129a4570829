// The page as a whole: where the reader is, what has changed, and who draws it.

import { act, base, get, listen, lookAs } from './api.js';
import { closedComposer, composer } from './composer.js';
import { avatar, fill, h, icon, tell } from './dom.js';
import { drawHome } from './home.js';
import { keepingBottom, repliesTo, show, steerBetween, topLevel } from './messages.js';
import { drawModals } from './modals.js';
import { closeMenus } from './overlays.js';
import { app, isApp, person, place, placeName, store } from './store.js';
import { drawSidebar } from './sidebar.js';
import { drawTop } from './top.js';
import { refreshRuns } from './workflows.js';

const part = (id) => document.getElementById(id);
let stopListening = () => {};
let people = [];

// Where the reader is: #/PERSON/CHANNEL[/home][/THREAD]

function here() {
  const [, user = '', channel = '', ...rest] = location.hash.split('/');
  return { user, channel, tab: rest.includes('home') ? 'home' : 'messages', thread: rest.find((one) => /^\d+\.\d+$/.test(one)) ?? '' };
}

const address = (user, channel, tab = 'messages', thread = '') =>
  `#/${[user, channel, tab === 'home' ? 'home' : '', thread].filter(Boolean).join('/')}`;

const go = (channel, tab, thread) => {
  location.hash = address(store.state.me, channel, tab, thread);
};

const be = (user) => {
  const stays = store.state.places.find((one) => one.id === store.channel)?.kind !== 'direct';
  location.hash = stays ? address(user, store.channel) : address(user, isApp() ? 'app' : '');
};

async function arrive() {
  const goal = here();
  const user = people.includes(goal.user) ? goal.user : people[0];
  const newPerson = store.state?.me !== user;
  if (newPerson) {
    lookAs(user);
    stopListening();
    store.messages = [];
    stopListening = listen(changed, line);
  }
  closeMenus();
  await refreshState();
  const known = goal.channel === 'app' ? place(app().channel) : place(goal.channel);
  const first = store.state.places.find((one) => one.kind === 'channel' && !one.archived) ?? store.state.places[0];
  const channel = (known ?? first).id;
  const tab = goal.channel === 'app' && !known?.unread ? 'home' : goal.tab;
  const moved = newPerson || channel !== store.channel || tab !== store.tab;
  Object.assign(store, { channel, tab: isApp(channel) ? tab : 'messages', thread: goal.thread, drawer: false });
  if (isApp() && moved) act('home', { tab: store.tab });
  if (moved) frameMain();
  await Promise.all([refreshMessages(moved), refreshScreen()]);
  drawThread();
  drawAround();
}

// Looking again

async function refreshState() {
  const before = store.state;
  store.state = await get('state');
  if (before?.me === store.state.me) announceNew(before);
  if (before?.me === store.state.me) announceElsewhere(before);
}

async function refreshMessages(toBottom = false) {
  const channel = store.channel;
  const { messages } = await get(`messages/${channel}`);
  if (channel !== store.channel) return;
  store.messages = messages.map((one) => ({ ...one, channel }));
  drawMessages(toBottom);
  readIt();
}

async function refreshScreen() {
  store.screen = await get('screen');
  drawModals();
  if (isApp() && store.tab === 'home') drawHome(part('pane'));
}

function readIt() {
  if (document.hidden || (isApp() && store.tab === 'home')) return;
  if (place()?.unread) act('read', { channel: store.channel });
}

function announceNew(before) {
  for (const one of store.state.places) {
    const old = before.places.find((other) => other.id === one.id);
    const looking = one.id === store.channel && store.tab === 'messages';
    if (!looking && one.calls > (old?.calls ?? 0)) {
      const open = () => go(one.id, 'messages');
      tell(one.kind === 'direct' ? `New message from ${placeName(one)}` : `You are mentioned in #${one.name}`, { action: 'Open', onAction: open });
    }
  }
}

// What waits for others is seen on their badges; who does not see them is told in words.
function announceElsewhere(before) {
  const rising = Object.values(store.state.people).filter((one) => one.id !== store.state.me && (store.state.waiting[one.id] ?? 0) > (before.waiting[one.id] ?? 0));
  if (rising.length) part('elsewhere').textContent = `New for ${rising.map((one) => one.realName).join(', ')}`;
}

// Changes come in bursts; each kind is looked at once per burst.
const due = new Set();

function changed(change) {
  if (change.kind === 'resync') for (const what of ['state', 'messages', 'screen', 'runs']) due.add(what);
  else if (change.kind === 'screen') change.user === store.state.me && due.add('screen');
  else {
    due.add('state');
    if (change.kind === 'workflow') due.add('runs');
    if (change.kind === 'message' && change.channel === store.channel) due.add('messages');
  }
  if (due.size && !changed.timer) changed.timer = setTimeout(lookAgain, 25);
}

async function lookAgain() {
  const what = new Set(due);
  due.clear();
  changed.timer = null;
  try {
    if (what.has('state')) await refreshState();
    await Promise.all([what.has('messages') && refreshMessages(), what.has('screen') && refreshScreen(), what.has('runs') && refreshRuns()]);
    drawAround();
  } catch {
    line(false);
  }
}

function line(online) {
  const back = online && !store.online;
  store.online = online;
  if (back) changed({ kind: 'resync' });
  else if (store.state) drawTop(part('top'), { be, openDrawer, redraw });
}

// Drawing

function drawAround() {
  drawTop(part('top'), { be, openDrawer, redraw });
  drawSidebar(part('sidebar'), { go, leaveDrawer: () => store.drawer && closeDrawer() });
  drawHead();
  part('app').classList.toggle('drawer-open', store.drawer);
  part('scrim').hidden = !store.drawer;
  const calls = store.state.places.reduce((sum, one) => sum + one.calls, 0);
  const name = isApp() ? app().name : place().kind === 'direct' ? placeName(place()) : `#${place().name}`;
  document.title = `${calls ? `(${calls}) ` : ''}${name} · ${store.state.team.name}`;
}

// Everything again, for what is the same in other words.
async function redraw() {
  for (const pane of document.querySelectorAll('#pane, #replies')) pane.replaceChildren();
  drawMessages(true);
  await refreshScreen();
  drawThread();
  drawAround();
}

function frameMain() {
  const home = isApp() && store.tab === 'home';
  const pane = home ? h('div', { id: 'pane', class: 'pane' }) : messagePane('pane', 'Messages');
  const writable = place() && !place().archived;
  const to = place().kind === 'direct' ? placeName(place()) : `#${place().name}`;
  fill(part('main'), h('div', { id: 'head', class: 'head' }), pane, !home && (writable ? composer({ channel: store.channel, placeholder: `Message ${to}` }) : closedComposer(store.channel)));
  drawHead();
  if (window.matchMedia('(hover: hover)').matches && !document.activeElement?.closest('#top')) part('composer')?.focus();
}

function messagePane(id, label) {
  const name = `${label}; arrow keys move between them`;
  return h('div', { id, class: 'pane', role: 'log', 'aria-live': 'polite', 'aria-label': name, tabindex: 0, on: { keydown: steerBetween } });
}

function drawHead() {
  const one = place();
  const direct = one.kind === 'direct';
  const other = direct ? person(one.others[0] ?? store.state.me) : null;
  const tabs = isApp() && h('div', { class: 'tabs', role: 'tablist', 'aria-label': app().name }, tab('home', 'Home'), tab('messages', 'Messages', one.unread));
  fill(
    part('head'),
    h(
      'div',
      { class: 'head-line' },
      direct ? avatar(other, 'small') : icon(one.kind === 'private' ? 'lock' : 'hash'),
      h('h1', {}, direct ? placeName(one) : one.name),
      isApp() && h('span', { class: 'badge-app' }, 'APP'),
      h('span', { class: 'topic' }, isApp() ? app().description : direct ? (other?.role ?? '') : one.topic),
      !direct && h('span', { class: 'members', title: `${one.members} members` }, `${one.members} members`),
    ),
    tabs,
  );
}

function tab(name, label, unread) {
  const open = store.tab === name;
  return h(
    'button',
    { type: 'button', role: 'tab', class: 'tab', 'aria-selected': String(open), on: { click: () => go(store.channel, name) } },
    label,
    !open && unread > 0 && h('span', { class: 'badge' }, String(unread)),
  );
}

function drawMessages(toBottom) {
  const pane = part('pane');
  if (!pane || (isApp() && store.tab === 'home')) return;
  const messages = topLevel();
  const draw = () => {
    if (messages.length) {
      pane.querySelector('.empty')?.remove();
      show(pane, messages, { openThread });
    } else fill(pane, beginning());
  };
  keepingBottom(pane, draw);
  if (toBottom) pane.scrollTop = pane.scrollHeight;
  if (store.thread) drawThread();
}

function beginning() {
  const one = place();
  const words = isApp() ? `This is where ${app().name} writes to you.` : one.kind === 'direct' ? 'Nothing has been said here yet.' : `This is the beginning of #${one.name}.`;
  const first = store.state.commands[0];
  return h(
    'div',
    { class: 'empty' },
    one.kind === 'direct' ? avatar(person(one.others[0] ?? store.state.me), 'huge') : h('span', { class: 'empty-sign' }, icon('hash')),
    h('h2', {}, words),
    first && !one.archived && h('p', { class: 'quiet' }, 'Try ', h('code', {}, first.name), ': ', first.description),
  );
}

function openThread(ts) {
  go(store.channel, 'messages', ts);
}

function drawThread() {
  const aside = part('thread');
  const parent = store.thread && store.messages.find((one) => one.ts === store.thread);
  part('app').classList.toggle('with-thread', Boolean(parent));
  aside.hidden = !parent;
  if (!parent) {
    fill(aside);
    delete aside.dataset.ts;
    return;
  }
  const fresh = aside.dataset.ts !== `${store.state.me} ${parent.ts}`;
  if (fresh) {
    aside.dataset.ts = `${store.state.me} ${parent.ts}`;
    const cross = h('button', { type: 'button', class: 'bare', 'aria-label': 'Close thread', on: { click: () => openThread('') } }, icon('close'));
    const to = place().kind === 'direct' ? placeName(place()) : `#${place().name}`;
    fill(
      aside,
      h('div', { class: 'head' }, h('div', { class: 'head-line' }, h('h2', {}, 'Thread'), h('span', { class: 'topic' }, to), cross)),
      messagePane('replies', 'Replies'),
      place().archived ? closedComposer(store.channel) : composer({ channel: store.channel, thread: parent.ts, placeholder: 'Reply…' }),
    );
  }
  const pane = part('replies');
  keepingBottom(pane, () => show(pane, [parent, ...repliesTo(parent.ts)], { inThread: true, openThread }));
  if (fresh) aside.querySelector('textarea')?.focus();
}

function openDrawer() {
  store.drawer = true;
  drawAround();
  part('sidebar').querySelector('button.open, button')?.focus();
}

function closeDrawer() {
  store.drawer = false;
  drawAround();
  document.querySelector('.drawer-button')?.focus();
}

// Keys and start

document.addEventListener('keydown', (event) => {
  if (event.altKey && /^Digit[1-9]$/.test(event.code) && people[Number(event.code.at(-1)) - 1]) {
    event.preventDefault();
    be(people[Number(event.code.at(-1)) - 1]);
  } else if (event.key === 'Escape' && store.drawer) closeDrawer();
  else if (event.key === 'Escape' && store.thread && event.target.closest('#thread')) {
    openThread('');
    part('composer')?.focus();
  }
});
document.addEventListener('visibilitychange', () => !document.hidden && store.state && readIt());
window.matchMedia('(min-width: 900px)').addEventListener('change', () => store.state && drawAround());
part('scrim').addEventListener('click', closeDrawer);
document.querySelector('.skip').addEventListener('click', (event) => {
  event.preventDefault();
  part('composer')?.focus();
});

async function start() {
  people = (await get('people')).people;
  const link = /^\/archives\/([^/]+)\/p(\d+)(\d{6})$/.exec(location.pathname.slice(base.length));
  const thread = new URLSearchParams(location.search).get('thread_ts') ?? '';
  if (link) history.replaceState(null, '', `${base}/${address(people[0], link[1], 'messages', thread)}`);
  window.addEventListener('hashchange', arrive);
  await arrive();
  if (link) pointAt(`${link[2]}.${link[3]}`);
}

function pointAt(ts) {
  const found = [...document.querySelectorAll(`.message[data-key="${ts}"]`)].at(-1);
  found?.scrollIntoView({ block: 'center' });
  found?.classList.add('flash');
  setTimeout(() => found?.classList.remove('flash'), 2500);
}

start().catch(() => tell('The playground does not answer. Is it still running?', { kind: 'trouble', seconds: 600 }));
