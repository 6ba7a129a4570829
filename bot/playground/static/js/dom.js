// Building the page: elements from plain values. Text is always a text node, never markup.

export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === 'on') for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    else if (name === 'data') Object.assign(element.dataset, value);
    else if (name === 'value') element.value = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  append(element, children);
  return element;
}

export function append(parent, children) {
  for (const child of [children].flat(Infinity)) {
    if (child === undefined || child === null || child === false) continue;
    parent.append(child);
  }
  return parent;
}

export function fill(parent, ...children) {
  parent.replaceChildren();
  return append(parent, children);
}

const PATHS = {
  hash: 'M9.5 4 7 20M17 4l-2.5 16M4.5 9h16M3.5 15h16',
  lock: 'M7 10V8a5 5 0 0 1 10 0v2M6 10h12v10H6z',
  send: 'M4 5l17 7-17 7 3-7zM7 12h8',
  bolt: 'M13 3 5 14h6l-1 7 8-11h-6z',
  more: 'M12 5.5v.01M12 12v.01M12 18.5v.01',
  reply: 'M20 11.5a8 7 0 0 1-11.5 6.2L4 19l1.2-3.6A7 7 0 1 1 20 11.5z',
  close: 'M6 6l12 12M18 6 6 18',
  back: 'M14 5l-7 7 7 7',
  down: 'M6 9l6 6 6-6',
  warning: 'M12 4 2.8 20h18.4zM12 10v4.5M12 17.2v.01',
  file: 'M6 3h8l5 5v13H6zM14 3v5h5',
  download: 'M12 4v11M7 11l5 5 5-5M5 20h14',
  menu: 'M4 7h16M4 12h16M4 17h16',
  cloud: 'M7 18a4 4 0 0 1-.4-8A6 6 0 0 1 18 9.6 4.3 4.3 0 0 1 17.5 18z',
  storm: 'M7 15a4 4 0 0 1-.4-8A6 6 0 0 1 18 6.6 4.3 4.3 0 0 1 17.5 15M12.5 12l-3 5h4l-2 4.5',
  eye: 'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6z',
  clock: 'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 7.5V12l3 2',
  check: 'M5 12.5l4.5 4.5L19 7.5',
};

export function icon(name, label) {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  const path = document.createElementNS(space, 'path');
  path.setAttribute('d', PATHS[name]);
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', `icon icon-${name}`);
  if (label) {
    svg.setAttribute('role', 'img');
    svg.setAttribute('aria-label', label);
  } else svg.setAttribute('aria-hidden', 'true');
  svg.append(path);
  return svg;
}

const COLOURS = ['#2f6f9f', '#2d7d5a', '#9a4a1c', '#7a4fa3', '#a8325e', '#3f6b2b', '#8a6a12', '#3c5aa6'];

export function avatar(person, size = '') {
  if (!person) return h('span', { class: `avatar ${size}`, 'aria-hidden': 'true' }, '?');
  const words = person.realName.split(/\s+/).filter(Boolean);
  const initials = (words.length > 1 ? words[0][0] + words.at(-1)[0] : person.realName.slice(0, 1)).toUpperCase();
  const element = h('span', { class: `avatar ${size}${person.isBot ? ' bot' : ''}`, 'aria-hidden': 'true' }, initials);
  if (!person.isBot) element.style.backgroundColor = COLOURS[person.seat % COLOURS.length];
  return element;
}

export function tell(text, { kind = 'plain', action, onAction, seconds = 6 } = {}) {
  const toast = h('div', { class: `toast ${kind}` }, kind === 'trouble' && icon('warning'), h('span', {}, text));
  const gone = () => toast.remove();
  if (action) toast.append(h('button', { type: 'button', class: 'link', on: { click: () => { gone(); onAction(); } } }, action));
  toast.append(h('button', { type: 'button', class: 'bare', 'aria-label': 'Dismiss', on: { click: gone } }, icon('close')));
  document.getElementById('toasts').append(toast);
  setTimeout(gone, seconds * 1000);
}
