// The workspace's name, channels, direct messages and the app.

import { act } from './api.js';
import { avatar, fill, h, icon } from './dom.js';
import { menu } from './overlays.js';
import { app, isApp, person, placeName, store } from './store.js';
import { openWorkflow } from './workflows.js';

export function drawSidebar(sidebar, { go, leaveDrawer }) {
  const places = store.state.places;
  const channels = places.filter((one) => one.kind !== 'direct').sort((one, other) => one.archived - other.archived || one.name.localeCompare(other.name));
  const direct = places.filter((one) => one.kind === 'direct' && one.id !== app().channel && (one.started || one.id === store.channel));
  const held = document.activeElement?.closest('#sidebar')?.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  fill(
    sidebar,
    h('div', { class: 'workspace' }, h('span', { class: 'workspace-sign', 'aria-hidden': 'true' }, store.state.team.name[0]), h('span', { class: 'workspace-name' }, store.state.team.name)),
    h(
      'div',
      { class: 'side-scroll' },
      group('Channels', channels.map((one) => entry(one, icon(one.kind === 'private' ? 'lock' : 'hash'), one.name, go))),
      group('Direct messages', direct.map((one) => entry(one, avatar(person(one.others[0] ?? store.state.me), 'tiny'), placeName(one), go)), newMessage(go)),
      group('Apps', [entry(places.find((one) => one.id === app().channel), avatar(person(app().user), 'tiny'), app().name, go)]),
      store.state.workflows.length > 0 && group('Workflows', store.state.workflows.map((one) => workflow(one, leaveDrawer))),
    ),
  );
  if (held) sidebar.querySelector(`[data-key="${CSS.escape(held)}"]`)?.focus();
}

function group(name, entries, extra) {
  return h('section', { class: 'side-group' }, h('h2', {}, name), h('ul', {}, entries.map((one) => h('li', {}, one))), extra);
}

function entry(one, sign, name, go) {
  const open = one.id === store.channel;
  const unread = one.unread > 0 && !open;
  return h(
    'button',
    {
      type: 'button',
      class: `side-item${open ? ' open' : ''}${unread ? ' unread' : ''}${one.archived ? ' archived' : ''}`,
      'aria-current': open ? 'page' : undefined,
      data: { key: one.id },
      on: { click: () => go(one.id, isApp(one.id) ? (one.unread ? 'messages' : 'home') : 'messages') },
    },
    sign,
    h('span', { class: 'side-name' }, name),
    one.archived && h('small', {}, 'archived'),
    unread && one.calls > 0 && h('span', { class: 'badge', 'aria-label': `${one.calls} waiting` }, String(one.calls)),
  );
}

function workflow(one, leaveDrawer) {
  const start = () => {
    leaveDrawer();
    openWorkflow(one.id);
  };
  return h(
    'button',
    { type: 'button', class: 'side-item', 'aria-haspopup': 'dialog', title: one.description, data: { key: one.id }, on: { click: start } },
    icon('bolt'),
    h('span', { class: 'side-name' }, one.name),
    one.running > 0 && h('small', {}, `${one.running} running`),
  );
}

// Starting a direct message with another example person.
function newMessage(go) {
  const others = Object.values(store.state.people).filter((one) => one.example && one.id !== store.state.me);
  const face = h(
    'button',
    {
      type: 'button',
      class: 'side-item quiet',
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
      data: { key: 'new message' },
      on: {
        click: () =>
          menu(
            face,
            others.map((one) => ({ label: one.realName, note: one.role, before: avatar(one, 'small'), act: () => start(one, go) })),
            'New message to',
          ),
      },
    },
    h('span', { class: 'plus', 'aria-hidden': 'true' }, '+'),
    h('span', { class: 'side-name' }, 'New message'),
  );
  return face;
}

async function start(other, go) {
  const answer = await act('direct', { user: other.id });
  if (!answer.error) go(answer.channel, 'messages');
}
