import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { identityOf, isRunning } from '../../src/files/process-identity.ts';

(process.platform === 'linux' ? test : test.skip)(
  'a process that has ended does not run, whether or not its parent has asked for its exit code',
  async () => {
    // The shell becomes a program that knows of no child.
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60']);
    try {
      const [text] = await once(parent.stdout, 'data');
      const pid = Number(text);
      const identity = identityOf(pid);
      expect(isRunning(identity)).toBe(true);
      process.kill(pid);
      while (!/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))) await sleep(10);
      expect(isRunning(identity)).toBe(false);
    } finally {
      parent.kill();
    }
  },
);
