// Workflow Builder's side of things: a workflow's form, and the runs of it with what each step gave.

import { act, get } from './api.js';
import { blocks } from './blocks.js';
import { lastReply } from './dates.js';
import { append, fill, h, icon } from './dom.js';
import { mrkdwn } from './mrkdwn.js';
import { dialog, focusable } from './overlays.js';
import { inWords, person, store } from './store.js';

const plain = (text) => ({ type: 'plain_text', text });

let open = null;

export function openWorkflow(id) {
  open?.close();
  open = frame(id);
  refreshRuns();
}

// Looks again at the runs, where they are on the screen.
export async function refreshRuns() {
  if (!open) return;
  const { runs } = await get('workflows');
  open?.show(runs);
}

function frame(id) {
  const workflow = store.state.workflows.find((one) => one.id === id);
  const noted = new Map();
  const errors = {};
  const close = () => {
    window.removeEventListener('hashchange', close);
    leave();
    open = null;
  };
  const form = h('div', { class: 'workflow-form' });
  const runs = h('div', { class: 'runs', role: 'log', 'aria-label': 'Runs of this workflow' });
  const trouble = h('div', { class: 'dialog-trouble', role: 'alert' });
  const go = h('button', { type: 'button', class: 'button primary submit', on: { click: start } }, h('span', {}, 'Start workflow'));
  const box = h(
    'div',
    { class: 'dialog workflow', role: 'dialog', 'aria-modal': 'true', 'aria-labelledby': 'workflow-title' },
    h(
      'div',
      { class: 'dialog-head' },
      icon('bolt'),
      h('h2', { id: 'workflow-title' }, workflow.name),
      h('button', { type: 'button', class: 'bare', 'aria-label': 'Close', on: { click: close } }, icon('close')),
    ),
    trouble,
    h('div', { class: 'dialog-body' }, h('p', { class: 'quiet' }, workflow.description), form, runs),
    h('div', { class: 'dialog-foot' }, h('button', { type: 'button', class: 'button', on: { click: close } }, 'Close'), go),
  );
  // Whoever goes somewhere else, by a note that a message has come, wants to see that.
  window.addEventListener('hashchange', close);
  const leave = dialog(box, { onEscape: close, first: () => focusable(form)[0] });
  const desk = {
    errors,
    entry: (block) => held(workflow, block.block_id, noted.get(block.block_id)),
    note: (block, _, entry) => noted.set(block.block_id, entry),
    act: async (block, _, entry) => {
      noted.set(block.block_id, entry);
      return {};
    },
  };
  const drawForm = () => fill(form, blocks(workflow.form.map(field), desk));

  async function start() {
    const answer = await act('workflow', { id, values: Object.fromEntries(noted) });
    for (const name of Object.keys(errors)) delete errors[name];
    Object.assign(errors, answer.errors);
    fill(trouble, answer.error && [icon('warning'), ' ', inWords(answer.error)]);
    if (!answer.error && !Object.keys(errors).length) {
      noted.clear();
      await refreshRuns();
    }
    drawForm();
    focusable(form.querySelector('.wrong') ?? form)[0]?.focus();
  }

  drawForm();
  // A run that is open stays open, and one that was closed stays closed, whatever changes in it.
  const folded = new Map();
  return {
    close,
    show: (all) => {
      const mine = all.filter((one) => one.workflow === id);
      fill(runs, mine.length > 0 && h('h3', {}, mine.length === 1 ? 'Your run' : `Your ${mine.length} runs`), mine.map((one, at) => drawnRun(one, at === 0, folded)));
    },
  };
}

function field(one) {
  const element = one.choices.length
    ? { type: 'static_select', options: one.choices.map((name) => ({ text: plain(name), value: name })) }
    : { type: 'plain_text_input', multiline: one.long, placeholder: plain(one.placeholder) };
  return { type: 'input', block_id: one.name, label: plain(one.label), optional: one.optional, element: { action_id: one.name, ...element } };
}

function held(workflow, name, value) {
  if (value === undefined) return undefined;
  const isMenu = workflow.form.find((one) => one.name === name).choices.length > 0;
  return isMenu ? { selected_option: value && { text: plain(value), value } } : { value };
}

const WORDS = { waiting: 'not begun', running: 'running', completed: 'done', failed: 'failed' };
const SIGNS = { completed: 'check', failed: 'warning' };

function drawnRun(run, isNewest, folded) {
  const asked = run.form.map((one) => one.value).filter(Boolean);
  // Opening by itself says nothing of what the reader wants; a click does.
  const details = h(
    'details',
    { class: 'run', open: folded.get(run.id) ?? (isNewest || run.state === 'running') },
    h(
      'summary',
      { on: { click: () => folded.set(run.id, !details.open) } },
      state(run.state),
      h('span', { class: 'run-words' }, asked.slice(0, 2).join(' to ')),
      h('small', { class: 'quiet' }, lastReply(run.started)),
    ),
    h('ol', { class: 'steps' }, run.steps.map(drawnStep)),
  );
  return details;
}

function state(name) {
  return h('span', { class: `state is-${name}` }, SIGNS[name] && icon(SIGNS[name]), WORDS[name]);
}

function drawnStep(step) {
  return h(
    'li',
    { class: `step is-${step.state}` },
    h('div', { class: 'step-head' }, h('span', { class: 'step-title' }, step.title), state(step.state)),
    step.error && h('p', { class: 'step-error' }, step.error),
    step.outputs.length > 0 && h('dl', { class: 'outputs' }, step.outputs.map((one) => [h('dt', {}, one.title), h('dd', {}, output(one))])),
  );
}

// What a later step would make of the value: a person's name, a time, a link, else the words as they are.
function output({ name, value }) {
  if (value === '') return h('span', { class: 'quiet' }, 'empty');
  if (name.endsWith('_at')) return lastReply(value);
  if (name === 'requester') return person(value)?.realName ?? value;
  if (/^https?:\/\//.test(value)) return append(h('span'), mrkdwn(`<${value}|Open>`));
  return String(value);
}
