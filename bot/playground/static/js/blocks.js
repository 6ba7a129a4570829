// Blocks to DOM nodes.

import { control, image, text } from './elements.js';
import { fill, h, icon } from './dom.js';
import { richText } from './richtext.js';

const RENDERERS = {
  header: (block) => h('h3', { class: 'block-header' }, text(block.text)),
  divider: () => h('hr'),
  section,
  context: (block) =>
    h('div', { class: 'block-context' }, block.elements.map((one) => (one.type === 'image' ? image(one) : h('span', { class: 'text' }, text(one))))),
  actions: (block, desk) => h('div', { class: 'block-actions' }, block.elements.map((one) => control(block, one, desk))),
  image: (block) => h('figure', { class: 'block-image' }, block.title && h('figcaption', {}, text(block.title)), image(block)),
  input,
  rich_text: richText,
};

function section(block, desk) {
  const words = h(
    'div',
    { class: 'section-words' },
    block.text && long(h('div', { class: 'text' }, text(block.text)), block.text.text),
    block.fields && h('div', { class: 'fields' }, block.fields.map((field) => h('div', { class: 'text' }, text(field)))),
  );
  const accessory = block.accessory && h('div', { class: 'accessory' }, control(block, block.accessory, desk));
  return h('div', { class: 'block-section' }, words, accessory);
}

const FOLD_LETTERS = 700;
const FOLD_LINES = 12;

// Slack folds long sections.
function long(node, raw) {
  if (raw.length < FOLD_LETTERS && raw.split('\n').length <= FOLD_LINES) return node;
  node.classList.add('folded');
  const more = h(
    'button',
    {
      type: 'button',
      class: 'link',
      'aria-expanded': 'false',
      on: {
        click: () => {
          const folded = node.classList.toggle('folded');
          more.setAttribute('aria-expanded', String(!folded));
          fill(more, folded ? 'Show more' : 'Show less');
        },
      },
    },
    'Show more',
  );
  return [node, more];
}

function input(block, desk) {
  const error = desk.errors?.[block.block_id];
  return h(
    'div',
    { class: `block-input${error ? ' wrong' : ''}`, data: { block: block.block_id } },
    h('div', { class: 'label' }, text(block.label), block.optional && h('span', { class: 'optional' }, ' (optional)')),
    control(block, block.element, desk),
    error && h('div', { class: 'error', role: 'alert' }, icon('warning'), error),
    block.hint && h('div', { class: 'hint' }, text(block.hint)),
  );
}

export function blocks(list, desk) {
  return h('div', { class: 'blocks' }, list.map((block) => RENDERERS[block.type](block, desk)));
}
