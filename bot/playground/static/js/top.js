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
    WIDE.matches ? switcher(examples, be) : compact(examples, be, elsewhere),
    h('span', { class: 'top-space' }),
    !store.online && h('span', { class: 'offline', role: 'status' }, 'Reconnecting…'),
    clock(redraw),
    weather(),
  );
  if (held) top.querySelector(`[data-key="${CSS.escape(held)}"]`)?.focus();
}

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
