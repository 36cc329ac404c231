import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '../../../datasets/test/support/temporary.ts';
import { writeOutputs } from '../../src/ablation/outputs.ts';
import { runsOf } from '../../src/ablation/runs.ts';
import { variantsOf, withPlainFactor } from '../../src/ablation/variants.ts';
import { parseCommandLine } from '../../src/settings/command-line.ts';
import { FLAGS, readFlags, SWITCHES } from '../../src/settings/flags.ts';
import { completeSettings } from '../../src/settings/settings.ts';

const folder = temporaryFolder();

describe('learning rates of the plain network', () => {
  const RATES = { newLearningRate: 0.004, pretrainedLearningRate: 0.001 };
  const faster = withPlainFactor(variantsOf([]), '2.5', RATES);

  test('are the others’ times the factor, whatever was given for all', () => {
    const shared = ['--learning-rate=0.004', '--pretrained-learning-rate', '0.001'];
    const names = { values: Object.keys(FLAGS), switches: Object.keys(SWITCHES) };
    const rates = runsOf('out', shared, faster.variants, [1]).map(({ variant, args }) => {
      const { given } = parseCommandLine(args, names);
      const settings = completeSettings('cub', readFlags(given));
      return [variant.name, settings.newLearningRate, settings.pretrainedLearningRate];
    });
    expect(rates).toEqual([
      ['plain', 0.01, 0.0025],
      ['plain+head', 0.004, 0.001],
      ['+FBSM', 0.004, 0.001],
      ['+FDM', 0.004, 0.001],
      ['FBSD', 0.004, 0.001],
    ]);
    const tenths = { newLearningRate: 0.1, pretrainedLearningRate: 0.1 };
    expect(withPlainFactor(variantsOf([]), '3', tenths).variants[0]?.flags).toContain('0.3');
    expect(faster.references).toEqual(['plain', 'plain+head']);
  });

  test('are told beside the numbers', async () => {
    const result = { accuracy: 0.5, heads: [], model: 'checkpoints/last', epoch: 1, images: 4 };
    const runs = [{ ...result, variant: 'plain', seed: 1, dataset: 'birds' }];
    await writeOutputs(folder(), { ...faster, seeds: [1], settings: {}, runs });
    expect(await readFile(join(folder(), 'ablation.md'), 'utf8')).toContain(
      '\nThe learning rates of the plain network are 2.5 times those of the others.\n',
    );
  });
});
