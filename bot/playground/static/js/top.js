// The bar on top: who the page looks as, and the weather.

import { act } from './api.js';
import { BROWSER_ZONE, zone } from './dates.js';
import { avatar, fill, h, icon } from './dom.js';
import { menu } from './overlays.js';
import { me, store } from './store.js';

const WIDE = window.matchMedia('(min-width: 900px)');

export function drawTop(top, { be, openDrawer, redraw }) {
  const examples = Object.values(store.state.people).filter((one) => one.example);
  const held = top.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  const elsewhere = examples.reduce((sum, one) => sum + (one.id === store.state.me ? 0 : (store.state.waiting[one.id] ?? 0)), 0);
  fill(
    top,
    h('button', { type: 'button', class: 'top-button drawer-button', 'aria-label': 'Channels and messages', data: { key: 'drawer' }, on: { click: openDrawer } }, icon('menu')),
    store.state.workspaces.length > 1 && workspaces(),
    WIDE.matches ? switcher(examples, be) : compact(examples, be, elsewhere),
    h('span', { class: 'top-space' }),
    !store.online && h('span', { class: 'offline', role: 'status' }, 'Reconnecting…'),
    clock(redraw),
    weather(),
  );
  if (held) top.querySelector(`[data-key="${CSS.escape(held)}"]`)?.focus();
}

// Which workspace the page shows. The others are pages of their own; whoever has an account there stays the same.
function workspaces() {
  const { workspaces: all, team } = store.state;
  const waiting = all.reduce((sum, one) => sum + one.waiting, 0);
  const items = all.map((one) => ({
    label: one.name,
    note: one.me || one.here ? '' : 'You have no account there',
    before: h('span', { class: 'workspace-sign', 'aria-hidden': 'true' }, initials(one.name)),
    chosen: one.here,
    after: one.waiting > 0 ? h('span', { class: 'badge', 'aria-label': `${one.waiting} waiting` }, String(one.waiting)) : null,
    act: () => !one.here && location.assign(`${one.path}#/${one.me}`),
  }));
  const face = h(
    'button',
    {
      type: 'button',
      class: 'top-button workspace-button',
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
      'aria-label': `Workspace ${team.name}. Change${waiting ? `; ${waiting} waiting for you elsewhere` : ''}`,
      title: `Workspace: ${team.name}`,
      data: { key: 'workspace' },
      on: { click: () => menu(face, [{ heading: 'Workspace' }, ...items], 'Workspace') },
    },
    h('span', { class: 'workspace-sign', 'aria-hidden': 'true' }, initials(team.name)),
    h('span', { class: 'workspace-words' }, team.name),
    icon('down'),
    waiting > 0 && h('span', { class: 'badge' }, String(waiting)),
  );
  return face;
}

// Of the first and the last word, for workspaces of one company begin alike.
const initials = (name) => [name.split(/\s+/)[0], ...name.split(/\s+/).slice(1).slice(-1)].map((word) => word[0]).join('').toUpperCase();

// One choice among people: arrow keys move it, as in any group of radio buttons.
function switcher(examples, be) {
  const group = h('div', { class: 'switcher', role: 'radiogroup', 'aria-label': 'You are' });
  group.append(h('span', { class: 'switcher-label', 'aria-hidden': 'true' }, 'You are'));
  examples.forEach((one, index) => {
    const mine = one.id === store.state.me;
    const waiting = store.state.waiting[one.id] ?? 0;
    group.append(
      h(
        'button',
        {
          type: 'button',
          class: `person${mine ? ' me' : ''}`,
          role: 'radio',
          'aria-checked': String(mine),
          'aria-label': `${one.realName}${one.role ? `, ${one.role}` : ''}${waiting ? `, ${waiting} waiting` : ''}`,
          title: `${one.realName}${one.role ? ` · ${one.role}` : ''}  (Alt+${index + 1})`,
          tabindex: mine ? 0 : -1,
          data: { key: one.id },
          on: { click: () => be(one.id) },
        },
        avatar(one, 'small'),
        h('span', { class: 'person-words' }, h('span', {}, one.realName.split(' ')[0]), one.role && h('small', {}, one.role)),
        waiting > 0 && h('span', { class: 'badge' }, String(waiting)),
      ),
    );
  });
  group.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = examples.findIndex((one) => one.id === store.state.me);
    be(examples[(at + step + examples.length) % examples.length].id);
  });
  return group;
}

function compact(examples, be, elsewhere) {
  const items = examples.map((one) => {
    const waiting = store.state.waiting[one.id] ?? 0;
    return {
      label: one.realName,
      note: one.role,
      before: avatar(one, 'small'),
      chosen: one.id === store.state.me,
      after: waiting > 0 ? h('span', { class: 'badge', 'aria-label': `${waiting} waiting` }, String(waiting)) : null,
      act: () => be(one.id),
    };
  });
  const face = h(
    'button',
    {
      type: 'button',
      class: 'person me',
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
      'aria-label': `You are ${me().realName}. Change${elsewhere ? `; ${elsewhere} waiting for others` : ''}`,
      data: { key: 'switcher' },
      on: { click: () => menu(face, [{ heading: 'You are' }, ...items], 'You are') },
    },
    avatar(me(), 'small'),
    h('span', { class: 'person-words' }, h('span', {}, me().realName.split(' ')[0]), me().role && h('small', {}, me().role)),
    icon('down'),
    elsewhere > 0 && h('span', { class: 'badge' }, String(elsewhere)),
  );
  return face;
}

// Whose clock the times are read from.
function clock(redraw) {
  const choose = (browserZone) => () => {
    store.browserZone = browserZone;
    redraw();
  };
  const items = [
    { heading: 'Times are shown' },
    { label: `As ${me().realName.split(' ')[0]} sees them`, note: `${me().tz}, as in the Slack profile`, chosen: !store.browserZone, act: choose(false) },
    { label: 'As you see them', note: `${BROWSER_ZONE}, as in this browser`, chosen: store.browserZone, act: choose(true) },
  ];
  const face = h(
    'button',
    {
      type: 'button',
      class: 'top-button weather',
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
      'aria-label': `Time zone: ${zone()}`,
      title: zone(),
      data: { key: 'clock' },
      on: { click: () => menu(face, items, 'Time zone') },
    },
    icon('clock'),
  );
  return face;
}

function weather() {
  const { outage, limits } = store.state.weather;
  const left = Object.values(limits).reduce((sum, times) => sum + times, 0);
  const bad = outage || left > 0;
  const words = outage ? 'Outage' : left ? `429 × ${left}` : 'Weather';
  const items = [
    { heading: "Slack's weather, as the bot meets it" },
    { label: 'Outage', note: 'Every call of the Web API answers 503', chosen: outage, act: () => act('weather', { outage: !outage }) },
    { label: 'Rate limit the next 3 calls', note: '429, try again after 5 seconds', act: () => act('weather', { times: 3, seconds: 5 }) },
    { label: 'Rate limit the next 20 calls', note: '429, try again after 2 seconds', act: () => act('weather', { times: 20, seconds: 2 }) },
    ...(bad ? [{ label: 'Fair weather', note: 'Everything works again', act: () => act('weather', { outage: false, times: 0 }) }] : []),
  ];
  const face = h(
    'button',
    {
      type: 'button',
      class: `top-button weather${bad ? ' bad' : ''}`,
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
      'aria-label': `Weather: ${bad ? words : 'fair'}`,
      data: { key: 'weather' },
      on: { click: () => menu(face, items, 'Weather') },
    },
    icon(bad ? 'storm' : 'cloud'),
    h('span', { class: 'weather-words' }, words),
  );
  return face;
}
