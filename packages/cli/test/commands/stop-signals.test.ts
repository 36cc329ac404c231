import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { transformSync } from '@swc/core';

const SOURCE = readFileSync(new URL('../../src/commands/stop-signals.ts', import.meta.url), 'utf8');

const { code: COMPILED } = transformSync(SOURCE, {
  jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
});

/** A process that works until it is asked to stop, then for as long as it is told to. */
const program = (millisecondsToEnd: number) => `
${COMPILED}
const stop = stopSignals((name) => console.log('stopping: ' + name));
const work = setInterval(() => {}, 1000);
stop.signal.addEventListener('abort', () => setTimeout(() => {
  clearInterval(work);
  console.log('ended in order');
  process.exitCode = stop.exitCode;
}, ${millisecondsToEnd}));
console.log('working');
`;

function start(millisecondsToEnd: number) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program(millisecondsToEnd)]);
  let output = '';
  child.stdout.on('data', (text) => {
    output += text;
  });
  const said = async (text: string) => {
    while (!output.includes(text)) await once(child.stdout, 'data');
  };
  return { child, said, output: () => output };
}

const ended = async (child: ChildProcess) => {
  const [code, signal] = await once(child, 'exit');
  return { code, signal };
};

const describeSignals = process.platform === 'win32' ? describe.skip : describe;
describeSignals('stopSignals', () => {
  test.each([
    ['SIGINT', 'Ctrl-C', 130],
    ['SIGTERM', 'SIGTERM', 143],
    ['SIGHUP', 'SIGHUP', 129],
  ] as const)(
    '%s: work ends in order, with the exit code of shells',
    async (signal, name, code) => {
      const { child, said, output } = start(50);
      const end = ended(child);
      await said('working');
      child.kill(signal);
      expect(await end).toEqual({ code, signal: null });
      expect(output()).toBe(`working\nstopping: ${name}\nended in order\n`);
    },
  );

  test('the second one, whichever it is, ends the process at once', async () => {
    const { child, said, output } = start(60_000);
    const end = ended(child);
    await said('working');
    child.kill('SIGTERM');
    await said('stopping');
    child.kill('SIGINT');
    expect(await end).toEqual({ code: null, signal: 'SIGINT' });
    expect(output()).not.toContain('ended in order');
  });

  test('a terminal that is gone does not end it before its work is done', async () => {
    const { child, said } = start(50);
    const end = ended(child);
    await said('working');
    child.stdout.destroy();
    child.kill('SIGHUP');
    expect(await end).toEqual({ code: 129, signal: null });
  });
});
