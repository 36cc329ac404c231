import {
  existsSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { ensureMini, miniCub } from '@fbsd/datasets';
import { temporaryFolder } from '../../../datasets/test/support/temporary.ts';
import { train } from '../../src/commands/train.ts';
import { trainCommand } from '../../src/settings/program-name.ts';
import { catchPrinted } from '../support/printed.ts';

const folder = temporaryFolder();
const printed = catchPrinted();
const run = () => join(folder(), 'run');
const data = () => join(folder(), 'birds');

beforeEach(() => ensureMini(miniCub, data(), { trainPerClass: 3, testPerClass: 1, imageSize: 64 }));

const SMALL = '--arch mini --image-size 65 --batch-size 9 --epochs 1 --backend wasm --log-every 1';
const flags = () => [...SMALL.split(' '), '--data', data(), '--out', run()];

/** Paths of the data set's pictures, in a fixed order. */
function pictures(): string[] {
  const images = join(data(), 'images');
  const files = readdirSync(images, { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.jpg'))
    .sort()
    .map((file) => join(images, file));
}

/** Cut off, empty, no picture, and damaged between a right beginning and a right end. */
const DAMAGES: readonly ((bytes: Buffer) => Buffer)[] = [
  (bytes) => bytes.subarray(0, bytes.length / 2),
  () => Buffer.alloc(0),
  () => Buffer.from('<html>404</html>'),
  (bytes) => Buffer.concat([bytes.subarray(0, 20), bytes.subarray(-400)]),
];

describe('a run with every tenth picture corrupt', () => {
  test('goes on without them when told to, to the end, and says which; otherwise it does not begin', async () => {
    const corrupt = pictures().filter((_, i) => i % 10 === 0);
    expect(corrupt).toHaveLength(DAMAGES.length);
    corrupt.forEach((path, i) => {
      writeFileSync(path, (DAMAGES[i] as (typeof DAMAGES)[number])(readFileSync(path)));
    });
    await expect(train(flags())).rejects.toThrow(corrupt[0]);
    expect(existsSync(run())).toBe(false);

    expect(await train([...flags(), '--skip-corrupt'])).toBe(0);
    expect(printed.out).toContain('4 of 40 pictures cannot be read: ');
    for (const [i, reason] of [
      'truncated',
      'empty',
      'a web page, which is not read',
      'damaged',
    ].entries()) {
      expect(printed.out).toContain(`${corrupt[i]} (${reason})`);
    }
    const lines = readFileSync(join(run(), 'metrics.jsonl'), 'utf8').trim().split('\n');
    expect(JSON.parse(lines.at(-1) as string)).toMatchObject({ kind: 'epoch', epoch: 1 });
  });
});

const hasFullDevice = existsSync('/dev/full');

describe('a full disk', () => {
  (hasFullDevice ? test : test.skip)(
    'ends the run with a word, keeps the last checkpoint, and the run goes on when there is room',
    async () => {
      const metrics = join(run(), 'metrics.jsonl');
      printed.onPrint = (text) => {
        if (!text.includes('step 2 ')) return;
        // From here on every line that is logged meets what a full disk answers.
        unlinkSync(metrics);
        symlinkSync('/dev/full', metrics);
      };
      await expect(train([...flags(), '--save-every', '1'])).rejects.toThrow(
        new RegExp(
          `^\\[fbsd\\] the disk is full \\(ENOSPC.*make room, then go on with ${trainCommand()} --resume --out ${run()}$`,
        ),
      );
      expect(readdirSync(join(run(), 'checkpoints')).sort()).toEqual(['last', 'last.previous']);
      expect(readdirSync(run())).not.toContain('.lock');
      unlinkSync(metrics);
      writeFileSync(metrics, '');
      printed.onPrint = () => {};
      expect(await train(['--resume', '--out', run()])).toBe(0);
      expect(printed.out).toContain('resumed  epoch 1 of 1, step 2\n');
    },
  );
});
