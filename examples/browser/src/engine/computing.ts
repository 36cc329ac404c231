import type { RunningBackend } from './backends/running-backend.ts';
import { startBackend } from './backends/start-backend.ts';
import type { Backend, Started, StartOptions } from './engine.ts';

/** What computes now, and what happens when it is gone. */
export class Computing {
  private running: RunningBackend | undefined;
  private started: Started | undefined;
  private wanted: Backend | undefined;
  private options: StartOptions = {};
  private generations = 0;
  private readonly onLost: (sentence: string) => void;

  /** @param onLost is told that the GPU was lost; call {@link replace} then */
  constructor(onLost: (sentence: string) => void) {
    this.onLost = onLost;
  }

  /** The backend in use, which is started if there is none. */
  async current(): Promise<RunningBackend> {
    if (!this.running) await this.start(this.wanted, this.options);
    return this.running as RunningBackend;
  }

  /** Changes with every backend that is started: the tensors of the one before are lost. */
  get generation(): number {
    return this.generations;
  }

  /**
   * Starts a backend in place of the one that runs. The one that runs stays if it is wanted.
   *
   * @throws UserError when the one that is wanted cannot be had: the one before is started again
   */
  async start(wanted: Backend | undefined, options: StartOptions): Promise<Started> {
    const same = wanted === this.wanted && sameOptions(options, this.options);
    if (this.started && same) return this.started;
    const before = this.started && { wanted: this.wanted, options: this.options };
    await this.end();
    try {
      return await this.begin(wanted, options);
    } catch (error) {
      if (before) await this.begin(before.wanted, before.options);
      throw error;
    }
  }

  /** Goes on without a GPU. @returns null where there is none any more */
  async replace(): Promise<Started | null> {
    return this.started?.backend === 'wasm' ? null : this.start('wasm', this.options);
  }

  private async begin(wanted: Backend | undefined, options: StartOptions): Promise<Started> {
    const { running, passedOver } = await startBackend(wanted, options);
    const { backend, threads, adapter } = running;
    this.generations++;
    this.running = running;
    this.wanted = wanted;
    this.options = options;
    this.started = { backend, threads, ...(adapter !== undefined && { adapter }), passedOver };
    void running.lost.then((sentence) => {
      if (this.running === running) this.onLost(sentence);
    });
    return this.started;
  }

  private async end(): Promise<void> {
    const { running } = this;
    this.running = undefined;
    this.started = undefined;
    await running?.dispose();
  }
}

function sameOptions(a: StartOptions, b: StartOptions): boolean {
  return a.threads === b.threads && Boolean(a.allowSoftware) === Boolean(b.allowSoftware);
}
