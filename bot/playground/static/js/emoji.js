// The shortcodes that apps commonly use, and text with them drawn.

import { h } from './dom.js';
import { sign } from './signs.js';

const CODES = {
  '+1': '👍', thumbsup: '👍', '-1': '👎', thumbsdown: '👎', wave: '👋', clap: '👏', pray: '🙏', raised_hands: '🙌', ok_hand: '👌',
  raised_hand: '✋', hand: '✋', muscle: '💪', point_right: '👉', point_left: '👈', point_up: '☝️', point_down: '👇', eyes: '👀',
  smile: '😄', smiley: '😃', grinning: '😀', slightly_smiling_face: '🙂', blush: '😊', wink: '😉', joy: '😂', thinking_face: '🤔',
  sweat_smile: '😅', neutral_face: '😐', confused: '😕', worried: '😟', cry: '😢', sob: '😭', scream: '😱', sunglasses: '😎',
  heart: '❤️', broken_heart: '💔', sparkles: '✨', star: '⭐', star2: '🌟', fire: '🔥', boom: '💥', zap: '⚡', tada: '🎉',
  confetti_ball: '🎊', balloon: '🎈', gift: '🎁', trophy: '🏆', medal: '🏅', crown: '👑', gem: '💎', '100': '💯',
  white_check_mark: '✅', heavy_check_mark: '✔️', ballot_box_with_check: '☑️', x: '❌', negative_squared_cross_mark: '❎',
  no_entry: '⛔', no_entry_sign: '🚫', octagonal_sign: '🛑', warning: '⚠️', construction: '🚧', rotating_light: '🚨', bangbang: '‼️',
  exclamation: '❗', grey_exclamation: '❕', question: '❓', grey_question: '❔', information_source: 'ℹ️', bulb: '💡', mag: '🔍',
  red_circle: '🔴', large_orange_circle: '🟠', large_yellow_circle: '🟡', large_green_circle: '🟢', large_blue_circle: '🔵',
  large_purple_circle: '🟣', white_circle: '⚪', black_circle: '⚫', large_green_square: '🟩', large_red_square: '🟥',
  large_yellow_square: '🟨', white_large_square: '⬜', black_large_square: '⬛', small_blue_diamond: '🔹', small_orange_diamond: '🔸',
  arrow_right: '➡️', arrow_left: '⬅️', arrow_up: '⬆️', arrow_down: '⬇️', arrows_counterclockwise: '🔄', repeat: '🔁', back: '🔙',
  leftwards_arrow_with_hook: '↩️', arrow_right_hook: '↪️', fast_forward: '⏩', rewind: '⏪', arrow_forward: '▶️',
  double_vertical_bar: '⏸️', black_square_for_stop: '⏹️', hourglass: '⌛', hourglass_flowing_sand: '⏳', stopwatch: '⏱️', clock1: '🕐',
  timer_clock: '⏲️', alarm_clock: '⏰', watch: '⌚', calendar: '📆', date: '📅', spiral_calendar_pad: '🗓️', snowflake: '❄️',
  sunny: '☀️', cloud: '☁️', partly_sunny: '⛅', umbrella: '☔', lock: '🔒', unlock: '🔓', closed_lock_with_key: '🔐', key: '🔑',
  old_key: '🗝️', shield: '🛡️', lock_with_ink_pen: '🔏', pencil: '📝', memo: '📝', pencil2: '✏️', clipboard: '📋', page_facing_up: '📄',
  page_with_curl: '📃', scroll: '📜', bookmark: '🔖', label: '🏷️', paperclip: '📎', link: '🔗', file_folder: '📁',
  open_file_folder: '📂', card_index_dividers: '🗂️', package: '📦', inbox_tray: '📥', outbox_tray: '📤', mailbox: '📫', email: '📧',
  bell: '🔔', no_bell: '🔕', loudspeaker: '📢', mega: '📣', speech_balloon: '💬', thought_balloon: '💭', bar_chart: '📊',
  chart_with_upwards_trend: '📈', chart_with_downwards_trend: '📉', rocket: '🚀', ship: '🚢', airplane: '✈️', car: '🚗', train: '🚆',
  gear: '⚙️', wrench: '🔧', hammer: '🔨', hammer_and_wrench: '🛠️', nut_and_bolt: '🔩', toolbox: '🧰', test_tube: '🧪', microscope: '🔬',
  bug: '🐛', ladybug: '🐞', robot_face: '🤖', ghost: '👻', alien: '👽', skull: '💀', computer: '💻', desktop_computer: '🖥️',
  iphone: '📱', electric_plug: '🔌', battery: '🔋', floppy_disk: '💾', satellite: '🛰️', globe_with_meridians: '🌐', earth_africa: '🌍',
  house: '🏠', office: '🏢', factory: '🏭', hospital: '🏥', bank: '🏦', scales: '⚖️', balance_scale: '⚖️', seedling: '🌱',
  evergreen_tree: '🌲', four_leaf_clover: '🍀', tea: '🍵', coffee: '☕', pizza: '🍕', cake: '🍰', beer: '🍺', cookie: '🍪',
  bust_in_silhouette: '👤', busts_in_silhouette: '👥', zzz: '💤', dart: '🎯', checkered_flag: '🏁', triangular_flag_on_post: '🚩',
  white_flag: '🏳️', vertical_traffic_light: '🚦', traffic_light: '🚥', ticket: '🎫', admission_tickets: '🎟️', new: '🆕', ok: '🆗',
  sos: '🆘', one: '1️⃣', two: '2️⃣', three: '3️⃣', four: '4️⃣', five: '5️⃣', recycle: '♻️', wastebasket: '🗑️', crossed_swords: '⚔️',
};

const NAMES = new Map(Object.entries(CODES).map(([name, glyph]) => [glyph, name]).reverse());
const ANY = new RegExp(`:([a-z0-9_+-]+):|${[...NAMES.keys()].filter((one) => one.length > 1 || one > '\u2000').sort((one, other) => other.length - one.length).map((one) => one.replace(/\*/g, '\\*')).join('|')}`, 'gu');

export const emoji = (name) => (Object.hasOwn(CODES, name) ? CODES[name] : undefined);

// Where only a string will do.
export const withEmoji = (text) => text.replace(/:([a-z0-9_+-]+):/g, (whole, name) => emoji(name) ?? whole);

// An emoji by shortcode as a node, or undefined.
export function drawn(name) {
  const glyph = emoji(name);
  const drawing = sign(name) ?? glyph;
  return drawing && h('span', { class: 'emoji', role: 'img', 'aria-label': name.replace(/_/g, ' ') }, drawing);
}

// Text with shortcodes and emoji of its own drawn; everything else stays text.
export function drawnText(text) {
  const nodes = [];
  let at = 0;
  for (const found of text.matchAll(ANY)) {
    const node = drawn(found[1] ?? NAMES.get(found[0]));
    if (!node) continue;
    nodes.push(text.slice(at, found.index), node);
    at = found.index + found[0].length;
  }
  nodes.push(text.slice(at));
  return nodes.filter((node) => node !== '');
}
