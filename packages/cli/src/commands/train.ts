import { DiskPictureCache } from '@fbsd/datasets';
import { batchCount, type Progress, train as runTraining, UserError } from '@fbsd/trainer';
import { bytes, percent } from '@fbsd/trainer/format';
import { combineListeners } from '../display/combine-listeners.ts';
import { ProgressDisplay } from '../display/progress-display.ts';
import { announce, digestOf } from '../parallel/plan.ts';
import { describeProcesses, processes } from '../parallel/processes.ts';
import { summarise } from '../report/summary.ts';
import { DiskRunStore } from '../run/disk-run-store.ts';
import { flagLines, parseCommandLine } from '../settings/command-line.ts';
import { FLAGS, SWITCHES } from '../settings/flags.ts';
import { helpOf } from '../settings/help.ts';
import { RECIPE_HELP } from '../settings/recipes.ts';
import type { Settings } from '../settings/settings.ts';
import { DOWNLOAD_HELP } from '../setup/download.ts';
import { newRun, resumeRun } from '../setup/run.ts';
import { foretellTime } from '../setup/time.ts';
import { trainingOf } from '../setup/training.ts';
import { TensorBoardWriter } from '../tensorboard/tensorboard-writer.ts';
import { stopSignals } from './stop-signals.ts';
import { resumeCommand, withAdvice } from './training-advice.ts';

const OWN_FLAGS = {
  download: DOWNLOAD_HELP,
  out: 'folder of the run (default: a new one below runs/)',
  resume: 'go on with the run in --out, or with the newest one; a larger --epochs trains it longer',
  from: 'a new run from the last checkpoint of another, or from one that is named, at its epoch and with its settings where no flag gives others',
  help: 'this text',
} as const;

/** The flags by subject, in the order of the help text. */
const SECTIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Data: {
    ...helpOf(['dataset', 'data']),
    download: OWN_FLAGS.download,
    ...helpOf([
      'limit',
      'skip-corrupt',
      'max-pixels',
      'cache',
      'aircraft-level',
      'crop-banner',
      'test-share',
      'validation-split',
    ]),
  },
  Network: helpOf([
    'arch',
    'head',
    'image-size',
    'pretrained',
    'init-from',
    'alpha',
    'beta',
    'gamma',
  ]),
  Training: {
    'recipe NAME': RECIPE_HELP,
    ...helpOf([
      'epochs',
      'batch-size',
      'accumulate',
      'learning-rate',
      'pretrained-learning-rate',
      'layer-decay',
      'schedule',
      'warmup-steps',
      'optimizer',
      'momentum',
      'beta1',
      'beta2',
      'epsilon',
      'weight-decay',
      'hflip',
      'trivial-augment',
      'random-erasing',
      'label-smoothing',
      'ema',
      'tta',
      'patience',
      'seed',
    ]),
  },
  Run: {
    'out DIR': OWN_FLAGS.out,
    resume: OWN_FLAGS.resume,
    'from RUN': OWN_FLAGS.from,
    ...helpOf([
      'backend',
      'allow-software',
      'precision',
      'batch-norm',
      'log-every',
      'eval-every',
      'save-every',
    ]),
    help: OWN_FLAGS.help,
  },
};

export const HELP = `Trains FBSD (Feature Boosting, Suppression and Diversification).

Usage: fbsd train [flags]

${Object.entries(SECTIONS)
  .map(([section, flags]) => `${section}\n${flagLines(flags)}\n`)
  .join('\n')}
What is not given is as FBSD was published; without --data and --download it is what fits the small, drawn
data set. A run's config.json lists all of it.
`;

const NAMES = {
  values: [...Object.keys(FLAGS), 'recipe', 'out', 'from'],
  switches: [...Object.keys(SWITCHES), 'download', 'resume', 'help'],
};

/** The `train` command. @returns the exit code */
export async function train(args: readonly string[]): Promise<number> {
  const { given } = parseCommandLine(args, NAMES);
  if (given['help']) {
    process.stdout.write(HELP);
    return 0;
  }
  if (given['resume'] && given['from']) {
    throw new UserError(
      '[fbsd] --resume goes on with a run, --from begins a new one: give one of them.',
    );
  }
  const run = given['resume'] ? await resumeRun(given) : await newRun(given);
  const { settings, dataset, model, optimizer, average, directory, progress, release } = run;
  const batchesPerEpoch = batchCount(dataset.train.length, settings.batchSize, true);
  const display = new ProgressDisplay({
    totalEpochs: settings.totalEpochs,
    batchesPerEpoch,
    stepsPerEpoch: Math.ceil(batchesPerEpoch / settings.accumulate),
    testImages: (dataset.validation ?? dataset.test).length,
    ...(progress && { epoch: progress.epoch }),
  });
  display.say(`run      ${directory}`);
  if (settings.cache) {
    const { train, validation = [], test } = dataset;
    const images = train.length + validation.length + test.length;
    const room = DiskPictureCache.bytesOf(images, settings.imageSize);
    display.say(`cache    ${settings.cache}, ${bytes(room)} with all pictures`);
  }
  const others = processes();
  if (others) {
    display.say(`together ${describeProcesses(others)}`);
    const samples = digestOf(dataset);
    const { backend } = run;
    announce({ settings, backend: backend.name, progress: progress ?? null, samples }, others);
  }
  const tensorboard = new TensorBoardWriter(directory, progress?.step ?? 0);

  const stop = stopSignals((name) =>
    display.say(`${name}: finishing this batch and writing a checkpoint …`),
  );
  const started = performance.now();
  try {
    await foretellTime(run, display.say);
    const result = await runTraining({
      ...trainingOf(settings, display.say),
      ...{ model, optimizer, average, dataset },
      store: new DiskRunStore(directory),
      ...(progress && { progress }),
      signal: stop.signal,
      listener: combineListeners(display, tensorboard),
      ...(others && { communicator: others }),
    });
    display.end();
    if (!result.finished) {
      const { step } = result.progress;
      display.say(`Stopped after step ${step}. Go on with: ${resumeCommand(directory)}`);
      return stop.exitCode;
    }
    stop.release(); // all is kept: what comes now may be cut off
    if (result.stoppedEarly) display.say(stoppedEarly(result.progress, settings));
    const seconds = (performance.now() - started) / 1000;
    const show = () => summarise({ ...run, result, seconds, tensorboard, say: display.say });
    await (average ? average.during(show) : show());
    return 0;
  } catch (error) {
    throw withAdvice(error, directory);
  } finally {
    display.end();
    stop.release();
    optimizer.dispose();
    average?.dispose();
    model.dispose();
    release();
  }
}

/** Says that patience ended a run. */
function stoppedEarly({ epoch, best }: Progress, settings: Settings): string {
  const { totalEpochs, patience, validationSplit } = settings;
  const { accuracy, epoch: bestEpoch } = best as NonNullable<Progress['best']>; // or patience would not have ended it
  const trial = validationSplit > 0 ? 'validation' : 'test';
  return `Stopped early, after epoch ${epoch - 1} of ${totalEpochs}: no better ${trial} in ${patience} epochs than the ${percent(accuracy)} of epoch ${bestEpoch}.`;
}
