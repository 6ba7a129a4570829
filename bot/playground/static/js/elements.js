// Block Kit's interactive elements. `desk` is where they stand: it knows what has been entered and tells the server.
//   desk.act(block, element, entry) -> {error}      desk.note(block, element, entry)
//   desk.suggest(block, element, query) -> {groups} desk.entry(block, element) -> Slack's state entry, if any

import { combobox, within } from './combobox.js';
import { h, icon } from './dom.js';
import { drawnText } from './emoji.js';
import { mrkdwn } from './mrkdwn.js';
import { confirmed, menu } from './overlays.js';
import { store } from './store.js';

export function text(object) {
  if (!object) return [];
  if (object.type === 'mrkdwn') return mrkdwn(object.text, object.verbatim);
  return object.text.split('\n').flatMap((line, index) => [index ? h('br') : '', object.emoji === false ? line : drawnText(line)].flat());
}

const keyOf = (block, element) => `${block.block_id}/${element.action_id}`;

// Does the deed after asking, with a sign of work on `face`, and a warning beside it when the app fails.
async function perform(desk, block, element, entry, face) {
  if (element.confirm && !(await confirmed(element.confirm, text))) return false;
  face.parentElement?.querySelector('.failed')?.remove();
  face.classList.add('busy');
  face.setAttribute('aria-busy', 'true');
  const answer = await desk.act(block, element, entry);
  face.classList.remove('busy');
  face.removeAttribute('aria-busy');
  if (answer.error && face.isConnected) {
    face.after(h('span', { class: 'failed', title: answer.error, role: 'alert' }, icon('warning', `Failed: ${answer.error}`)));
  }
  return true;
}

function button(block, element, desk) {
  const look = element.style === 'primary' ? 'primary' : element.style === 'danger' ? 'danger' : '';
  const face = h(
    'button',
    {
      type: 'button',
      class: `button ${look}`,
      'aria-label': element.accessibility_label,
      data: { key: keyOf(block, element) },
      on: {
        click: async () => {
          if (face.classList.contains('busy')) return;
          const done = await perform(desk, block, element, undefined, face);
          if (done && /^https?:\/\//.test(element.url ?? '')) window.open(element.url, '_blank', 'noopener');
        },
      },
    },
    h('span', {}, text(element.text)),
  );
  return face;
}

function overflow(block, element, desk) {
  const face = h(
    'button',
    {
      type: 'button',
      class: 'button icon-only',
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
      'aria-label': 'More actions',
      data: { key: keyOf(block, element) },
      on: {
        click: () =>
          menu(
            face,
            element.options.map((option) => ({
              label: text(option.text),
              note: option.description && text(option.description),
              act: () => perform(desk, block, element, option.value, face),
            })),
            'More actions',
          ),
      },
    },
    icon('more'),
  );
  return face;
}

const PLURAL = /^multi_/;

function select(block, element, desk) {
  const entry = desk.entry(block, element) ?? {};
  const several = PLURAL.test(element.type);
  const external = element.type.endsWith('external_select');
  const frame = combobox({
    label: element.placeholder?.text ?? block.label?.text ?? 'Choose an option',
    placeholder: element.placeholder?.text,
    chosen: several ? entry.selected_options : entry.selected_option,
    several,
    key: keyOf(block, element),
    least: external ? (element.min_query_length ?? 3) : 0,
    load: external
      ? (query) => desk.suggest(block, element, query)
      : within(element.option_groups ?? [{ options: element.options }]),
    onChoose: (chosen) => {
      const plain = (option) => (external ? option : option.value);
      perform(desk, block, element, several ? chosen.map(plain) : chosen && plain(chosen), frame);
    },
  });
  return frame;
}

const named = (value, words) => ({ value, text: { type: 'plain_text', text: words } });

function peopleOptions() {
  return Object.values(store.state.people)
    .filter((one) => !one.deleted)
    .map((one) => named(one.id, one.realName));
}

function placeOptions() {
  return store.state.places.filter((one) => one.kind !== 'direct').map((one) => named(one.id, `#${one.name}`));
}

// Selects of people and places, whose entry is an id.
function known(block, element, desk) {
  const people = element.type.includes('users');
  const several = PLURAL.test(element.type);
  const options = people ? peopleOptions() : placeOptions();
  const entry = desk.entry(block, element) ?? {};
  const value = entry.selected_users ?? entry.selected_user ?? entry.selected_channel ?? entry.selected_conversation;
  const frame = combobox({
    label: element.placeholder?.text ?? block.label?.text ?? (people ? 'Select a person' : 'Select a channel'),
    placeholder: element.placeholder?.text ?? (people ? 'Select a person' : 'Select a channel'),
    chosen: several ? options.filter((one) => (value ?? []).includes(one.value)) : options.find((one) => one.value === value),
    several,
    key: keyOf(block, element),
    load: within([{ options }]),
    onChoose: (chosen) =>
      perform(desk, block, element, several ? chosen.map((one) => one.value) : (chosen?.value ?? null), frame),
  });
  return frame;
}

function choices(block, element, desk) {
  const single = element.type === 'radio_buttons';
  const entry = desk.entry(block, element) ?? {};
  const chosen = new Set((single ? [entry.selected_option] : (entry.selected_options ?? [])).filter(Boolean).map((one) => one.value));
  const group = h('div', { class: 'choices', role: single ? 'radiogroup' : 'group', 'aria-label': block.label?.text ?? 'Options' });
  element.options.forEach((option, index) => {
    const input = h('input', {
      type: single ? 'radio' : 'checkbox',
      name: keyOf(block, element),
      checked: chosen.has(option.value),
      data: { key: `${keyOf(block, element)}/${index}` },
      on: {
        change: () => {
          if (single) chosen.clear();
          if (input.checked) chosen.add(option.value);
          else chosen.delete(option.value);
          perform(desk, block, element, single ? option.value : [...chosen], group);
        },
      },
    });
    const words = h('span', { class: 'menu-words' }, h('span', {}, text(option.text)), option.description && h('small', {}, text(option.description)));
    group.append(h('label', { class: 'choice' }, input, words));
  });
  return group;
}

const PICKERS = {
  datepicker: { type: 'date', name: 'selected_date', label: 'Date' },
  timepicker: { type: 'time', name: 'selected_time', label: 'Time' },
  datetimepicker: { type: 'datetime-local', name: 'selected_date_time', label: 'Date and time' },
};

const localTime = (seconds) => {
  const date = new Date(seconds * 1000);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60e3).toISOString().slice(0, 16);
};

