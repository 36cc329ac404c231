import { oneOf } from '../reader.js';
import { WORDS } from './text.js';

/** @typedef {import('../reader.js').Draw} Draw */
/** @typedef {any} Value */

/** Values that readers of JSON have stumbled over. */
const VALUES = [
  ...[
    null,
    true,
    false,
    0,
    1,
    2,
    3,
    -1,
    0.5,
    1e9,
    2 ** 31,
    2 ** 32,
    2 ** 53,
    1e308,
    -1e308,
    1e-308,
  ],
  ...[[], {}, [[]], [null], [-1], [0], [1e9, 1e9], [{}], { a: 1 }, [[['x', 0, 0, {}]]]],
];
/** Stands for a nest that is too deep for a tree of objects. */
const DEEP = '\u0001deep';
const DEPTH = 100_000;

/**
 * A copy of a tree of plain values, in which some are lost, repeated, exchanged, replaced, or moved from elsewhere in it.
 *
 * @param {Value} original
 * @param {Draw} draw
 * @returns {Value}
 */
export function damagedTree(original, draw) {
  const holder = { root: structuredClone(original) };
  for (let times = 1 + draw(3); times > 0; times--) {
    const slots = slotsOf(holder);
    if (slots.length === 0) break; // nothing is left
    const [parent, key] = oneOf(slots, draw);
    damageAt(parent, key, slots, draw);
  }
  return holder.root;
}

/**
 * JSON of a damaged tree; sometimes too deep.
 *
 * @param {Value} original
 * @param {Draw} draw
 */
export function damagedJson(original, draw) {
  const text = JSON.stringify(damagedTree(original, draw)) ?? '';
  const [open, close] = oneOf(
    /** @type {const} */ ([
      ['[', ']'],
      ['{"a":', '}'],
    ]),
    draw,
  );
  return Buffer.from(
    text.replaceAll(JSON.stringify(DEEP), () => `${open.repeat(DEPTH)}0${close.repeat(DEPTH)}`),
  );
}

/**
 * @param {Value} parent
 * @param {string} key
 * @param {readonly [Value, string][]} slots
 * @param {Draw} draw
 */
function damageAt(parent, key, slots, draw) {
  const value = parent[key];
  const [otherParent, otherKey] = oneOf(slots, draw);
  switch (draw(10)) {
    case 0: // missing
      if (Array.isArray(parent)) parent.splice(Number(key), 1);
      else delete parent[key];
      return;
    case 1: // twice, in a list; under a name of JavaScript, elsewhere
      if (Array.isArray(parent)) parent.splice(draw(parent.length + 1), 0, structuredClone(value));
      else
        own(
          parent,
          oneOf(['__proto__', 'constructor', 'toString', '', 'x'], draw),
          structuredClone(value),
        );
      return;
    case 2: // under another name
      if (Array.isArray(parent)) parent.reverse();
      else {
        delete parent[key];
        const inCamelCase = key.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
        own(parent, draw(2) ? inCamelCase : oneOf(WORDS, draw).slice(0, 20), value);
      }
      return;
    case 3: // from elsewhere
    case 4: {
      own(parent, key, structuredClone(otherParent[otherKey]));
      return;
    }
    case 5: // of the same kind, from elsewhere
    case 6: {
      const alike = slots.filter(
        ([from, name]) => typeof from[name] === typeof value && name === key,
      );
      const [from, name] = oneOf(alike, draw);
      own(parent, key, structuredClone(from[name]));
      return;
    }
    case 7: // a little more or less
      if (typeof value === 'number')
        own(
          parent,
          key,
          oneOf([value + 1, value - 1, -value, value * 2, value / 2, value * 1000], draw),
        );
      else if (typeof value === 'string')
        own(parent, key, value.slice(0, draw(value.length + 1)) + oneOf(['', 'x', '/'], draw));
      else own(parent, key, draw(2) ? [value] : { value });
      return;
    case 8:
      own(parent, key, draw(40) === 0 ? DEEP : oneOf(WORDS, draw));
      return;
    default:
      own(parent, key, structuredClone(oneOf(VALUES, draw)));
  }
}

/**
 * Sets a property of its own, whatever its name.
 *
 * @param {Value} object
 * @param {string} key
 * @param {Value} value
 */
function own(object, key, value) {
  Object.defineProperty(object, key, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

/**
 * All places of a tree that hold a value.
 *
 * @param {Value} root
 * @returns {[Value, string][]}
 */
function slotsOf(root) {
  /** @type {[Value, string][]} */
  const slots = [];
  const open = [root];
  for (let parent = open.pop(); parent !== undefined; parent = open.pop()) {
    for (const key of Object.keys(parent)) {
      slots.push([parent, key]);
      const value = parent[key];
      if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value))
        open.push(value);
    }
  }
  return slots;
}
