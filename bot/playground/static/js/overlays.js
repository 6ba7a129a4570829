// What lies over the page: popups beside something, and dialogs that hold the focus.

import { append, h } from './dom.js';

const layer = () => document.getElementById('layer');
const dialogs = () => document.getElementById('dialogs');

// Puts `popup` beside `anchor`, inside the window.
export function beside(anchor, popup, { above = false, wide = false } = {}) {
  layer().append(popup);
  const from = anchor.getBoundingClientRect();
  if (wide) popup.style.width = `${from.width}px`;
  const size = popup.getBoundingClientRect();
  const below = from.bottom + 4 + size.height < window.innerHeight;
  const up = (above && from.top - 4 - size.height > 0) || !below;
  popup.style.left = `${Math.max(8, Math.min(from.left, window.innerWidth - size.width - 8))}px`;
  popup.style.top = `${up ? Math.max(8, from.top - 4 - size.height) : from.bottom + 4}px`;
}

// A menu of {label, note, danger, chosen, act}; the focus goes in and comes back.
export function menu(anchor, items, label) {
  closeMenus();
  const list = h('div', { class: 'popup menu', role: 'menu', 'aria-label': label });
  const close = (refocus = true) => {
    document.removeEventListener('pointerdown', outside, true);
    list.remove();
    anchor.setAttribute('aria-expanded', 'false');
    if (refocus) anchor.focus();
  };
  const outside = (event) => {
    if (!list.contains(event.target) && !anchor.contains(event.target)) close(false);
  };
  append(list, items.map((item) => entry(item, close)));
  list.addEventListener('keydown', (event) => steer(event, list, close));
  list.closeMenu = close;
  anchor.setAttribute('aria-expanded', 'true');
  beside(anchor, list);
  document.addEventListener('pointerdown', outside, true);
  list.querySelector('button')?.focus();
}

function entry(item, close) {
  if (item.heading) return h('div', { class: 'menu-heading', role: 'presentation' }, item.heading);
  const run = () => {
    close();
    item.act();
  };
  const state = item.chosen === undefined ? {} : { role: 'menuitemcheckbox', 'aria-checked': String(item.chosen) };
  return h(
    'button',
    { type: 'button', class: `menu-item${item.danger ? ' danger' : ''}`, role: 'menuitem', tabindex: '-1', ...state, on: { click: run } },
    item.before,
    h('span', { class: 'menu-words' }, h('span', {}, item.label), item.note && h('small', {}, item.note)),
    item.after,
  );
}

function steer(event, list, close) {
  const items = [...list.querySelectorAll('button')];
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (to !== undefined) items[(to + items.length) % items.length]?.focus();
  else if (event.key === 'Escape') close();
  else if (event.key === 'Tab') close(false);
  else return;
  if (event.key !== 'Tab') event.preventDefault();
  event.stopPropagation();
}

export function closeMenus() {
  for (const open of document.querySelectorAll('.popup.menu')) open.closeMenu?.(false);
}

// Shows a dialog over everything below it; gives the function that closes it.
export function dialog(box, { onEscape, onOutside = onEscape, first } = {}) {
  const before = document.activeElement;
  const veil = h('div', { class: 'veil' }, box);
  veil.addEventListener('pointerdown', (event) => {
    if (event.target === veil) onOutside?.();
  });
  veil.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      onEscape?.();
    } else if (event.key === 'Tab') keepInside(event, box);
  });
  dialogs().append(veil);
  hush();
  (first?.() ?? focusable(box)[0])?.focus();
  return () => {
    veil.remove();
    hush();
    if (before?.isConnected) before.focus();
  };
}

// Only the dialog on top can be reached.
function hush() {
  const open = [...dialogs().children];
  document.getElementById('app').inert = open.length > 0;
  open.forEach((one, index) => {
    one.inert = index < open.length - 1;
  });
}

export function focusable(box) {
  const all = box.querySelectorAll('a[href], button, input, textarea, select, [tabindex]:not([tabindex="-1"])');
  return [...all].filter((one) => !one.disabled && one.tabIndex >= 0 && one.offsetParent !== null);
}

function keepInside(event, box) {
  const stops = focusable(box);
  if (!stops.length) return;
  const [first, last] = [stops[0], stops.at(-1)];
  if (event.shiftKey && document.activeElement === first) last.focus();
  else if (!event.shiftKey && document.activeElement === last) first.focus();
  else return;
  event.preventDefault();
}

// Asks before a button does its work, with the app's own words; resolves to whether to go on.
export function confirmed(confirm, words) {
  return new Promise((resolve) => {
    const done = (answer) => {
      close();
      resolve(answer);
    };
    const go = h(
      'button',
      { type: 'button', class: `button ${confirm.style === 'danger' ? 'danger' : 'primary'}`, on: { click: () => done(true) } },
      confirm.confirm?.text ?? 'Yes',
    );
    const box = h(
      'div',
      { class: 'dialog small', role: 'alertdialog', 'aria-modal': 'true', 'aria-labelledby': 'confirm-title', 'aria-describedby': 'confirm-text' },
      h('h2', { id: 'confirm-title' }, confirm.title.text),
      h('div', { id: 'confirm-text', class: 'dialog-body text' }, words(confirm.text)),
      h(
        'div',
        { class: 'dialog-foot' },
        h('button', { type: 'button', class: 'button', on: { click: () => done(false) } }, confirm.deny?.text ?? 'No'),
        go,
      ),
    );
    const close = dialog(box, { onEscape: () => done(false), first: () => go });
  });
}
