// A field with a list to choose from: type to narrow it, arrows and Enter to choose.

import { append, fill, h, icon } from './dom.js';
import { drawnText, withEmoji } from './emoji.js';
import { beside } from './overlays.js';

let made = 0;

// `load(query)` gives groups [{label, options}]; `chosen` is the option (or options, if `several`) shown at first.
export function combobox({ label, placeholder, chosen, load, onChoose, several = false, least = 0, key }) {
  const id = `list-${(made += 1)}`;
  const held = { options: several ? [...(chosen ?? [])] : chosen ? [chosen] : [], groups: [], active: -1, list: null, turn: 0, wanted: '', answered: null, typing: false, takeNext: false };
  const input = h('input', {
    type: 'text',
    role: 'combobox',
    autocomplete: 'off',
    spellcheck: 'false',
    'aria-label': label,
    'aria-expanded': 'false',
    'aria-autocomplete': 'list',
    'aria-controls': id,
    placeholder: placeholder || 'Choose an option',
    data: { key },
  });
  const chips = h('span', { class: 'chips' });
  const box = h('div', { class: `combobox${several ? ' several' : ''}` }, chips, input, icon('down'));

  const words = (option) => withEmoji(option.text.text);
  const show = () => {
    input.value = several ? '' : held.options[0] ? words(held.options[0]) : '';
    fill(chips, several && held.options.map(chip));
  };
  const chip = (option) =>
    h(
      'button',
      { type: 'button', class: 'chip', 'aria-label': `Remove ${words(option)}`, on: { click: () => toggle(option) } },
      h('span', {}, drawnText(option.text.text)),
      icon('close'),
    );

  function toggle(option) {
    const has = held.options.some((one) => one.value === option.value);
    if (!several) held.options = [option];
    else held.options = has ? held.options.filter((one) => one.value !== option.value) : [...held.options, option];
    show();
    onChoose(several ? held.options : held.options[0]);
  }

  function clear() {
    if (several || !held.options.length) return;
    held.options = [];
    onChoose(null);
  }

  function close() {
    held.list?.remove();
    Object.assign(held, { list: null, turn: held.turn + 1, answered: null, typing: false, takeNext: false });
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  }

  async function open(query) {
    const turn = (held.turn += 1);
    Object.assign(held, { wanted: query, typing: false });
    if (!held.list) {
      held.list = h('div', { class: 'popup list', role: 'listbox', id, 'aria-label': label });
      held.list.addEventListener('pointerdown', (event) => event.preventDefault());
      fill(held.list, h('div', { class: 'list-note' }, 'Loading…'));
      beside(box, held.list, { wide: true });
      input.setAttribute('aria-expanded', 'true');
    }
    if (query.length < least) {
      fill(held.list, h('div', { class: 'list-note' }, `Type ${least - query.length} more to search`));
      return;
    }
    const answer = await load(query);
    if (turn !== held.turn || !held.list) return;
    if (answer.error) {
      fill(held.list, h('div', { class: 'list-note trouble' }, icon('warning'), ' The options could not be loaded.'));
      return;
    }
    held.answered = query;
    const before = flat()[held.active];
    held.groups = answer.groups;
    const still = flat().findIndex((one) => one.value === before?.value);
    held.active = still < 0 && query && flat().length ? 0 : still;
    draw();
    beside(box, held.list, { wide: true });
    if (held.active >= 0) activate(held.active);
    if (held.takeNext && held.wanted === query && flat()[held.active]) take(flat()[held.active]);
  }

  const flat = () => held.groups.flatMap((group) => group.options);

  function draw() {
    const all = flat();
    fill(
      held.list,
      held.groups.map((group) => [
        group.label && h('div', { class: 'menu-heading', role: 'presentation' }, withEmoji(group.label.text)),
        group.options.map((option) => row(option, all.indexOf(option))),
      ]),
      !all.length && h('div', { class: 'list-note' }, 'No results'),
    );
  }

  function row(option, index) {
    const selected = held.options.some((one) => one.value === option.value);
    return h(
      'div',
      {
        class: 'list-item',
        role: 'option',
        id: `${id}-${index}`,
        'aria-selected': String(selected),
        on: { click: () => take(option), pointermove: () => activate(index) },
      },
      h('span', { class: 'menu-words' }, h('span', {}, drawnText(option.text.text)), option.description && h('small', {}, drawnText(option.description.text))),
      selected && icon('check'),
    );
  }

  function activate(index) {
    held.active = index;
    for (const item of held.list.querySelectorAll('.list-item')) item.classList.toggle('active', item.id === `${id}-${index}`);
    const item = held.list.querySelector('.active');
    item?.scrollIntoView({ block: 'nearest' });
    if (item) input.setAttribute('aria-activedescendant', item.id);
  }

  function take(option) {
    close();
    toggle(option);
  }

  let typing;
  input.addEventListener('input', () => {
    clearTimeout(typing);
    if (!input.value) clear();
    Object.assign(held, { wanted: input.value, typing: true, takeNext: false });
    typing = setTimeout(() => open(input.value), held.list ? 120 : 0);
  });
  input.addEventListener('click', () => held.list || open(several ? input.value : ''));
  input.addEventListener('blur', () => {
    clearTimeout(typing);
    close();
    show();
  });
  input.addEventListener('keydown', (event) => {
    const all = held.list ? flat() : [];
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!held.list) open('');
      else if (all.length) activate((held.active + (event.key === 'ArrowDown' ? 1 : -1) + all.length) % all.length);
    } else if (event.key === 'Enter' && (held.list || held.typing)) {
      event.preventDefault();
      // Whoever types fast means what the words will find, not what is listed from before.
      if (held.typing || held.answered !== held.wanted) held.takeNext = true;
      else if (all[held.active]) take(all[held.active]);
    } else if (event.key === 'Escape' && held.list) {
      event.stopPropagation();
      close();
      show();
    } else if (event.key === 'Backspace' && several && !input.value && held.options.length) toggle(held.options.at(-1));
  });
  box.addEventListener('pointerdown', (event) => {
    if (event.target === box || event.target.closest('.icon-down')) {
      event.preventDefault();
      input.focus();
      if (!held.list) open('');
    }
  });
  show();
  return append(h('div', { class: 'combobox-frame' }), [box]);
}

// The loader of a list that is known from the start.
export function within(groups) {
  return async (query) => {
    const sought = query.trim().toLowerCase();
    const hit = (option) => `${option.text.text} ${option.description?.text ?? ''}`.toLowerCase().includes(sought);
    return { groups: groups.map((group) => ({ ...group, options: group.options.filter(hit) })).filter((group) => group.options.length) };
  };
}
