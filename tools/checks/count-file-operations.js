// For node --import: counts the operations on the files of FILE_OPERATIONS_OF and kills the process before DIE_AT.
import { writeFileSync } from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const { FILE_OPERATIONS_OF: folder = '', DIE_AT = '0', COUNT_IN = '' } = process.env;
let done = 0;

function count() {
  done++;
  if (done === Number(DIE_AT)) process.kill(process.pid, 'SIGKILL');
}

/** @type {Record<string, any>} */
const functions = fs;
for (const name of ['open', 'mkdir', 'rename', 'rm', 'writeFile', 'appendFile', 'cp']) {
  const original = functions[name];
  functions[name] = async (/** @type {unknown[]} */ ...args) => {
    if (!String(args[0]).startsWith(folder)) return original(...args);
    count();
    const result = await original(...args);
    if (name !== 'open') return result;
    for (const inner of ['write', 'sync', 'close']) {
      const act = result[inner].bind(result);
      result[inner] = (/** @type {unknown[]} */ ...values) => {
        count();
        return act(...values);
      };
    }
    return result;
  };
}
syncBuiltinESMExports();
process.on('exit', () => writeFileSync(COUNT_IN, String(done)));
