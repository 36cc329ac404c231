import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HELP, readFlags } from '../typefaces/flags.ts';
import { ensureStart, type Making } from '../typefaces/start.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fbsd-typefaces-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('ensureStart', () => {
  /** In place of `fbsd`: notes the commands, and writes the files that tell how far they came. */
  function commands(codes: Record<string, number> = {}) {
    const typed: string[][] = [];
    const run = async (args: readonly string[]) => {
      typed.push([...args]);
      const [name = ''] = args;
      const out = args[args.indexOf('--out') + 1] as string;
      const code = codes[name] ?? 0;
      await mkdir(out, { recursive: true });
      if (name === 'train') await writeFile(join(out, 'config.json'), '{}');
      else if (code === 0) await writeFile(join(out, 'model.safetensors'), 'weights');
      return code;
    };
    return { typed, run };
  }
  const training = ['--dataset', 'folder', '--data', 'mixed', '--head', 'linear'];
  const making = (run: Making['run'], drawn: () => void = () => {}): Making => ({
    ensurePictures: async () => drawn(),
    training,
    machine: ['--backend=wasm'],
    ...(run && { run }),
  });

  test('trains a plain network on the pictures, writes its weights, and uses them again', async () => {
    const { typed, run } = commands();
    const weights = join(folder, 'weights', 'model.safetensors');
    expect(await ensureStart(folder, making(run))).toEqual({ code: 0, weights });
    expect(typed.map(([name]) => name)).toEqual(['train', 'export']);
    const network = join(folder, 'run');
    expect(typed[0]).toEqual(['train', ...training, '--backend=wasm', '--out', network]);
    expect(typed[1]).toContain(join(network, 'checkpoints', 'last'));
    expect(await readFile(weights, 'utf8')).toBe('weights');
    expect(await ensureStart(folder, making(run))).toEqual({ code: 0, weights });
    expect(typed).toHaveLength(2);
  });

  test('tells that it was interrupted, and goes on', async () => {
    const cut = commands({ train: 130 });
    expect(await ensureStart(folder, making(cut.run))).toMatchObject({ code: 130 });
    expect(cut.typed).toHaveLength(1);
    const { typed, run } = commands();
    let drawn = 0;
    expect(
      await ensureStart(
        folder,
        making(run, () => drawn++),
      ),
    ).toMatchObject({ code: 0 });
    expect(typed[0]).toEqual([
      ...['train', '--resume', '--out', join(folder, 'run'), '--backend=wasm'],
    ]);
    expect(drawn).toBe(1); // they may be gone by now
  });

  test('takes no weights of an export that was cut off', async () => {
    await mkdir(join(folder, 'weights.partial'), { recursive: true });
    await writeFile(join(folder, 'weights.partial', 'model.safetensors'), 'wei');
    const { typed, run } = commands();
    const { weights } = await ensureStart(folder, making(run));
    expect(typed.map(([name]) => name)).toEqual(['train', 'export']);
    expect(await readFile(weights, 'utf8')).toBe('weights');
  });

  test('is made by one process', async () => {
    process.env['OMPI_COMM_WORLD_SIZE'] = '2';
    try {
      await expect(ensureStart(folder, making(commands().run))).rejects.toThrow(
        'Run npm run typefaces without mpirun',
      );
    } finally {
      delete process.env['OMPI_COMM_WORLD_SIZE'];
    }
  });

  test('tells that its weights could not be written', async () => {
    const { run } = commands({ export: 1 });
    expect(await ensureStart(folder, making(run))).toMatchObject({ code: 1 });
  });
});

describe('flags', () => {
  test('a negative number is no flag', () => {
    expect(() => readFlags(['--picture-seed', '-1'])).toThrow("must be a whole number; got '-1'");
  });

  test('what computes is told to the training of the start, too', () => {
    const { machine } = readFlags(['--backend', 'wasm', '--epochs', '1', '--allow-software']);
    expect(machine).toEqual(['--backend=wasm', '--allow-software']);
    expect(readFlags([]).machine).toEqual([]);
  });

  test('those of the pictures are taken, all others go to training, after its defaults', () => {
    const flags = readFlags([
      '--train-per-class',
      '50',
      '--epochs',
      '3',
      '--data=x',
      '--draw-only',
    ]);
    expect(flags.drawing).toEqual({ seed: 1, trainPerClass: 50, testPerClass: 10, imageSize: 160 });
    expect(flags).toMatchObject({ drawOnly: true, help: false, set: 'sans' });
    expect(flags.data).toBe(join(process.cwd(), 'x'));
    expect(flags.training.slice(0, 4)).toEqual(['--dataset', 'folder', '--data', flags.data]);
    expect(flags.training).toContain('--epochs=12');
    expect(flags.training).toContain('--optimizer=adamw');
    expect(flags.training).toContain('--hflip=0'); // letters
    expect(flags.training.slice(-2)).toEqual(['--epochs', '3']);
  });

  test('other families have pictures of their own', () => {
    const { set, data, training } = readFlags(['--families', 'mixed', '--head', 'linear']);
    expect([set, data]).toEqual(['mixed', join(process.cwd(), 'data/typefaces-mixed')]);
    expect(training.slice(-2)).toEqual(['--head', 'linear']);
    expect(() => readFlags(['--families', 'serif'])).toThrow(
      "[typefaces] --families must be sans or mixed; got 'serif'.",
    );
  });

  test.each([
    [[], true],
    [['--arch', 'mini', '--pretrained-learning-rate', '0.01'], true],
    [['--from-scratch'], false],
    [['--families', 'mixed'], false],
    [['--pretrained', 'x.safetensors'], false],
    [['--init-from=x.pth'], false],
    [['--from', 'runs/x'], false],
    [['--resume'], false],
    [['--arch=resnet50'], false],
  ])('with %j training begins with what has learned the mixed families: %s', (args, expected) => {
    const { fromMixed, training } = readFlags(args);
    expect(fromMixed).toBe(expected);
    expect(training).not.toContain('--from-scratch');
  });

  test('a run that goes on gets no defaults', () => {
    const { training, data } = readFlags(['--resume']);
    expect(training).toEqual(['--dataset', 'folder', '--data', data, '--resume']);
  });

  test('what is no number is refused', () => {
    expect(() => readFlags(['--picture-size', 'large'])).toThrow(
      "[typefaces] --picture-size must be a whole number; got 'large'.",
    );
    expect(readFlags(['-h']).help).toBe(true);
    expect(HELP).toContain('--train-per-class N');
  });
});
