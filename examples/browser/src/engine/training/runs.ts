import { type Dataset, MemoryPictureCache, UserError } from '@fbsd/trainer';
import type { IndexedDbRunStore, IndexedDbRuns, KeptRun } from '@fbsd/trainer/web';
import type { RunningBackend } from '../backends/running-backend.ts';
import type { StoredDataset, TrainEvents, Trained, TrainSettings } from '../engine.ts';
import { configOf, type KeptSettings, settingsOf } from '../storage/run-settings.ts';
import { type Decoding, startDecoding } from './decoding.ts';
import { checkDataset, newModel, newOptimizer, thatFit } from './prepare.ts';
import { outcomeOf, type Testing } from './test-best.ts';
import { trainRun } from './train-run.ts';

/** What runs need of the engine. */
export interface Surroundings {
  runs: IndexedDbRuns;
  /** A data set of that name. @throws UserError when there is none */
  dataset(name: string): Promise<Dataset & Pick<StoredDataset, 'seed' | 'testShare'>>;
  /** What computes now, and can train. */
  backend(): Promise<RunningBackend>;
}

/** The runs in the browser's storage, and the one that is trained. */
export class Runs {
  private readonly surroundings: Surroundings;
  private stopping: AbortController | undefined;

  constructor(surroundings: Surroundings) {
    this.surroundings = surroundings;
  }

  async begin(given: TrainSettings, events: TrainEvents): Promise<Trained> {
    const dataset = await this.surroundings.dataset(given.dataset);
    checkDataset(dataset);
    const running = await this.surroundings.backend();
    const model = await newModel(given, dataset);
    try {
      newOptimizer(model, given).dispose(); // tells of impossible learning rates
      const isWasm = running.backend === 'wasm';
      const fitting = isWasm ? thatFit(given, model, (sentence) => events.notice(sentence)) : given;
      const { weights: _, ...settings } = fitting;
      const environment = { backend: running.backend, browser: navigator.userAgent };
      const config = configOf(settings, dataset, environment);
      const store = await this.surroundings.runs.begin(given.run, config);
      const { classNames } = dataset;
      const progress = { epoch: 1, step: 0, batch: 0, best: null };
      // From the beginning on, since weights that came from a file cannot be made again.
      await store.save('last', { model, velocities: [], progress, classNames });
      await store.release();
    } finally {
      model.dispose();
    }
    return this.resume(given.run, events);
  }

  async resume(run: string, events: TrainEvents): Promise<Trained> {
    const { runs } = this.surroundings;
    const { config } = await runs.find(run);
    const settings = settingsOf(run, config);
    const dataset = await this.datasetOf(settings, config.classNames);
    return this.train(settings, dataset, await runs.store(run), events);
  }

  stop(): void {
    this.stopping?.abort();
  }

  /** Does something that needs the pictures of a run's data set. */
  async withPictures<T>(
    run: string,
    events: Testing['events'],
    work: (testing: Testing, kept: KeptRun) => Promise<T>,
  ): Promise<T> {
    const { runs } = this.surroundings;
    const kept = await runs.find(run);
    const settings = settingsOf(run, kept.config);
    const dataset = await this.datasetOf(settings, kept.config.classNames);
    const store = await runs.store(run);
    await this.surroundings.backend();
    return decoded((pieces) => work({ settings, dataset, store, events, ...pieces }, kept));
  }

  private async train(
    settings: KeptSettings,
    dataset: Dataset,
    store: IndexedDbRunStore,
    events: TrainEvents,
  ): Promise<Trained> {
    if (this.stopping) throw new UserError('There is a training already. Stop it first.');
    const stopping = new AbortController();
    this.stopping = stopping;
    const { signal } = stopping;
    const backend = () => this.surroundings.backend();
    try {
      return await decoded(async (pieces) => {
        const training = { settings, dataset, store, events, signal, backend, ...pieces };
        return outcomeOf(training, await trainRun(training));
      });
    } finally {
      this.stopping = undefined;
      await store.release();
    }
  }

  private async datasetOf(
    settings: KeptSettings,
    classNames: readonly string[],
  ): Promise<Dataset & Pick<StoredDataset, 'seed' | 'testShare'>> {
    const dataset = await this.surroundings.dataset(settings.dataset);
    if (dataset.classNames.join('\n') === classNames.join('\n')) return dataset;
    throw new UserError(
      `The run ${settings.run} learned other classes than those that the pictures of ${settings.dataset} have now. Name the classes as they were, or begin a new run.`,
    );
  }
}

async function decoded<T>(
  work: (pieces: Pick<Decoding, 'pictures'> & { cache: MemoryPictureCache }) => Promise<T>,
): Promise<T> {
  const { pictures, end } = startDecoding();
  try {
    return await work({ pictures, cache: new MemoryPictureCache(pictures) });
  } finally {
    end();
  }
}
