import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../workspace/command.js';
import { ROOT } from '../workspace/repository.js';

/** What a run leaves. */
const RUN = ['config.json', 'metrics.jsonl', 'report.html', 'checkpoints/best/model.json'];

/**
 * The examples with small settings, as the README starts them: a model is trained on mini-CUB and used,
 * the other data sets are trained on for some steps, killed runs are resumed.
 *
 * @param {import('../consumer-check/src/results.js').Results} results
 * @param {string} folder for what they write
 */
export async function checkExamples(results, folder) {
  const model = join(folder, 'cub');
  await results.check('cub', 'trains on drawn birds', async () => {
    await npm('cub', '--epochs', '1', '--out', model);
    return wrote(model, RUN);
  });
  await results.check('fbsd', 'evaluate', async () => {
    const evaluation = JSON.parse(await npm('fbsd', 'evaluate', '--model', model, '--json'));
    assert.equal(evaluation.images, 200);
    return `${evaluation.images} images`;
  });
  await results.check('fbsd', 'predict', async () => {
    const pictures = await picturesOfOneClass();
    const args = [...pictures, '--model', model, '--top', '1', '--json'];
    const predictions = JSON.parse(await npm('fbsd', 'predict', ...args));
    assert.equal(predictions.length, pictures.length);
    return `${predictions.length} pictures`;
  });
  await results.check('fbsd', 'inspect', async () => {
    const [picture = ''] = await picturesOfOneClass();
    const seen = join(folder, 'seen');
    await npm('fbsd', 'inspect', picture, '--model', model, '--out', seen);
    return wrote(seen, ['report.html']);
  });
  for (const example of ['cub-hard', 'cars', 'aircraft', 'dogs']) {
    await results.check(example, 'trains', async () => {
      const out = join(folder, example);
      await npm(example, '--epochs', '1', '--limit', '40', '--out', out);
      return wrote(out, RUN);
    });
  }
  await results.check('insert', 'trains with and without FBSD', async () => {
    const output = await npm('insert', '--epochs', '1', '--limit', '40');
    const [line] = output.match(/with FBSD .*%.*/) ?? [];
    assert.ok(line, output);
    return line;
  });
  await results.check('kill test', 'killed runs come to the same', async () => {
    const output = await run(
      process.execPath,
      [join(ROOT, 'tools/checks/kill-test.js'), '4'],
      ROOT,
    );
    return output.trim().split('\n').at(-1);
  });
}

/** @param {string} script of the root package.json @param {string[]} args */
function npm(script, ...args) {
  return run('npm', ['run', '--silent', script, '--', ...args], ROOT);
}

async function picturesOfOneClass() {
  const images = join(ROOT, 'data/mini-cub/images');
  const [first = ''] = (await readdir(images)).sort();
  return (await readdir(join(images, first))).map((picture) => join(images, first, picture));
}

/** @param {string} folder @param {readonly string[]} files */
async function wrote(folder, files) {
  for (const file of files) {
    const path = join(folder, file);
    assert.ok(existsSync(path) && (await stat(path)).size > 0, `${path} was not written`);
  }
  return files.join(', ');
}
