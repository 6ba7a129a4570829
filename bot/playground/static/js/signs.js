// Small drawings for the emoji that tools use most, so that they look the same everywhere, fonts or not.
// Each is a list of [path, fill, stroke]; the box is 24 by 24.

const GREEN = '#2eb67d';
const RED = '#e01e5a';
const AMBER = '#ecb22e';
const BLUE = '#36a3e0';
const WOOD = '#c58a4a';
const STEEL = '#8f9bab';
const INK = '#3f4652';
const WHITE = '#ffffff';
const NONE = 'none';

const disc = 'M12 2.5a9.5 9.5 0 1 0 0 19 9.5 9.5 0 0 0 0-19z';
const tile = 'M6 3h12a3 3 0 0 1 3 3v12a3 3 0 0 1-3 3H6a3 3 0 0 1-3-3V6a3 3 0 0 1 3-3z';
const glass = 'M6 2.5h12M6 21.5h12M7.5 3v4.5L12 12l4.5-4.500V3M7.5 21v-4.500L12 12l4.5 4.500V21';
const sheet = 'M6 2.500h9l4 4V21.500H6z';
const hull = 'M12 2c4 2.5 5.5 7 4.5 13h-9C6.5 9 8 4.5 12 2z';

const SIGNS = {
  white_check_mark: [[tile, GREEN], ['M7 12.500l3.5 3.500L17.5 9', NONE, WHITE]],
  heavy_check_mark: [['M4.5 13l5 5L20 6.5', NONE, INK]],
  x: [['M5.5 5.500l13 13M18.5 5.500l-13 13', NONE, RED]],
  no_entry: [[disc, RED], ['M7.5 12h9', NONE, WHITE]],
  no_entry_sign: [['M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM6.5 6.500l11 11', NONE, RED]],
  octagonal_sign: [['M8 2.500h8l5.5 5.500v8L16 21.500H8L2.5 16V8z', RED], ['M8 12h8', NONE, WHITE]],
  warning: [['M12 2.5 22.5 21h-21z', AMBER], ['M12 9.500v5M12 17.800v.01', NONE, INK]],
  hourglass: [[glass, NONE, WOOD], ['M9.5 19.500h5L12 16.500z', AMBER]],
  hourglass_flowing_sand: [[glass, NONE, WOOD], ['M9.3 6.500h5.400L12 9.500zM9.5 19.500h5L12 16.500z', AMBER]],
  stopwatch: [['M12 5.500a8 8 0 1 0 0 16 8 8 0 0 0 0-16z', WHITE, INK], ['M12 9.500v4.500M10 2.500h4M12 2.500v3', NONE, INK]],
  alarm_clock: [['M12 5.500a8 8 0 1 0 0 16 8 8 0 0 0 0-16z', WHITE, RED], ['M12 9.500v4.500h3M3 6l3-3M21 6l-3-3', NONE, INK]],
  calendar: [['M3 5h18v16H3z', WHITE, STEEL], ['M3 5h18v5H3z', RED], ['M8 2.500v4M16 2.500v4', NONE, INK]],
  snowflake: [['M12 2.500v19M3.8 7.300l16.4 9.500M20.2 7.3 3.8 16.8', NONE, BLUE]],
  lock: [['M7.5 11V7.500a4.5 4.5 0 0 1 9 0V11', NONE, STEEL], ['M5 10.500h14v11H5z', AMBER], ['M12 14.500v3', NONE, INK]],
  unlock: [['M7.5 11V6.500a4.5 4.5 0 0 1 8.5-2', NONE, STEEL], ['M5 10.500h14v11H5z', AMBER], ['M12 14.500v3', NONE, INK]],
  key: [['M8 8.500a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 12.500h9.500v3.500M17.5 12.500V15', NONE, AMBER]],
  shield: [['M12 2.500l8.5 3v6c0 5-3.5 8.5-8.5 10.5-5-2-8.5-5.5-8.5-10.500v-6z', BLUE, INK]],
  lock_with_ink_pen: [['M5 10.500h10v10H5z', AMBER], ['M7 10.500V8a3 3 0 0 1 6 0v2.5', NONE, STEEL], ['M20.5 5 14 15', NONE, INK]],
  rocket: [[hull, '#dfe4ea', STEEL], ['M7.5 12 4 18l4-2M16.5 12l3.5 6-4-2', RED], ['M10 16.500h4L12 22z', AMBER], ['M12 8.500v.01', NONE, BLUE]],
  package: [['M3 7.5 12 3l9 4.500v9.500L12 21.5 3 17z', WOOD], ['M3 7.500l9 4.5 9-4.500M12 12v9.5', NONE, '#8a5a26']],
  bell: [['M5.5 17c1.5-1.5 1.5-3.5 1.5-6.500a5 5 0 0 1 10 0c0 3 0 5 1.5 6.500z', AMBER], ['M10.5 20.500h3', NONE, INK]],
  tada: [['M3 21.5 8.5 9l7 7z', AMBER], ['M13 9c0-3 2-4.5 1-7M16 12c3-1 4.5 0 6-1.500M15 7l4-4', NONE, RED], ['M19.5 15.500v.01M9 4v.01M20.5 6.500v.01', NONE, BLUE]],
  scroll: [[sheet, '#f3e3bf', WOOD], ['M9 10h7M9 13.500h7M9 17h4.5', NONE, WOOD]],
  memo: [[sheet, WHITE, STEEL], ['M9 10h6M9 13.500h4', NONE, STEEL], ['M20.5 11.5 14 19.5', NONE, AMBER]],
  page_facing_up: [[sheet, WHITE, STEEL], ['M9 10h7M9 13.500h7M9 17h4.5', NONE, STEEL]],
  clipboard: [['M5 4.500h14v17H5z', '#f6ead4', WOOD], ['M9 3h6v3H9z', STEEL], ['M8.5 11h7M8.5 15h7', NONE, WOOD]],
  mag: [['M10 3.500a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13z', '#d9edf9', INK], ['M15 15l6 6', NONE, INK]],
  bulb: [['M12 2.500a6.5 6.5 0 0 1 3.5 12V17h-7v-2.500a6.5 6.5 0 0 1 3.5-12z', AMBER], ['M10 20.500h4', NONE, STEEL]],
  eyes: [['M7 6.500c5 0 5 11 0 11s-5-11 0-11zM17 6.500c5 0 5 11 0 11s-5-11 0-11z', WHITE, STEEL], ['M8 12.500v.01M18 12.500v.01', NONE, INK]],
  speech_balloon: [['M3 4.500h18v12H11L6.5 21v-4.500H3z', WHITE, STEEL], ['M8 10.500v.01M12 10.500v.01M16 10.500v.01', NONE, STEEL]],
  information_source: [[tile, BLUE], ['M12 11.500v5M12 7.500v.01', NONE, WHITE]],
  question: [['M8.5 8a3.5 3.5 0 1 1 5 3.200c-1 .6-1.5 1.3-1.5 2.800M12 18.500v.01', NONE, RED]],
  exclamation: [['M12 4v9.500M12 18.500v.01', NONE, RED]],
  leftwards_arrow_with_hook: [[tile, BLUE], ['M10.5 7.5 7 11l3.5 3.500M7.5 11H14a3 3 0 0 1 0 6h-2', NONE, WHITE]],
  rewind: [[tile, BLUE], ['M12 8v8l-5-4zM17.5 8v8l-5-4z', WHITE]],
  arrow_right: [[tile, BLUE], ['M7 12h9.500M12.5 8l4 4-4 4', NONE, WHITE]],
  arrows_counterclockwise: [[tile, BLUE], ['M16.5 9a5 5 0 0 0-9.3 1.500M7.5 15a5 5 0 0 0 9.3-1.500M17 6v3.500h-3.500M7 18v-3.500h3.5', NONE, WHITE]],
  rotating_light: [['M6.5 16a5.5 5.5 0 0 1 11 0z', RED], ['M4 18h16v3H4z', STEEL], ['M12 3v4M4.5 6l2.5 3M19.5 6 17 9', NONE, AMBER]],
  construction: [['M2.5 7h19v7h-19z', AMBER], ['M6 14v7M18 14v7M7 7.500l-3 6M13 7.500l-3 6M19 7.500l-3 6', NONE, INK]],
  bust_in_silhouette: [['M12 3a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM3.5 21c0-9.5 17-9.5 17 0z', '#5a6b85']],
  busts_in_silhouette: [['M8.5 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM1.5 20.500c0-8 14-8 14 0z', '#5a6b85'], ['M17 7.500v.01', NONE, '#5a6b85'], ['M17 12c4 0 5.5 3 5.5 8h-5z', '#5a6b85']],
  tea: [['M4 9h13v4a6.5 6.5 0 0 1-13 0z', GREEN], ['M17 10.500h1.500a2.5 2.5 0 0 1 0 5H16M8 3v3M12.5 3v3M5 21h11', NONE, INK]],
};

for (const [name, colour] of Object.entries({
  red: RED, orange: '#e8912d', yellow: AMBER, green: GREEN, blue: BLUE, purple: '#8b5fc0', brown: WOOD, white: WHITE, black: INK,
})) {
  const edge = name === 'white' ? STEEL : undefined;
  for (const prefix of ['', 'large_']) {
    SIGNS[`${prefix}${name}_circle`] = [[disc, colour, edge]];
    SIGNS[`${prefix}${name}_square`] = [[tile, colour, edge]];
  }
}

export function sign(name) {
  if (!Object.hasOwn(SIGNS, name)) return undefined;
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', 'sign');
  for (const [path, fill, stroke] of SIGNS[name]) {
    const line = document.createElementNS(space, 'path');
    line.setAttribute('d', path);
    line.setAttribute('fill', fill);
    if (stroke) line.setAttribute('stroke', stroke);
    svg.append(line);
  }
  return svg;
}
