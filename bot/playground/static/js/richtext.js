// rich_text blocks to DOM nodes.

import { date, link, channelLink, broadcast, mention, userGroup } from './mrkdwn.js';
import { h } from './dom.js';
import { drawn, drawnText } from './emoji.js';

export function richText(block) {
  return h('div', { class: 'rich' }, block.elements.map(part));
}

function part(element) {
  const inside = (element.elements ?? []).map((one) => (one.type === 'rich_text_section' ? part(one) : piece(one)));
  switch (element.type) {
    case 'rich_text_list':
      return list(element, inside);
    case 'rich_text_preformatted':
      return h('pre', {}, inside);
    case 'rich_text_quote':
      return h('blockquote', {}, inside);
    default:
      return h('div', { class: 'rich-line' }, inside);
  }
}

function list(element, inside) {
  const tag = element.style === 'ordered' ? 'ol' : 'ul';
  const made = h(tag, { start: element.offset ? element.offset + 1 : undefined }, inside.map((one) => h('li', {}, one)));
  if (element.indent) made.style.marginLeft = `${element.indent * 1.6}em`;
  return made;
}

function piece(element) {
  switch (element.type) {
    case 'text':
      return styled(element.text.split('\n').flatMap((line, index) => [index ? h('br') : '', ...drawnText(line)]), element.style);
    case 'link':
      return styled([link(element.url, element.text || element.url)], element.style);
    case 'user':
      return mention(element.user_id);
    case 'channel':
      return channelLink(element.channel_id, '');
    case 'usergroup':
      return userGroup(element.usergroup_id, '');
    case 'broadcast':
      return broadcast(element.range, '');
    case 'emoji':
      return drawn(element.name) ?? `:${element.name}:`;
    case 'date':
      return date(element.timestamp, element.format, element.url, element.fallback);
    case 'color':
      return h('code', {}, element.value);
    default:
      return element.text ?? '';
  }
}

function styled(nodes, style = {}) {
  let inside = nodes;
  for (const [name, tag] of [['code', 'code'], ['strike', 's'], ['italic', 'em'], ['bold', 'strong'], ['underline', 'u']]) {
    if (style[name]) inside = [h(tag, {}, inside)];
  }
  return inside;
}
