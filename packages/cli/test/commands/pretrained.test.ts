import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { resnet18, saveStateDict } from '@fbsd/backbones';
import { fbsd } from '@fbsd/fbsd';
import { setBackend } from '@tensorflow/tfjs-core';
import { fileServer } from '../../../datasets/test/support/file-server.ts';
import { temporaryFolder } from '../../../datasets/test/support/temporary.ts';
import { writeTinyCub } from '../../../datasets/test/support/tiny-cub.ts';
import { train } from '../../src/commands/train.ts';
import { pretrainedFile } from '../../src/setup/pretrained.ts';
import { catchPrinted } from '../support/printed.ts';

const folder = temporaryFolder();
const server = fileServer();
const printed = catchPrinted();
const before = process.env['FBSD_CACHE'];

beforeEach(async () => {
  process.env['FBSD_CACHE'] = join(folder(), 'caches');
  await writeTinyCub(join(folder(), 'CUB_200_2011'));
});
afterAll(() => {
  if (before === undefined) delete process.env['FBSD_CACHE'];
  else process.env['FBSD_CACHE'] = before;
});

let runs = 0;
const trained = (...flags: string[]) => trainedOn('mini', ...flags);
const trainedOn = (arch: string, ...flags: string[]) => {
  const data = ['--data', join(folder(), 'CUB_200_2011'), '--out', join(folder(), `run${runs++}`)];
  const tiny = `--arch ${arch} --image-size 65 --epochs 1 --batch-size 2 --backend wasm`;
  return train([...data, ...tiny.split(' '), ...flags]);
};

test('weights at an address are fetched once, checked by their name, and trained on', async () => {
  await setBackend('cpu');
  const model = fbsd({ arch: 'mini', classes: 3, imageSize: 65, seed: 9 });
  const weights = Buffer.from(await saveStateDict(model, { names: 'torchvision' }));
  model.dispose();
  const digest = createHash('sha256').update(weights).digest('hex');
  const name = `mini-${digest.slice(0, 8)}.safetensors`;
  server.files[name] = weights;
  expect(await trained('--pretrained', server.url(name))).toBe(0);
  expect(printed.out).toContain(`weights  fetching ${name}`);
  expect(printed.out).toMatch(/weights {2}.*mini-\w{8}\.safetensors: .* fit/);
  const { settings } = JSON.parse(
    readFileSync(join(folder(), `run${runs - 1}`, 'config.json'), 'utf8'),
  );
  expect(settings.pretrained).toBe(server.url(name));
  delete server.files[name];
  expect(await trained('--pretrained', server.url(name))).toBe(0); // without a request
  expect(server.asked).toHaveLength(1);
});

test('a file that is not what its name says is refused before anything is trained', async () => {
  server.files['mini-0676ba61.pth'] = Buffer.from('<html>');
  await expect(trained('--pretrained', server.url('mini-0676ba61.pth'))).rejects.toThrow(
    'expected 0676ba61…. It was removed.',
  );
});

test('where no checksum is known, that is said, and what cannot be read is not kept', async () => {
  server.files['mini.pth'] = Buffer.from('no weights');
  for (const requests of [1, 2]) {
    await expect(trained('--pretrained', server.url('mini.pth'))).rejects.toThrow('mini.pth');
    expect(server.asked).toHaveLength(requests);
  }
  await setBackend('cpu');
  const model = fbsd({ arch: 'mini', classes: 3, imageSize: 65 });
  server.files['mini.pth'] = Buffer.from(await saveStateDict(model, { names: 'torchvision' }));
  model.dispose();
  expect(await trained('--pretrained', server.url('mini.pth'))).toBe(0);
  expect(printed.out).toContain('no checksum of this file is known: add #sha256=…');
});

describe('weights by timm’s names', () => {
  const path = (name: string) => `timm/${name}/resolve/main/model.safetensors`;
  const endpoint = process.env['HF_ENDPOINT'];
  let weights: Buffer;
  /** What was said. */
  let said: string[];
  const fetched = (pretrained: string) =>
    pretrainedFile({ pretrained, arch: 'resnet18' }, (line) => void said.push(line));

  beforeAll(async () => {
    await setBackend('cpu');
    const model = resnet18({ initialWeights: 'zeros' }).classifier({ inputShape: [64, 64, 3] });
    weights = Buffer.from(await saveStateDict(model));
    model.dispose();
  });
  beforeEach(() => {
    said = [];
    process.env['HF_ENDPOINT'] = `${server.url('')}`; // a slash at its end
  });
  afterAll(() => {
    if (endpoint === undefined) delete process.env['HF_ENDPOINT'];
    else process.env['HF_ENDPOINT'] = endpoint;
  });

  test('are fetched from its hub, once, checked by the checksum that is given, and trained on', async () => {
    server.files[path('resnet18.own')] = weights;
    const digest = createHash('sha256').update(weights).digest('hex');
    const name = `timm/resnet18.own#sha256=${digest}`;
    const file = await fetched(name);
    expect(file).toContain(path('resnet18.own'));
    expect(said.join('\n')).toContain(
      'published by timm, under the license that https://huggingface.co/timm/resnet18.own names',
    );
    expect(said.join('\n')).not.toContain('no checksum');
    delete server.files[path('resnet18.own')];
    expect(await trainedOn('resnet18', '--pretrained', name)).toBe(0);
    expect(printed.out).toMatch(/weights {2}.*model\.safetensors: .* fit/);
    expect(server.asked).toHaveLength(1);
  });

  test('that are known are refused where they are others', async () => {
    server.files[path('resnet18.a1_in1k')] = weights;
    await expect(fetched('timm/resnet18.a1_in1k')).rejects.toThrow(/expected 80c49dee/);
  });

  test('of which no checksum is known are taken, and that is said', async () => {
    server.files[path('resnet18.own')] = weights;
    await fetched('timm/resnet18.own');
    expect(said.join('\n')).toContain(
      'no checksum of this file is known: add #sha256=… to its name',
    );
  });

  test('that the hub does not have are told by their address', async () => {
    await expect(fetched('timm/resnet18.none')).rejects.toThrow(path('resnet18.none'));
  });
});

test('a cache that cannot be written to: the variable that names another one is told', async () => {
  const file = join(folder(), 'file');
  writeFileSync(file, '');
  process.env['FBSD_CACHE'] = file;
  server.files['mini-0676ba61.pth'] = Buffer.from('never sent');
  await expect(trained('--pretrained', server.url('mini-0676ba61.pth'))).rejects.toThrow(
    /ENOTDIR.*then try again\. The variable FBSD_CACHE of the environment names another folder\.$/,
  );
});

test('a file beside the program is still a file', async () => {
  writeFileSync(join(folder(), 'x.pth'), 'no weights');
  await expect(trained('--pretrained', join(folder(), 'x.pth'))).rejects.toThrow('x.pth');
});
