import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@fbsd/trainer';
import { temporaryFolder } from '../../../datasets/test/support/temporary.ts';
import { readRunConfig, writeRunConfig } from '../../src/run/run-config.ts';
import { completeSettings } from '../../src/settings/settings.ts';
import { edit, type Json } from '../support/small-checkpoint.ts';

const folder = temporaryFolder();

describe('config.json', () => {
  const file = () => join(folder(), 'config.json');
  const settings = completeSettings('cub', { seed: 7, data: '/birds' });
  const config = { settings, classNames: ['a', 'b'], environment: { backend: 'wasm' } };
  const old = (change: (content: Json) => unknown) => {
    writeFileSync(file(), JSON.stringify(change(JSON.parse(JSON.stringify(config)))));
    return readRunConfig(folder());
  };

  test('is read as it was written; whitespace may differ', async () => {
    await writeRunConfig(folder(), config);
    expect(await readRunConfig(folder())).toEqual(config);
    edit(file(), (content) => content);
    expect(await readRunConfig(folder())).toEqual(config);
    expect(await old((content) => content)).toEqual(config); // an earlier version's
  });

  test('that was changed is refused', async () => {
    await writeRunConfig(folder(), config);
    edit(file(), (content) => ({ ...content, settings: { ...content['settings'], seed: 8 } }));
    await expect(readRunConfig(folder())).rejects.toThrow(
      new RegExp(
        `^\\[@fbsd/trainer\\] ${file()} is not as it was written: expected the SHA-256 .* a run with other settings is a new run`,
      ),
    );
  });

  test.each<[string, (content: Json) => unknown, RegExp]>([
    ['nothing', () => ({}), /is damaged: expected settings, classNames and environment; got \{\}/],
    ['null', () => null, /got null/],
    [
      'no seed',
      ({ settings: { seed: _, ...s }, ...c }) => ({ ...c, settings: s }),
      /settings\.seed is missing/,
    ],
    [
      'a seed of text',
      ({ settings: s, ...c }) => ({ ...c, settings: { ...s, seed: 'x' } }),
      /expected a number as settings\.seed; got "x"/,
    ],
    [
      'an unknown setting',
      ({ settings: s, ...c }) => ({ ...c, settings: { ...s, sed: 1 } }),
      /there is no setting 'sed'/,
    ],
    [
      'an unknown data set',
      ({ settings: s, ...c }) => ({ ...c, settings: { ...s, dataset: 'x' } }),
      /expected one of cub/,
    ],
    ['a newer version', (c) => ({ ...c, version: 3 }), /expected version 1 or 2; got 3/],
  ])('of an earlier version with %s is refused by name', async (_, change, message) => {
    const refused = old(change);
    await expect(refused).rejects.toBeInstanceOf(UserError);
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toThrow(file());
  });
});