function picker(block, element, desk) {
  const kind = PICKERS[element.type];
  const held = desk.entry(block, element)?.[kind.name];
  const input = h('input', {
    type: kind.type,
    class: 'field short',
    'aria-label': element.placeholder?.text ?? block.label?.text ?? kind.label,
    value: held ? (kind.type === 'datetime-local' ? localTime(held) : held) : '',
    data: { key: keyOf(block, element) },
    on: {
      change: () => {
        const value = input.value && kind.type === 'datetime-local' ? Math.floor(new Date(input.value).getTime() / 1000) : input.value;
        perform(desk, block, element, value || null, input);
      },
    },
  });
  return input;
}

function typed(block, element, desk) {
  const multiline = element.multiline;
  const props = {
    class: 'field',
    'aria-label': block.label?.text,
    placeholder: element.placeholder?.text,
    maxlength: element.max_length,
    rows: multiline ? 4 : undefined,
    type: multiline ? undefined : 'text',
    inputmode: { number_input: 'decimal', email_text_input: 'email', url_text_input: 'url' }[element.type],
    value: desk.entry(block, element)?.value ?? '',
    data: { key: keyOf(block, element) },
  };
  const field = h(multiline ? 'textarea' : 'input', props);
  const triggers = element.dispatch_action_config?.trigger_actions_on ?? ['on_enter_pressed'];
  let typing;
  field.addEventListener('input', () => {
    desk.note(block, element, field.value);
    clearTimeout(typing);
    if (block.dispatch_action && triggers.includes('on_character_entered')) {
      typing = setTimeout(() => desk.act(block, element, field.value), 300);
    }
  });
  field.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || multiline || !block.dispatch_action || !triggers.includes('on_enter_pressed')) return;
    event.preventDefault();
    perform(desk, block, element, field.value, field);
  });
  return field;
}

export function image(element) {
  const shown = h('img', { src: element.image_url, alt: element.alt_text, loading: 'lazy' });
  shown.addEventListener('error', () => shown.replaceWith(h('span', { class: 'no-image' }, element.alt_text)));
  return shown;
}

const RENDERERS = {
  button,
  overflow,
  image,
  static_select: select,
  external_select: select,
  multi_static_select: select,
  multi_external_select: select,
  users_select: known,
  multi_users_select: known,
  channels_select: known,
  conversations_select: known,
  radio_buttons: choices,
  checkboxes: choices,
  datepicker: picker,
  timepicker: picker,
  datetimepicker: picker,
  plain_text_input: typed,
  email_text_input: typed,
  url_text_input: typed,
  number_input: typed,
};

export function control(block, element, desk) {
  if (element.type === 'image') return image(element);
  return h('span', { class: `control control-${element.type}` }, RENDERERS[element.type](block, element, desk));
}
