import { parseCommandLine } from '../../src/settings/command-line.ts';
import { inFlags } from '../../src/settings/in-flags.ts';
import { nearest } from '../../src/settings/nearest.ts';

const NAMES = {
  values: ['data', 'epochs', 'momentum', 'learning-rate', 'batch-size'],
  switches: ['resume', 'help'],
  files: ['json'],
};
const given = (...args: string[]) => parseCommandLine(args, NAMES).given;
const withWords = (...args: string[]) => parseCommandLine(args, { ...NAMES, positionals: true });

describe('parseCommandLine', () => {
  test('reads values after a space and after =, switches, and the last of a flag given twice', () => {
    expect(given('--data', 'a b', '--epochs=3', '--resume', '--epochs', '4')).toEqual({
      data: 'a b',
      epochs: '4',
      resume: true,
    });
    expect(given('--data=a=b')).toEqual({ data: 'a=b' });
    expect(given('-h')).toEqual({ help: true });
  });

  test('takes negative numbers as values, and what begins with a dash after =', () => {
    expect(given('--momentum', '-1', '--learning-rate', '-.5e-3', '--data=-x')).toEqual({
      momentum: '-1',
      'learning-rate': '-.5e-3',
      data: '-x',
    });
  });

  test('takes words where the command does, and all of them after --', () => {
    expect(withWords('a.jpg', '--epochs', '2', '-', '--', '--data', '-h')).toEqual({
      given: { epochs: '2' },
      positionals: ['a.jpg', '-', '--data', '-h'],
    });
  });

  test('--json stands alone, or takes a file that is named as one of JSON; never a picture', () => {
    expect(given('--json')).toEqual({ json: true });
    expect(given('--json', 'result.json')).toEqual({ json: 'result.json' });
    expect(given('--json=result')).toEqual({ json: 'result' });
    expect(withWords('--json', 'a.jpg')).toEqual({ given: { json: true }, positionals: ['a.jpg'] });
    expect(() => given('--json=')).toThrow('--json= lacks the name of a file');
  });

  test.each([
    [['--epocs', '3'], 'there is no flag --epocs here. Did you mean --epochs?'],
    [['--batch_size=3'], 'there is no flag --batch_size here. Did you mean --batch-size?'],
    [['--batchSize', '3'], 'there is no flag --batchSize here. Did you mean --batch-size?'],
    [['--batch', '3'], 'Did you mean --batch-size?'],
    [['-epochs', '3'], 'there is no flag -epochs here. Did you mean --epochs?'],
    [['--quux'], 'there is no flag --quux here. See --help'],
    [['-x'], 'there is no flag -x here. See --help'],
    [['--constructor'], 'there is no flag --constructor here'],
    [['--epochs'], '--epochs needs a value, but nothing comes after it'],
    [['--data', '--epochs', '3'], '--data needs a value, but the flag --epochs comes after it'],
    [['--momentum='], '--momentum needs a value, but it is empty'],
    [['--data', ''], '--data needs a value, but it is empty'],
    [['--resume=yes'], "--resume takes no value; got 'yes'"],
    [['photos'], "'photos' is no flag, and nothing else is taken here. Every value needs its flag"],
    [
      ['epochs', '3'],
      "'epochs' is no flag, and nothing else is taken here. Did you mean --epochs?",
    ],
    [['-1'], "'-1' is no flag"],
  ])('refuses %j', (args, message) => {
    expect(() => given(...args)).toThrow(message);
  });
});

test.each([
  ['trian', 'train'],
  ['evalaute', 'evaluate'],
  ['Predict', 'predict'],
  ['insp', 'inspect'],
  ['serve', undefined],
  ['xy', undefined],
])('the nearest command to %s is %s', (word, expected) => {
  expect(nearest(word, ['train', 'evaluate', 'predict', 'inspect'])).toBe(expected);
});

test.each([
  ['go on without them with skipCorrupt.', 'go on without them with --skip-corrupt.'],
  ['ask for software with allowSoftware: true.', 'ask for software with --allow-software.'],
  ['or { skipCorrupt: true } to', 'or --skip-corrupt to'],
  ["Use precision: 'float32'.", 'Use --precision float32.'],
  ['fbsd: imageSize must be at least 65; got 1.', 'fbsd: --image-size must be at least 65; got 1.'],
  ['with batchSize=1 the', 'with --batch-size 1 the'],
  ['the seed and the data of this', 'the seed and the data of this'],
  ["no /home/imageSize/a, 'batchSize'", "no /home/imageSize/a, 'batchSize'"],
])('in flags, %j is %j', (message, expected) => {
  expect(inFlags(message)).toBe(expected);
});
