import type { RunningBackend } from './backends/running-backend.ts';
import { startBackend } from './backends/start-backend.ts';
import type { Backend, Started, StartOptions } from './engine.ts';

/** What computes now, and what happens when it is gone. */
export class Computing {
  private running: RunningBackend | undefined;
  private started: Started | undefined;
  private wanted: Backend | undefined;
  private options: StartOptions = {};
  private readonly onReplaced: (sentence: string) => void;

  /** @param onReplaced is told that the GPU was lost; call {@link replace} then */
  constructor(onReplaced: (sentence: string) => void) {
    this.onReplaced = onReplaced;
  }

  /** The backend in use, which is started if there is none. */
  async current(): Promise<RunningBackend> {
    if (!this.running) await this.start(this.wanted, this.options);
    return this.running as RunningBackend;
  }

  /** Starts a backend in place of the one that runs, whose tensors are lost. The one that runs stays if it is wanted. */
  async start(wanted: Backend | undefined, options: StartOptions): Promise<Started> {
    const same = wanted === this.wanted && sameOptions(options, this.options);
    if (this.started && same) return this.started;
    await this.end();
    const { running, passedOver } = await startBackend(wanted, options);
    const { backend, threads, adapter } = running;
    this.running = running;
    this.wanted = wanted;
    this.options = options;
    this.started = { backend, threads, ...(adapter !== undefined && { adapter }), passedOver };
    void running.lost.then((sentence) => {
      if (this.running === running) this.onReplaced(sentence);
    });
    return this.started;
  }

  /** Goes on without a GPU. */
  replace(): Promise<Started> {
    return this.start('wasm', this.options);
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
