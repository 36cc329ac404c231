import { builtinModules } from 'node:module';
import { parseSync } from 'vite';
import { isForNode } from '../../workspace/repository.js';

/** Packages of others that need Node. */
const NODE_PACKAGES = /^(sharp|tar|webgpu|@tensorflow\/tfjs-node(-gpu)?)(\/|$)/;
/** The folder of a package's own entry for Node. */
const NODE_FOLDER = /^\.{1,2}\/(.*\/)?node\//;
const NODE_GLOBALS = new Set([
  ...['Buffer', 'NodeJS', '__dirname', '__filename', 'clearImmediate', 'global', 'process'],
  ...['require', 'setImmediate'],
]);
const GLOBAL_OBJECTS = new Set(['globalThis', 'self', 'window']);

/**
 * What a module uses of Node: imports of Node's modules, of packages and entries for Node, and Node's globals.
 * In code and in types; a variable of its own that has a global's name counts, since it reads like one.
 *
 * @param {string} file its name: `.js` or `.d.ts`
 * @param {string} code
 * @returns {string[]} `import 'node:fs'`, `Buffer`, each once
 */
export function nodeUses(file, code) {
  const { program, comments, errors } = parseSync(file, code);
  if (errors[0]) throw new Error(`${file}: ${errors[0].message}`);
  /** @type {Set<string>} */
  const found = new Set();
  visit(program, (node, parent, key) => {
    const imported = importOf(node);
    if (imported !== undefined && needsNode(imported)) found.add(`import '${imported}'`);
    const name = globalOf(node, parent, key);
    if (name !== undefined && NODE_GLOBALS.has(name)) found.add(name);
  });
  for (const { value } of comments) {
    if (/^\/\s*<reference types="node"/.test(value)) found.add(`///${value.slice(1)}`);
  }
  return [...found];
}

/**
 * What a module imports of its own package, in code or in types: `./read.js`, each once.
 *
 * @param {string} file its name: `.js` or `.d.ts`
 * @param {string} code
 * @returns {string[]}
 */
export function relativeImports(file, code) {
  /** @type {Set<string>} */
  const found = new Set();
  visit(parseSync(file, code).program, (node) => {
    const imported = importOf(node);
    if (imported?.startsWith('.')) found.add(imported);
  });
  return [...found];
}

/** @param {string} source */
const needsNode = (source) =>
  source.startsWith('node:') ||
  builtinModules.includes(source) ||
  NODE_PACKAGES.test(source) ||
  NODE_FOLDER.test(source) ||
  (source.startsWith('@fbsd/') && isForNode(source));

/**
 * What a node of the syntax tree imports: by a declaration, an expression, a type, or `require`.
 *
 * @param {Syntax} node
 * @returns {string | undefined}
 */
function importOf(node) {
  const isRequire = node.type === 'CallExpression' && node['callee'].name === 'require';
  const source = isRequire ? node['arguments'][0] : node['source'];
  return source?.type === 'Literal' ? String(source.value) : undefined;
}

/**
 * The name that a node of the syntax tree takes from its scope, or from the global object.
 *
 * @param {Syntax} node
 * @param {Syntax | undefined} parent
 * @param {string} key where in the parent
 * @returns {string | undefined}
 */
function globalOf(node, parent, key) {
  if (node.type !== 'Identifier' || !parent) return undefined;
  const isMember = parent.type === 'MemberExpression' && key === 'property' && !parent['computed'];
  if (isMember) return GLOBAL_OBJECTS.has(parent['object'].name) ? node['name'] : undefined;
  const isName = key === 'key' && !parent['computed'] && !parent['shorthand'];
  return isName ? undefined : node['name'];
}

/**
 * @typedef {{ type: string, [key: string]: any }} Syntax a node of the tree
 *
 * @param {any} node
 * @param {(node: Syntax, parent: Syntax | undefined, key: string) => void} look
 * @param {Syntax} [parent]
 * @param {string} [key]
 */
function visit(node, look, parent, key = '') {
  if (typeof node !== 'object' || node === null) return;
  if (Array.isArray(node)) {
    for (const one of node) visit(one, look, parent, key);
    return;
  }
  if (typeof node.type !== 'string') return;
  look(node, parent, key);
  for (const [name, child] of Object.entries(node)) visit(child, look, node, name);
}
