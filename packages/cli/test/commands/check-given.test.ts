import { mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { temporaryFolder } from '../../../datasets/test/support/temporary.ts';
import { cacheFolder } from '../../src/settings/paths.ts';
import { publishedWeights, weightsAt } from '../../src/settings/published-weights.ts';
import { completeSettings, type Settings } from '../../src/settings/settings.ts';
import { isTimm, timmWeights } from '../../src/settings/timm-weights.ts';
import { checkGiven } from '../../src/setup/check-given.ts';

const folder = temporaryFolder();
const at = (name: string) => join(folder(), name);
const check = (given: Partial<Settings>) => {
  const flags = { data: folder(), ...given };
  return checkGiven(completeSettings('folder', flags), flags);
};

test('weights that are not there are noticed, and where to get them is said', async () => {
  const missing = check({ arch: 'resnet18', pretrained: at('resnet18-f37072fd.pth') });
  await expect(missing).rejects.toThrow(
    `--pretrained: there is no file ${at('resnet18-f37072fd.pth')}. --pretrained imagenet fetches torchvision's for resnet18: https://download.pytorch.org/models/resnet18-f37072fd.pth`,
  );
  await expect(check({ initFrom: at('x.pth') })).rejects.toThrow('--init-from: there is no file');
  mkdirSync(at('weights'));
  await expect(check({ pretrained: at('weights') })).rejects.toThrow('is not a file');
  writeFileSync(at('x.pth'), '');
  await check({ pretrained: at('x.pth') });
  expect(publishedWeights('mini')).toBeUndefined();
});

test('names of published weights and addresses are known', async () => {
  await check({ arch: 'resnet18', pretrained: 'imagenet' });
  await check({ arch: 'mini', pretrained: 'https://weights.example/mini.pth' });
  await expect(check({ arch: 'densenet121', pretrained: 'imagenet-v2' })).rejects.toThrow(
    '--pretrained imagenet-v2: torchvision has none for densenet121, but for resnet50, resnet101. Take --pretrained imagenet, or choose another --arch.',
  );
  await expect(check({ arch: 'mini', pretrained: 'imagenet' })).rejects.toThrow('Leave it out');
});

test('what is nearly a name is told which', async () => {
  for (const [given, meant] of [
    ['imagnet', 'imagenet'],
    ['imagenet-v3', 'imagenet-v2'],
    ['ImageNet', 'imagenet'],
  ] as const) {
    await expect(check({ arch: 'mini', pretrained: at(given) })).rejects.toThrow(
      `--pretrained: there is no file ${at(given)}. Did you mean ${meant}?`,
    );
  }
  await expect(check({ arch: 'mini', pretrained: at('x.pth') })).rejects.toThrow(
    'Give the path of the file, or its address.',
  );
});

test('an address of another kind, or a checksum that cannot be one, is refused', async () => {
  for (const address of ['ftp://weights.example/mini.pth', 's3://weights/mini.pth']) {
    await expect(check({ pretrained: address })).rejects.toThrow(
      `--pretrained: weights are fetched by http:// and https:// alone; got ${address}`,
    );
  }
  for (const end of [
    'sha256=xyz',
    'sha256=0676ba6',
    `sha256=${'0'.repeat(65)}`,
    'md5=0676ba61',
    'x',
  ]) {
    await expect(check({ pretrained: `https://weights.example/mini.pth#${end}` })).rejects.toThrow(
      `sha256= with 64 hexadecimal digits or the first of them, at least 8; got #${end}. Correct it`,
    );
  }
  await check({ pretrained: 'https://weights.example/mini.pth#' });
  await check({ pretrained: 'https://weights.example/mini.pth#sha256=0676ba61' });
});

test('of timm’s names those of the architecture are taken', async () => {
  await check({ arch: 'resnet50', pretrained: 'timm/resnet50.a1_in1k' });
  await check({ arch: 'resnet50', pretrained: `timm/resnet50.own#sha256=${'ab'.repeat(32)}` });
  await expect(check({ arch: 'resnet50', pretrained: 'timm/resnet101.a1_in1k' })).rejects.toThrow(
    '--pretrained timm/resnet101.a1_in1k: these are weights of resnet101, and the network is resnet50. Give --arch resnet101, or others.',
  );
  await expect(check({ arch: 'resnet50', pretrained: 'timm/resnet50d.a1_in1k' })).rejects.toThrow(
    /weights of resnet50d, .*There are timm's resnet18, resnet34, resnet50, resnet101, densenet121, densenet161, /,
  );
  for (const name of ['timm/resnet50', 'timm/resnet50.a1_in1k#sha256=ab']) {
    await expect(check({ arch: 'resnet50', pretrained: name })).rejects.toThrow(
      "expected timm's whole name, as timm/resnet50.a1_in1k",
    );
  }
  expect(isTimm('timm/resnet50.pth')).toBe(false); // a file in a folder of that name
  expect(timmWeights('timm/resnet50.a1_in1k')?.address).toMatch(
    /^https:\/\/huggingface\.co\/timm\/resnet50\.a1_in1k\/resolve\/main\/model\.safetensors#sha256=773525d5[0-9a-f]{56}$/,
  );
});

test('a checksum comes from the name or from the end of an address', () => {
  const sha256 = 'ab'.repeat(32);
  expect(weightsAt('https://x.example/a/resnet50-0676ba61.pth')).toEqual({
    url: 'https://x.example/a/resnet50-0676ba61.pth',
    sha256: '0676ba61',
  });
  expect(weightsAt(`https://x.example/model.safetensors?download=true#sha256=${sha256}`)).toEqual({
    url: 'https://x.example/model.safetensors?download=true',
    sha256,
  });
  expect(weightsAt('https://x.example/model-large.pth')).toEqual({
    url: 'https://x.example/model-large.pth',
  });
});

test('the folder of caches is the one of the platform, or FBSD_CACHE', () => {
  expect(cacheFolder({ FBSD_CACHE: '/caches' }, 'linux')).toBe('/caches');
  expect(cacheFolder({ XDG_CACHE_HOME: '/xdg' }, 'linux')).toBe(join('/xdg', 'fbsd'));
  expect(cacheFolder({}, 'linux')).toBe(join(homedir(), '.cache', 'fbsd'));
  expect(cacheFolder({}, 'darwin')).toBe(join(homedir(), 'Library', 'Caches', 'fbsd'));
  expect(cacheFolder({ LOCALAPPDATA: '/local' }, 'win32')).toBe(join('/local', 'fbsd', 'Cache'));
});

test('a cache that cannot be written to is refused, one that is not there yet is not', async () => {
  writeFileSync(at('file'), '');
  await expect(check({ cache: at('file') })).rejects.toThrow(
    /--cache: cannot write to .* is a file/,
  );
  await expect(check({ cache: at('file/below') })).rejects.toThrow('--cache: cannot write to');
  await check({ cache: at('new/folder') });
});
