import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * The folder of node_api.h. The addon uses Node's stable ABI alone, so any version's will do.
 *
 * @param {string} root of the checkout
 * @param {readonly string[]} [candidates]
 * @returns {string}
 * @throws {Error} if there is none
 */
export function findNodeHeaders(root, candidates = usualPlaces(root)) {
  const found = candidates.find((folder) => existsSync(join(folder, 'node_api.h')));
  if (found) return found;
  throw new Error(
    `no node_api.h in ${candidates.join(', ')}. Get it: npm install --no-save node-api-headers ` +
      '(or your distribution’s libnode-dev), then try again.',
  );
}

/** @param {string} root */
function usualPlaces(root) {
  const version = process.versions.node;
  const nodedir = process.env['npm_config_nodedir'];
  return [
    ...(nodedir ? [join(nodedir, 'include/node')] : []),
    join(dirname(dirname(process.execPath)), 'include/node'),
    join(homedir(), '.cache/node-gyp', version, 'include/node'),
    join(homedir(), 'Library/Caches/node-gyp', version, 'include/node'),
    '/usr/include/node',
    join(root, 'node_modules/node-api-headers/include'),
  ];
}
