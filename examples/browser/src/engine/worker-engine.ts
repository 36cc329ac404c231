import { type Classification, UserError } from '@fbsd/trainer';
import { GPULost, unlessLost } from './backends/lost-gpu.ts';
import type { RunningBackend } from './backends/running-backend.ts';
import { Computing } from './computing.ts';
import type {
  Backend,
  DatasetChange,
  Engine,
  Explained,
  Exported,
  ExportKind,
  ModelInfo,
  ModelSource,
  NamedBlob,
  OnDoing,
  OnReplaced,
  RunInfo,
  Started,
  StartOptions,
  StoredDataset,
  TrainEvents,
  Trained,
  TrainSettings,
} from './engine.ts';
import { OneAtATime } from './one-at-a-time.ts';
import { fetchBundled } from './prediction/bundled-model.ts';
import { openModel } from './prediction/open-model.ts';
import { Predictor } from './prediction/predictor.ts';
import type { Storage } from './storage/open-storage.ts';
import type { Runs } from './training/runs.ts';

const BUNDLED = 'Drawn birds';

/** The engine, in its Worker. What is needed only once somebody explains, keeps pictures or trains is loaded then. */
export class WorkerEngine implements Engine {
  private readonly queue = new OneAtATime();
  private readonly computing = new Computing((sentence) => {
    void this.queue.run(() => this.replaceGPU(sentence));
  });
  private onReplaced: OnReplaced = () => {};
  private predictor: Predictor | undefined;
  /** To load the model again on another backend. */
  private loaded: { name: string; files: readonly NamedBlob[]; generation: number } | undefined;
  private stored: Promise<Storage> | undefined;
  private trainer: Promise<Runs> | undefined;
  private isTraining = false;

  start(wanted?: Backend, options: StartOptions = {}): Promise<Started> {
    return this.queue.run(async () => {
      if (this.isTraining) throw new UserError('A training is under way. Stop it first.');
      return this.computing.start(wanted, options).finally(() => this.reload());
    });
  }

  watch(onReplaced: OnReplaced): void {
    this.onReplaced = onReplaced;
  }

  load(source: ModelSource, onDoing: OnDoing): Promise<ModelInfo> {
    return this.queue.run(async () => {
      const files = await this.filesOf(source, onDoing);
      return this.computed(() => this.open(nameOf(source), files, onDoing));
    });
  }

  classify(picture: Blob, top: number): Promise<Classification[]> {
    return this.queue.run(() => this.computed(async () => this.model().classify(picture, top)));
  }

  explain(pictures: readonly NamedBlob[]): Promise<Explained[]> {
    return this.queue.run(async () => {
      const { explainPictures } = await import('./explaining/explain-pictures.ts');
      return this.computed(async () => explainPictures(this.model(), pictures));
    });
  }

  async picturesOfZip(archive: Blob): Promise<NamedBlob[]> {
    const { filesOfZip } = await import('@fbsd/datasets/web');
    return filesOfZip(archive);
  }

  async datasets(): Promise<StoredDataset[]> {
    return (await this.storage()).datasets.list();
  }

  async change(dataset: string, change: DatasetChange, onDoing: OnDoing): Promise<StoredDataset> {
    return (await this.storage()).datasets.change(dataset, change, onDoing);
  }

  async forgetDataset(dataset: string): Promise<void> {
    return (await this.storage()).datasets.forget(dataset);
  }

  async thumbnail(_: string, path: string): Promise<Blob> {
    return (await this.storage()).datasets.thumbnail(path);
  }

  async picture(_: string, path: string): Promise<Blob> {
    return (await this.storage()).datasets.picture(path);
  }

  train(settings: TrainSettings, events: TrainEvents): Promise<Trained> {
    return this.whileTraining(async () => (await this.training()).begin(settings, events));
  }

  resume(run: string, events: TrainEvents): Promise<Trained> {
    return this.whileTraining(async () => (await this.training()).resume(run, events));
  }

  async stop(): Promise<void> {
    (await this.trainer)?.stop();
  }

  async runs(): Promise<RunInfo[]> {
    const [storage, { listRuns }] = await Promise.all([
      this.storage(),
      import('./storage/list-runs.ts'),
    ]);
    return listRuns(storage);
  }

  async importRun(files: readonly NamedBlob[]): Promise<string> {
    const [{ runs }, { importRun }] = await Promise.all([
      this.storage(),
      import('./storage/import-run.ts'),
    ]);
    return importRun(runs, files);
  }

  async forget(run: string): Promise<void> {
    return (await this.storage()).runs.delete(run);
  }

