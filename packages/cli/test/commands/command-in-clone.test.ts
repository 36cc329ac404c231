import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../bin', import.meta.url));

test('the command of a clone that is not built says what to do', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fbsd-cli-clone-'));
  try {
    cpSync(BIN, join(folder, 'bin'), { recursive: true });
    const program = join(folder, 'bin/fbsd.js');
    const { status, stderr } = spawnSync(process.execPath, [program], { encoding: 'utf8' });
    expect(stderr).toBe(
      `[fbsd] ${join(folder, 'dist/main.js')} is missing. In a clone, build it: npm run build\n`,
    );
    expect(status).toBe(1);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the command is the program', () => {
  const options = { encoding: 'utf8' } as const;
  const { stdout } = spawnSync(
    process.execPath,
    [join(BIN, 'fbsd.js'), 'train', '--help'],
    options,
  );
  expect(stdout).toContain('Usage: fbsd train');
});
