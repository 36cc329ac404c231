import { type Classification, UserError } from '@fbsd/trainer';
import { Computing } from './computing.ts';
import type {
  Backend,
  ModelInfo,
  ModelSource,
  NamedBlob,
  OnDoing,
  Started,
  StartOptions,
} from './engine.ts';
import { OneAtATime } from './one-at-a-time.ts';
import { fetchBundled } from './prediction/bundled-model.ts';
import { openModel } from './prediction/open-model.ts';
import { Predictor } from './prediction/predictor.ts';

const BUNDLED = 'Drawn birds';

/** The engine, in its Worker. What a page needs only once it trains is loaded then. */
export class WorkerEngine {
  private readonly queue = new OneAtATime();
  private readonly computing = new Computing(() => void this.replaceGPU());
  private predictor: Predictor | undefined;
  /** To load the model again on another backend. */
  private loaded: { name: string; files: readonly NamedBlob[] } | undefined;

  start(wanted?: Backend, options: StartOptions = {}): Promise<Started> {
    return this.queue.run(async () => {
      const started = await this.computing.start(wanted, options);
      await this.reload();
      return started;
    });
  }

  load(source: ModelSource, onDoing: OnDoing): Promise<ModelInfo> {
    return this.queue.run(async () => {
      const files = await this.filesOf(source, onDoing);
      await this.computing.current();
      const predictor = new Predictor(nameOf(source), await openModel(files));
      this.predictor?.dispose();
      this.predictor = predictor;
      this.loaded = { name: predictor.info.name, files };
      return predictor.info;
    });
  }

  classify(picture: Blob, top: number): Promise<Classification[]> {
    return this.queue.run(async () => this.model().classify(picture, top));
  }

  private model(): Predictor {
    if (this.predictor) return this.predictor;
    throw new UserError('There is no model yet. Load one, or train one.');
  }

  private async filesOf(source: ModelSource, onDoing: OnDoing): Promise<readonly NamedBlob[]> {
    if (source.kind === 'bundled') return fetchBundled(onDoing);
    if (source.kind === 'files') return source.files;
    throw new UserError('runs: soon');
  }

  /** On the backend that has been started: the tensors of the one before are gone. */
  private async reload(): Promise<void> {
    if (!this.loaded) return;
    const { name, files } = this.loaded;
    this.predictor = new Predictor(name, await openModel(files));
  }

  private async replaceGPU(): Promise<void> {
    await this.queue.run(async () => {
      await this.computing.replace();
      await this.reload();
    });
  }
}

function nameOf(source: ModelSource): string {
  if (source.kind === 'bundled') return BUNDLED;
  if (source.kind === 'run') return source.run;
  const [first] = source.files;
  return first?.path.split('/')[0] ?? 'model';
}
