import { type Dataset, limit, MemoryPictureCache, splitValidation, UserError } from '@fbsd/trainer';
import type { IndexedDbRunStore, IndexedDbRuns, KeptRun } from '@fbsd/trainer/web';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { RunningBackend } from '../backends/running-backend.ts';
import type { StoredDataset, TrainEvents, Trained, TrainSettings } from '../engine.ts';
import { picturesOfRun } from '../storage/pictures-of-run.ts';
import { configOf, type KeptSettings, settingsOf } from '../storage/run-settings.ts';
import { type Decoding, startDecoding } from './decoding.ts';
import { newOptimizer } from './optimizer.ts';
import { checkDataset, newModel, thatFit } from './prepare.ts';
import { bestCheckpoint, type Testing } from './test-best.ts';
import { trainRun } from './train-run.ts';

/** What runs need of the engine. */
export interface Surroundings {
  runs: IndexedDbRuns;
  /** A data set of that name. @throws UserError when there is none */
  dataset(name: string): Promise<Dataset & Pick<StoredDataset, 'seed' | 'testShare'>>;
  datasets(): Promise<StoredDataset[]>;
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
      try {
        // From the beginning on, since weights that came from a file cannot be made again.
        await store.save('last', { model, velocities: [], progress, classNames });
      } catch (error) {
        await store.release();
        await this.surroundings.runs.delete(given.run); // nothing could go on from it
        throw error;
      }
      await store.release();
    } finally {
      model.dispose();
    }
    return this.resume(given.run, events);
  }

  async resume(run: string, events: TrainEvents): Promise<Trained> {
    const { runs } = this.surroundings;
    const kept = await runs.find(run);
    const dataset = await this.datasetOf(kept);
    return this.train(settingsOf(run, kept.config), dataset, await runs.store(run), events);
  }

  stop(): void {
    this.stopping?.abort();
  }

  /** Does something with the best model of a run, and the names of its classes. */
  async withModel<T>(
    run: string,
    work: (model: LayersModel, classNames: readonly string[]) => Promise<T>,
  ): Promise<T> {
    const store = await this.surroundings.runs.store(run);
    await this.surroundings.backend();
    const checkpoint = await bestCheckpoint({ store });
    if (!checkpoint) throw new UserError(`The run ${run} has no model yet. Train it first.`);
    const { model, classNames } = checkpoint;
    try {
      return await work(model, classNames);
    } finally {
      model.dispose();
    }
  }

  /** Does something that needs the pictures of a run's data set. */
  async withPictures<T>(
    run: string,
    events: Testing['events'],
    work: (testing: Testing) => Promise<T>,
  ): Promise<T> {
    const { runs } = this.surroundings;
    const kept = await runs.find(run);
    const settings = settingsOf(run, kept.config);
    const dataset = await this.datasetOf(kept);
    const store = await runs.store(run);
    await this.surroundings.backend();
    return decoded((pieces) => work({ settings, dataset, store, events, ...pieces }));
  }

  /** Whether the pictures of a run are in this browser. */
  async hasPictures(run: string): Promise<boolean> {
    const [{ config }, datasets] = await Promise.all([
      this.surroundings.runs.find(run),
      this.surroundings.datasets(),
    ]);
    return picturesOfRun(config, datasets) !== undefined;
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
      return await decoded((pieces) =>
        trainRun({ settings, dataset, store, events, signal, backend, ...pieces }),
      );
    } finally {
      this.stopping = undefined;
      await store.release();
    }
  }

  /** @throws UserError when its pictures are not here */
  private async datasetOf({ name, config }: KeptRun): Promise<Dataset> {
    const datasets = await this.surroundings.datasets();
    const found = picturesOfRun(config, datasets);
    const settings = settingsOf(name, config);
    if (found) {
      const whole = await this.surroundings.dataset(found.name);
      const { limit: most, validationSplit: share, seed } = settings;
      const dataset = most ? limit(whole, most) : whole;
      return share
        ? splitValidation(dataset, { share, ...(seed !== undefined && { seed }) })
        : dataset;
    }
    const { dataset } = settings;
    throw new UserError(
      datasets.some((other) => other.name === dataset)
        ? `The run ${name} learned other classes than those that the pictures of ${dataset} have now. Name the classes as they were, or begin a new run.`
        : `The pictures that the run ${name} learned from are not in this browser. Add them on the screen Data, in classes of the same names: ${listed(config.classNames)}.`,
    );
  }
}

/** The first of many names. */
function listed(names: readonly string[]): string {
  const most = 5;
  return names.length > most
    ? `${names.slice(0, most).join(', ')} and ${names.length - most} more`
    : names.join(', ');
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
