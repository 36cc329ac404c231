import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../../datasets/test/support/temporary.ts';
import { publishedWeights } from '../../src/settings/published-weights.ts';
import { completeSettings, type Settings } from '../../src/settings/settings.ts';
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
    `--pretrained: there is no file ${at('resnet18-f37072fd.pth')}. torchvision's for resnet18: https://download.pytorch.org/models/resnet18-f37072fd.pth`,
  );
  await expect(check({ initFrom: at('x.pth') })).rejects.toThrow('--init-from: there is no file');
  mkdirSync(at('weights'));
  await expect(check({ pretrained: at('weights') })).rejects.toThrow('is not a file');
  writeFileSync(at('x.pth'), '');
  await check({ pretrained: at('x.pth') });
  expect(publishedWeights('mini')).toBeUndefined();
});

test('a cache that cannot be written to is refused, one that is not there yet is not', async () => {
  writeFileSync(at('file'), '');
  await expect(check({ cache: at('file') })).rejects.toThrow(
    /--cache: cannot write to .* is a file/,
  );
  await expect(check({ cache: at('file/below') })).rejects.toThrow('--cache: cannot write to');
  await check({ cache: at('new/folder') });
});
