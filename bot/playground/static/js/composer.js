// The box to write in: plain messages, slash commands with completion, mentions, shortcuts.

import { act } from './api.js';
import { avatar, fill, h, icon, tell } from './dom.js';
import { beside, menu } from './overlays.js';
import { app, inWords, place, placeName, store } from './store.js';

const drafts = new Map();
let made = 0;

export function composer({ channel, thread = '', placeholder }) {
  const id = `completions-${(made += 1)}`;
  const draft = `${store.state.me} ${channel} ${thread}`;
  const field = h('textarea', {
    id: thread ? undefined : 'composer',
    rows: 1,
    placeholder,
    'aria-label': placeholder,
    'aria-autocomplete': 'list',
    'aria-controls': id,
    'aria-expanded': 'false',
    role: 'combobox',
    value: drafts.get(draft) ?? '',
    data: { key: `composer ${thread}` },
  });
  const held = { list: null, items: [], active: 0 };
  const send = h('button', { type: 'button', class: 'send', 'aria-label': 'Send', title: 'Send (Enter)', disabled: true, on: { click: submit } }, icon('send'));

  function grow() {
    field.style.height = 'auto';
    field.style.height = `${Math.min(field.scrollHeight, 200)}px`;
    send.disabled = !field.value.trim();
    drafts.set(draft, field.value);
  }

  function write(value) {
    field.value = value;
    grow();
    field.focus();
    field.setSelectionRange(value.length, value.length);
  }

  async function submit() {
    const text = field.value.trim();
    if (!text) return;
    closeList();
    write('');
    const [, name, rest] = /^(\/\S+)\s*([\s\S]*)$/.exec(text) ?? [];
    const answer = name ? await command(name, rest) : await act('say', { channel, text, thread: thread || undefined });
    if (answer.error) {
      tell(inWords(answer.error), { kind: 'trouble' });
      if (!name) write(text);
    }
  }

  async function command(name, text) {
    if (thread) return { error: `${name} is not supported in threads. Sorry!` };
    const answer = await act('command', { channel, name, text });
    // Slackbot says in the channel why a command failed.
    return /^(invalid_command|operation_timeout|dispatch_failed|no_text|invalid_blocks)$/.test(answer.error) ? { error: '' } : answer;
  }

  // Completion

  function offers() {
    const before = field.value.slice(0, field.selectionStart);
    if (/^\/\S*$/.test(before) && !thread) {
      return store.state.commands.filter((one) => one.name.startsWith(before)).map(commandOffer);
    }
    const at = /(?:^|\s)@([\w.-]*)$/.exec(before);
    if (at) {
      return Object.values(store.state.people)
        .filter((one) => !one.deleted && one.name !== 'slackbot')
        .filter((one) => `${one.name} ${one.realName}`.toLowerCase().includes(at[1].toLowerCase()))
        .slice(0, 8)
        .map((one) => personOffer(one, at[1].length));
    }
    return [];
  }

  const commandOffer = (one) => ({
    before: h('span', { class: 'avatar bot small', 'aria-hidden': 'true' }, app().name[0]),
    label: h('span', {}, h('strong', {}, one.name), ' ', h('span', { class: 'quiet' }, one.usage)),
    note: one.description,
    take: () => write(`${one.name} `),
  });

  const personOffer = (one, typed) => ({
    before: avatar(one, 'small'),
    label: h('span', {}, h('strong', {}, one.realName), ' ', h('span', { class: 'quiet' }, one.name)),
    take: () => {
      const at = field.selectionStart;
      write(`${field.value.slice(0, at - typed)}${one.name} ${field.value.slice(at)}`);
    },
  });

  function complete() {
    held.items = offers();
    if (!held.items.length) return closeList();
    held.active = Math.min(held.active, held.items.length - 1);
    if (!held.list) {
      held.list = h('div', { class: 'popup list', role: 'listbox', id, 'aria-label': 'Suggestions' });
      held.list.addEventListener('pointerdown', (event) => event.preventDefault());
      field.setAttribute('aria-expanded', 'true');
    }
    fill(held.list, held.items.map(offer));
    beside(frame, held.list, { above: true, wide: true });
    field.setAttribute('aria-activedescendant', `${id}-${held.active}`);
  }

  function offer(item, index) {
    return h(
      'div',
      {
        class: `list-item${index === held.active ? ' active' : ''}`,
        role: 'option',
        id: `${id}-${index}`,
        'aria-selected': String(index === held.active),
        on: { click: () => take(item) },
      },
      item.before,
      h('span', { class: 'menu-words' }, item.label, item.note && h('small', {}, item.note)),
    );
  }

  function take(item) {
    closeList();
    item.take();
  }

  function closeList() {
    held.list?.remove();
    held.list = null;
    held.active = 0;
    field.setAttribute('aria-expanded', 'false');
    field.removeAttribute('aria-activedescendant');
  }

  field.addEventListener('input', () => {
    grow();
    complete();
  });
  field.addEventListener('blur', closeList);
  field.addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    if (held.list && steer(event)) event.preventDefault();
    else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      submit();
    }
  });

  function steer(event) {
    const item = held.items[held.active];
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      held.active = (held.active + (event.key === 'ArrowDown' ? 1 : -1) + held.items.length) % held.items.length;
      complete();
    } else if (event.key === 'Escape') {
      event.stopPropagation();
      closeList();
    } else if (event.key === 'Tab' || (event.key === 'Enter' && !isWhole(item))) take(item);
    else return false;
    return true;
  }

  // A command that has been typed to its end is sent by Enter, not completed.
  const isWhole = () => store.state.commands.some((one) => one.name === field.value.trim());

  const frame = h('div', { class: 'composer' }, field, h('div', { class: 'composer-foot' }, !thread && shortcuts(write), h('span', { class: 'composer-hint' }, thread ? '' : 'Type / for commands'), send));
  requestAnimationFrame(grow);
  return h('div', { class: 'composer-frame' }, frame);
}

function shortcuts(write) {
  const global = store.state.shortcuts.filter((one) => one.kind === 'global');
  const items = [
    ...(global.length ? [{ heading: 'Shortcuts' }] : []),
    ...global.map((one) => ({ label: one.name, note: one.description || app().name, act: () => run(one) })),
    { heading: 'Slash commands' },
    ...store.state.commands.map((one) => ({ label: one.name, note: one.description, act: () => write(`${one.name} `) })),
  ];
  const face = h(
    'button',
    {
      type: 'button',
      class: 'tool',
      'aria-label': 'Shortcuts and commands',
      title: 'Shortcuts and commands',
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
      on: { click: () => menu(face, items, 'Shortcuts and commands') },
    },
    icon('bolt'),
  );
  return face;
}

async function run(shortcut) {
  const answer = await act('shortcut', { id: shortcut.id });
  if (answer.error) tell(`${shortcut.name}: ${inWords(answer.error)}`, { kind: 'trouble' });
}

export function closedComposer(channel) {
  const words = place(channel)?.archived ? 'This channel is archived. Nobody can write here.' : `You are not in ${placeName(place(channel))}.`;
  return h('div', { class: 'composer-frame' }, h('div', { class: 'composer-closed' }, words));
}
