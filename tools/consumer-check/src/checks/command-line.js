import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { outcomeOf } from '../../../checks/small-run.js';
import { run } from '../../../workspace/command.js';
import { install, withDependencies } from '../consumer.js';
import { drawPhotographs } from '../photographs.js';
import { good, start } from '../start.js';
import { expectNothingOfRepository, foreignLinks } from '../traces.js';

const NAME = '@fbsd/cli';
const PHOTOS = 'my photos';
/** A minute's training would show no more: two epochs of four steps. */
const SMALL = [
  ...['--arch', 'mini', '--image-size', '65', '--batch-size', '8', '--epochs', '2'],
  ...['--log-every', '1', '--save-every', '2', '--seed', '7'],
];
/** In the second epoch, and one step after a checkpoint. */
const KILLED_AFTER = '  step 7 ';

/**
 * The command line as its users have it: installed from the tarballs in a folder that holds nothing
 * else, with photographs of their own.
 *
 * @param {import('../results.js').Results} results
 * @param {readonly import('../../../workspace/repository.js').Package[]} packages
 * @param {ReadonlyMap<string, import('../consumer.js').Tarball>} tarballs
 * @param {string} folder outside of this repository
 */
export async function checkCommandLine(results, packages, tarballs, folder) {
  const home = join(folder, 'Käthe’s pictures');
  const elsewhere = join(folder, 'elsewhere');
  const program = join(home, 'node_modules/.bin/fbsd');
  const cli = packages.filter(({ manifest }) => manifest.name === NAME);
  const needed = cli.flatMap((each) => withDependencies(each, packages));
  /** @type {string[]} */
  let photographs = [];
  /** @type {string} */
  let whole = '';

  const installed = await results.check(NAME, 'installed in an empty folder', async () => {
    await install(home, needed, tarballs);
    await mkdir(elsewhere);
    photographs = await drawPhotographs(join(home, PHOTOS));
    const links = await foreignLinks(join(home, 'node_modules'));
    if (links.length > 0) throw new Error(`links out of node_modules: ${links.join(', ')}`);
    return `${needed.length} packages of this repository, no link to it`;
  });
  if (!installed) return;

  await results.check(NAME, 'npx fbsd train --data', async () => {
    // Only npx itself, once: the others start the same program without it.
    const { stdout } = await good('npx', ['fbsd', 'train', '--data', PHOTOS, ...SMALL], home);
    const [name, ...others] = await readdir(join(home, 'runs/folder'));
    if (!name || others.length > 0) throw new Error(`runs/folder holds ${[name, ...others]}`);
    whole = join(home, 'runs/folder', name);
    if (!stdout.includes(`run      ${whole}\n`)) throw new Error(`it does not name ${whole}`);
    await expectNothingOfRepository(whole);
    const { settings, classNames } = JSON.parse(await readFile(join(whole, 'config.json'), 'utf8'));
    expect('data', settings.data, join(home, PHOTOS));
    // What nobody gave is as published: from the package's own presets and defaults.
    expect('newLearningRate', settings.newLearningRate, 0.002);
    expect('pretrainedLearningRate', settings.pretrainedLearningRate, 0.0002);
    expect('momentum', settings.momentum, 0.9);
    const folders = new Set(photographs.map((path) => dirname(relative(join(home, PHOTOS), path))));
    expect('classNames', classNames, [...folders].sort());
    return relative(home, whole);
  });
  if (!whole) return;

  await results.check(NAME, 'fbsd evaluate, of the newest run', async () => {
    const { stdout } = await good(program, ['evaluate'], home);
    const { stdout: json } = await good(program, ['evaluate', '--json'], home);
    const result = JSON.parse(json);
    expect('model', result.model, join(whole, 'checkpoints/best'));
    expect('images', result.images, 8);
    const best = Math.max(...(await tests(whole)).map(({ accuracy }) => accuracy));
    expect('accuracy', result.accuracy, best);
    const shown = `${(100 * best).toFixed(1)}%`;
    if (!stdout.includes(shown)) throw new Error(`${shown} is not in: ${stdout}`);
    return `${shown}, as in training; --json says the same`;
  });

  await results.check(NAME, 'fbsd predict', async () => {
    const picture = relative(home, String(photographs[0]));
    const { stdout } = await good(program, ['predict', picture, '--top', '2'], home);
    if (!stdout.startsWith(`${picture}\n`)) throw new Error(stdout);
    const { stdout: json } = await good(program, ['predict', PHOTOS, '--json'], home);
    const found = JSON.parse(json);
    expect('pictures', found.length, photographs.length);
    for (const { predictions } of found) {
      const sum = predictions.reduce(
        (/** @type {number} */ s, /** @type {any} */ p) => s + p.probability,
        0,
      );
      if (Math.abs(sum - 1) > 1e-3) throw new Error(`probabilities add up to ${sum}`);
    }
    return `${found.length} pictures`;
  });

  await results.check(NAME, 'fbsd inspect', async () => {
    const two = photographs.slice(0, 2).map((path) => relative(home, path));
    await good(program, ['inspect', ...two, '--out', 'what it sees'], home);
    const seen = await readdir(join(home, 'what it sees'));
    await expectNothingOfRepository(join(home, 'what it sees'));
    const pngs = seen.filter((file) => file.endsWith('.png')).length;
    expect('pictures of two photographs at three levels', pngs, 2 * 3 * 3);
    if (!seen.includes('report.html')) throw new Error(`no report.html in ${seen.join(', ')}`);
    return `a page and ${pngs} pictures`;
  });

  await results.check(NAME, '--help of every command', async () => {
    const commands = ['train', 'evaluate', 'predict', 'inspect', 'ablate'];
    const { stdout } = await good(program, ['--help'], home);
    for (const command of commands) {
      if (!stdout.includes(`\n  ${command} `)) throw new Error(`--help does not list ${command}`);
      const help = (await good(program, [command, '--help'], home)).stdout;
      if (!help.includes(`Usage: fbsd ${command} `)) throw new Error(help);
    }
    return commands.join(', ');
  });

  await results.check(NAME, 'killed, resumed from another folder', async () => {
    const killed = join(home, 'killed run');
    const begin = ['train', '--data', PHOTOS, ...SMALL, '--out', 'killed run'];
    const { signal, stderr } = await start(program, begin, home, KILLED_AFTER);
    if (signal !== 'SIGKILL') throw new Error(`it was not killed: ${stderr}`);
    const resume = ['train', '--resume', '--out', relative(elsewhere, killed)];
    const { stdout } = await good(program, resume, elsewhere);
    if (!stdout.includes('resumed  epoch 2 of 2, step 6\n')) throw new Error(stdout);
    expect('what is in the folder it was resumed in', await readdir(elsewhere), []);
    if ((await outcomeOf(killed)) !== (await outcomeOf(whole))) {
      throw new Error(
        'other weights, velocities or metrics than those of the run that was not killed',
      );
    }
    await rm(killed, { recursive: true });
    return 'weights, velocities, metrics: the same, byte for byte';
  });

  await results.check(NAME, 'wrong input: a line, nothing written', async () => {
    const one = join(home, 'one class/only');
    const damaged = join(home, 'damaged', relative(join(home, PHOTOS), String(photographs[0])));
    const [first, second] = [String(photographs.at(0)), String(photographs.at(-1))];
    const healthy = join(home, 'damaged', relative(join(home, PHOTOS), second));
    for (const file of [join(one, '1.jpg'), damaged, healthy])
      await mkdir(dirname(file), { recursive: true });
    await copyFile(first, join(one, '1.jpg'));
    await writeFile(damaged, (await readFile(first)).subarray(0, 500));
    await copyFile(second, healthy);
    /** @type {[string[], string][]} what is typed, and what the answer names */
    const wrong = [
      [['nonsense'], 'nonsense'],
      [['train', '--dta', PHOTOS], '--dta'],
      [['train', '--data'], '--data'],
      [['train', '--data', 'no such folder'], join(home, 'no such folder')],
      [['train', '--data', relative(home, first)], first],
      [['train', '--data', 'one class'], 'two or more'],
      [['train', '--data', 'damaged'], damaged],
      [['train', '--data', PHOTOS, '--batch-size', 'many'], "'many'"],
      [['train', '--data', PHOTOS, ...SMALL, '--image-size', '8'], '--image-size must be'],
      [['train', '--data', PHOTOS, ...SMALL, '--out', PHOTOS], 'not empty'],
      [['train', '--resume', '--out', 'no such run'], join(home, 'no such run')],
      [['evaluate', '--model', 'no such run'], join(home, 'no such run')],
      [['predict', 'no such.jpg'], 'no file or folder no such.jpg'],
      [['inspect', PHOTOS, '--out', PHOTOS], 'not empty'],
      [['ablate'], '--out'],
    ];
    const before = await filesIn(home);
    for (const [args, named] of wrong) {
      const { code, stderr } = await start(program, args, home);
      const what = `fbsd ${args.join(' ')}`;
      if (code !== 1) throw new Error(`${what} ended with ${code}: ${stderr}`);
      if (!/^\[@?fbsd[^\n]*\n$/.test(stderr)) throw new Error(`${what}: not a line: ${stderr}`);
      if (!stderr.includes(named)) throw new Error(`${what}: '${named}' is not in: ${stderr}`);
    }
    expect('files', await filesIn(home), before);
    return `${wrong.length} kinds`;
  });

  await results.check(NAME, 'npm exec, in a folder without a project', async () => {
    const bare = join(folder, 'bare');
    await mkdir(bare);
    const packed = needed.map(({ manifest }) => `--package=${tarballs.get(manifest.name)?.path}`);
    const flags = ['--yes', '--prefer-offline', '--ignore-scripts', ...packed, '--'];
    const where = ['node', '--print', 'process.env.PATH'];
    const [bin] = (await run('npm', ['exec', ...flags, ...where], bare)).split(':');
    const cache = dirname(dirname(String(bin)));
    if (!cache.includes('_npx')) throw new Error(`npm has put it into ${cache}`);
    try {
      const data = join('..', relative(folder, home), PHOTOS);
      const train = ['fbsd', 'train', '--data', data, ...SMALL, '--epochs', '1', '--limit', '16'];
      await run('npm', ['exec', ...flags, ...train], bare);
    } finally {
      await rm(cache, { recursive: true, force: true }); // npm keeps it, for paths that are gone then
    }
    expect('what is there afterwards', await readdir(bare), ['runs']);
    await expectNothingOfRepository(join(bare, 'runs'));
    return 'a run below the folder, nothing else';
  });
}

/** @param {string} what @param {unknown} found @param {unknown} wanted */
function expect(what, found, wanted) {
  const [a, b] = [found, wanted].map((value) => JSON.stringify(value));
  if (a !== b) throw new Error(`${what}: ${a}, expected ${b}`);
}

/** The tests of a run, of every epoch. @param {string} directory @returns {Promise<{ accuracy: number }[]>} */
async function tests(directory) {
  const lines = (await readFile(join(directory, 'metrics.jsonl'), 'utf8')).trim().split('\n');
  return lines.flatMap((line) => JSON.parse(line).test ?? []);
}

/** Paths of files below a folder, but for what npm installed. @param {string} folder */
async function filesIn(folder) {
  const all = await readdir(folder, { recursive: true });
  return all.filter((path) => !path.startsWith('node_modules')).sort();
}
