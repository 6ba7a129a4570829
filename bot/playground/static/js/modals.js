// The modal on top of the person's stack, as the app describes it.

import { act, get } from './api.js';
import { blocks } from './blocks.js';
import { text } from './elements.js';
import { fill, h, icon, tell } from './dom.js';
import { drawnText } from './emoji.js';
import { confirmed, dialog, focusable } from './overlays.js';
import { inWords, store } from './store.js';

const DISCARD = {
  title: { text: 'Discard what you typed?' },
  text: { text: 'It has not been sent to anybody.' },
  confirm: { text: 'Discard' },
  deny: { text: 'Keep' },
  style: 'danger',
};

let open = null;

const nameOf = (block, element) => `${block.block_id}/${element.action_id}`;

// What has been typed into a view's fields but not yet sent, and the desk its elements stand at.
export function deskOf(view) {
  const noted = new Map();
  return {
    noted,
    errors: {},
    entry: (block, element) => {
      const entry = view.state.values[block.block_id]?.[element.action_id];
      return noted.has(nameOf(block, element)) ? { ...entry, value: noted.get(nameOf(block, element)) } : entry;
    },
    note: (block, element, entry) => noted.set(nameOf(block, element), entry),
    act: async (block, element, entry) => {
      const asked = { view: view.id, block: block.block_id, action: element.action_id, entry, values: Object.fromEntries(noted) };
      const answer = await act('act', asked);
      if (answer.error) tell(inWords(answer.error), { kind: 'trouble' });
      return answer;
    },
    suggest: (block, element, query) => act('suggest', { view: view.id, block: block.block_id, action: element.action_id, query }),
  };
}

export function drawModals() {
  const stack = store.screen.modals;
  const view = stack.at(-1);
  if (!view) {
    open?.close();
    open = null;
    return;
  }
  if (!open) open = frame();
  if (open.id !== view.id || open.hash !== view.hash) open.show(view, stack.length);
}

function frame() {
  const title = h('h2', { id: 'modal-title' });
  const back = h('button', { type: 'button', class: 'bare', 'aria-label': 'Back', on: { click: () => leave(false) } }, icon('back'));
  const cross = h('button', { type: 'button', class: 'bare', 'aria-label': 'Close', on: { click: () => leave(true) } }, icon('close'));
  const trouble = h('div', { class: 'dialog-trouble', role: 'alert' });
  const body = h('div', { class: 'dialog-body' });
  const foot = h('div', { class: 'dialog-foot' });
  const box = h(
    'div',
    { class: 'dialog', role: 'dialog', 'aria-modal': 'true', 'aria-labelledby': 'modal-title' },
    h('div', { class: 'dialog-head' }, back, title, cross),
    trouble,
    body,
    foot,
  );
  const shown = { id: '', hash: '', desk: null, view: null, show };
  shown.close = dialog(box, { onEscape: () => leave(false), onOutside: () => {}, first: () => cross });
  box.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit();
    else if (event.key === 'Enter' && event.target.matches('input.field') && !event.defaultPrevented) {
      event.preventDefault();
      submit();
    }
  });

  async function leave(everything) {
    if (everything && shown.desk?.noted.size && !(await confirmed(DISCARD, text))) return;
    await act('close', { everything });
  }

  function show(view, depth) {
    const held = document.activeElement?.dataset?.key;
    const noted = shown.id === view.id ? shown.desk.noted : new Map();
    const isNew = shown.id !== view.id;
    Object.assign(shown, { id: view.id, hash: view.hash, view, desk: deskOf(view) });
    for (const [name, entry] of noted) shown.desk.noted.set(name, entry);
    fill(title, drawnText(view.title.text));
    back.hidden = depth < 2;
    fill(trouble);
    drawBody();
    fill(
      foot,
      h('button', { type: 'button', class: 'button', on: { click: () => leave(false) } }, view.close?.text ?? (view.submit ? 'Cancel' : 'Close')),
      view.submit && h('button', { type: 'button', class: 'button primary submit', on: { click: submit } }, h('span', {}, text(view.submit))),
    );
    if (isNew) (focusable(body)[0] ?? foot.querySelector('.submit') ?? cross).focus();
    else if (held) body.querySelector(`[data-key="${CSS.escape(held)}"]`)?.focus();
    // What held the focus may be gone: keys must not fall through to the page below.
    if (!box.contains(document.activeElement)) (focusable(body)[0] ?? focusable(foot)[0] ?? cross).focus();
  }

  function drawBody() {
    const scroll = body.scrollTop;
    fill(body, blocks(shown.view.blocks, shown.desk));
    body.scrollTop = scroll;
  }

  async function submit() {
    const face = foot.querySelector('.submit');
    if (!face || face.classList.contains('busy')) return;
    face.classList.add('busy');
    face.setAttribute('aria-busy', 'true');
    const answer = await act('submit', { values: Object.fromEntries(shown.desk.noted) });
    face.classList.remove('busy');
    face.removeAttribute('aria-busy');
    fill(trouble, answer.error && [icon('warning'), ' ', inWords(answer.error)]);
    await showErrors(answer.errors ?? {});
  }

  async function showErrors(errors) {
    const had = Object.keys(shown.desk.errors).length;
    shown.desk.errors = errors;
    if (!had && !Object.keys(errors).length) return;
    // What was chosen in menus is on the server only.
    const fresh = (await get('screen')).modals.find((one) => one.id === shown.id);
    if (fresh) shown.view.state = fresh.state;
    drawBody();
    const wrong = body.querySelector('.block-input.wrong');
    wrong?.scrollIntoView({ block: 'nearest' });
    if (wrong) focusable(wrong)[0]?.focus();
  }

  return shown;
}