  async export(run: string, what: ExportKind, onDoing: OnDoing): Promise<Exported> {
    const [{ runs: kept }, runs, { exportRun }] = await Promise.all([
      this.storage(),
      this.training(),
      import('./exporting/export-run.ts'),
    ]);
    return this.computed(
      () => exportRun(run, what, { runs, kept }, onDoing),
      (work) => this.queue.run(work),
    );
  }

  /** What the browser keeps, which is opened when it is needed first. */
  private storage(): Promise<Storage> {
    this.stored ??= import('./storage/open-storage.ts').then(({ openStorage }) => openStorage());
    this.stored.catch(() => {
      this.stored = undefined; // another time it may be there
    });
    return this.stored;
  }

  /** What trains, which is loaded when it is needed first. */
  private training(): Promise<Runs> {
    this.trainer ??= this.loadTraining();
    this.trainer.catch(() => {
      this.trainer = undefined;
    });
    return this.trainer;
  }

  private async loadTraining(): Promise<Runs> {
    const [{ runs, datasets }, { Runs }] = await Promise.all([
      this.storage(),
      import('./training/runs.ts'),
    ]);
    return new Runs({
      runs,
      dataset: (name) => datasets.find(name),
      datasets: () => datasets.list(),
      backend: () => this.queue.run(() => this.backendForTraining()),
    });
  }

  private async backendForTraining(): Promise<RunningBackend> {
    const running = await this.computing.current();
    if (running.backend !== 'webgl') return running;
    const started = await this.computing.start(undefined, {});
    await this.reload();
    this.onReplaced(started, 'WebGL only predicts.');
    return this.computing.current();
  }

  private async whileTraining(work: () => Promise<Trained>): Promise<Trained> {
    if (this.isTraining) throw new UserError('A training is under way. Stop it first.');
    this.isTraining = true;
    try {
      return await work();
    } finally {
      this.isTraining = false;
    }
  }

  private model(): Predictor {
    if (this.predictor) return this.predictor;
    throw new UserError('There is no model yet. Load one, or train one.');
  }

  private async open(
    name: string,
    files: readonly NamedBlob[],
    onDoing: OnDoing,
  ): Promise<ModelInfo> {
    const running = await this.computing.current();
    const predictor = new Predictor(name, await openModel(files));
    if (running.backend !== 'wasm') {
      const unwatch = running.watchShaders((done, total) =>
        onDoing({ what: 'compiling', done, total, unit: 'shaders' }),
      );
      await predictor.warmUp().finally(unwatch);
    }
    this.predictor?.dispose();
    this.predictor = predictor;
    this.loaded = { name, files, generation: this.computing.generation };
    return predictor.info;
  }

  private async filesOf(source: ModelSource, onDoing: OnDoing): Promise<readonly NamedBlob[]> {
    if (source.kind === 'bundled') return fetchBundled(onDoing);
    if (source.kind === 'files') return source.files;
    const files = await (await this.storage()).runs.files(source.run);
    return files.map(({ path, bytes }) => ({ path, blob: new Blob([bytes as BlobPart]) }));
  }

  /** Loads the model anew where another backend has been started. */
  private async reload(): Promise<void> {
    const { generation } = this.computing;
    if (!this.loaded || this.loaded.generation === generation) return;
    const { name, files } = this.loaded;
    this.predictor = undefined;
    this.predictor = new Predictor(name, await openModel(files));
    this.loaded = { name, files, generation };
  }

  /**
   * Has something computed; where the GPU is lost meanwhile, once more without.
   *
   * @param inTurn makes the change of what computes wait for its turn. @default what calls this has it
   */
  private async computed<T>(
    work: () => Promise<T>,
    inTurn: (change: () => Promise<void>) => Promise<void> = (change) => change(),
  ): Promise<T> {
    try {
      return await unlessLost(await this.computing.current(), work);
    } catch (error) {
      if (!(error instanceof GPULost)) throw error;
      await inTurn(() => this.replaceGPU(error.message));
      return work();
    }
  }

  /** Goes on without the GPU, and tells the page; does nothing where it has been replaced already. */
  private async replaceGPU(sentence: string): Promise<void> {
    const started = await this.computing.replace();
    if (!started) return;
    await this.reload();
    this.onReplaced(started, sentence);
  }
}

function nameOf(source: ModelSource): string {
  if (source.kind === 'bundled') return BUNDLED;
  if (source.kind === 'run') return source.run;
  const [first] = source.files;
  return first?.path.split('/')[0]?.replace(/\.(zip|pth|pt|safetensors)$/i, '') ?? 'model';
}
