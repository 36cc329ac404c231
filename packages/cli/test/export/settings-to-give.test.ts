import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '../../../datasets/test/support/temporary.ts';
import { settingsToGive } from '../../src/export/settings-to-give.ts';
import { writeRunConfig } from '../../src/run/run-config.ts';
import { completeSettings } from '../../src/settings/settings.ts';

const folder = temporaryFolder();

describe('settingsToGive', () => {
  test('are those of the run, without paths of any system and addresses', async () => {
    const given = {
      data: '/home/anna/birds',
      cache: 'C:\\Users\\anna\\cache',
      pretrained: 'https://example.org/resnet50.pth',
      initFrom: '\\\\server\\share\\fbsd.pth',
      seed: 7,
    };
    const settings = completeSettings('cub', given);
    await writeRunConfig(folder(), {
      settings,
      classNames: ['a', 'b'],
      environment: {},
    } as never);
    const model = join(folder(), 'checkpoints/best');
    await mkdir(model, { recursive: true });
    await writeFile(join(model, 'model.json'), '{}');
    const { data, cache, pretrained, initFrom, ...rest } = settings;
    expect(await settingsToGive(folder())).toEqual(rest);
    expect(rest).toMatchObject({ seed: 7, arch: 'resnet50' });
  });
});
