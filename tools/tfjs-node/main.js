#!/usr/bin/env node
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile, compileCommand } from './src/compile.js';
import { findCompiler } from './src/compiler.js';
import { findNodeHeaders } from './src/node-headers.js';
import { parseOptions, USAGE } from './src/options.js';
import { addonPath, findPackage } from './src/package.js';
import { repair } from './src/repair.js';
import { replaceIfVerified } from './src/replace.js';
import { findTensorFlow } from './src/tensorflow.js';
import { verify } from './src/verify.js';

/** Builds the native addon of tfjs-node against a TensorFlow that is already on this machine. */
function main() {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) return console.log(USAGE);
  if (process.platform === 'win32') {
    throw new Error(
      'Windows has no TensorFlow library to link against in its wheels. Use WSL and the Linux wheel.',
    );
  }
  const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

  const tensorflow = findTensorFlow(options);
  report('TensorFlow', `${tensorflow.libraries.join(', ')}\nin ${tensorflow.libraryFolder}`);
  const compiler = findCompiler();
  report('Compiler', `${compiler.path} (${compiler.version})`);
  const nodeHeaders = findNodeHeaders(root);
  report('Node', `${process.version}, headers in ${nodeHeaders}`);
  const npmPackage = findPackage(root, options.package);
  report('Package', `${npmPackage.name} ${npmPackage.version} in ${npmPackage.folder}`);
  if (npmPackage.fetchedWith) report('', `fetched with ${npmPackage.fetchedWith}`);

  const repaired = repair(npmPackage.folder);
  report('Repaired', repaired.length > 0 ? repaired.join(', ') : 'nothing: done before');

  const addon = addonPath(npmPackage);
  const outcome = replaceIfVerified(
    addon,
    (file) => {
      const command = compileCommand({
        compiler,
        nodeHeaders,
        tensorflow,
        npmPackage,
        addon: file,
      });
      report('Compiled', command.join(' '));
      compile(command);
    },
    () => verify(npmPackage.folder),
  );
  report('Addon', addon);
  const device = outcome.gpu ? 'a GPU' : 'the CPU';
  report(
    'Verified',
    `TensorFlow ${outcome.version} on ${device}: a convolution and both its gradients are right`,
  );
  if (options.gpu && !outcome.gpu) {
    report(
      'But',
      'TensorFlow found no GPU here. It needs an NVIDIA driver and a wheel with CUDA:\n' +
        'pip install tensorflow[and-cuda]',
    );
  }
}

/**
 * @param {string} what
 * @param {string} text
 */
function report(what, text) {
  console.log(`${what.padEnd(12)}${text.replaceAll('\n', `\n${' '.repeat(12)}`)}`);
}

try {
  main();
} catch (error) {
  console.error(`[setup:tensorflow] ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
