import { spawn } from 'node:child_process';

/**
 * Runs a program to its end.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {string} cwd
 * @returns {Promise<string>} what it wrote to stdout
 * @throws Error with all that it wrote, if it fails
 */
export function run(program, args, cwd) {
  // The options of this repository's .npmrc are not those of a consumer.
  const { NODE_OPTIONS, npm_config_node_options, ...env } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: { ...env, NO_COLOR: '1' } });
    let [stdout, all] = ['', ''];
    child.stdout.on('data', (text) => {
      stdout += text;
      all += text;
    });
    child.stderr.on('data', (text) => {
      all += text;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(stdout);
      else reject(new Error(`${program} ${args.join(' ')} ended with ${code}:\n${shortened(all)}`));
    });
  });
}

/** @param {string} output its last lines, where the reason is */
function shortened(output) {
  const lines = output.trim().split('\n').slice(-30);
  return lines.map((line) => line.slice(0, 300)).join('\n');
}
