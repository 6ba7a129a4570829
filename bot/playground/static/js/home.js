// The app's Home tab.

import { blocks } from './blocks.js';
import { avatar, fill, h } from './dom.js';
import { deskOf } from './modals.js';
import { app, person, store } from './store.js';

let desk = null;

export function drawHome(pane) {
  const view = store.screen.home;
  if (!view) {
    delete pane.dataset.print;
    fill(
      pane,
      h(
        'div',
        { class: 'empty' },
        avatar(person(app().user), 'huge'),
        h('h2', {}, app().name),
        app().description && h('p', {}, app().description),
        h('p', { class: 'quiet' }, `${app().name} has not published its Home for you yet.`),
      ),
    );
    return;
  }
  const print = `${view.id} ${view.hash}`;
  if (pane.dataset.print === print) return;
  const held = pane.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  const noted = pane.dataset.view === view.id ? (desk?.noted ?? new Map()) : new Map();
  desk = deskOf(view);
  for (const [name, entry] of noted) desk.noted.set(name, entry);
  pane.dataset.print = print;
  pane.dataset.view = view.id;
  fill(pane, h('div', { class: 'home' }, blocks(view.blocks, desk)));
  if (held) pane.querySelector(`[data-key="${CSS.escape(held)}"]`)?.focus();
}
