import { DivergenceError, train as runTraining } from '@fbsd/trainer';
import { stopSignals } from '../commands/stop-signals.ts';
import { averageFor } from '../setup/average.ts';
import { newNetwork } from '../setup/network.ts';
import { openBackend, openDataset } from '../setup/open.ts';
import { optimizerFor } from '../setup/optimizer.ts';
import { trainingOf } from '../setup/training.ts';
import { awaitPlan, checkSamples } from './plan.ts';
import type { Processes } from './processes.ts';
import { sayAs } from './say-as.ts';

/**
 * Trains with process 0, which has read the flags, keeps the run and says how it goes: another process takes its share of each
 * batch, and says nothing but what went wrong.
 *
 * @returns the exit code
 */
export async function follow(processes: Processes): Promise<number> {
  const plan = awaitPlan(processes);
  if (plan === null) return 0;
  const { settings, backend, progress } = plan;
  const silent = () => {};
  const dataset = await openDataset(settings, silent);
  checkSamples(dataset, plan);
  await openBackend({ ...settings, backend }, silent);
  const model = await newNetwork(settings, dataset.classNames.length, 'zeros'); // its weights come from process 0
  const optimizer = await optimizerFor(model, settings);
  const average = averageFor(model, settings);
  const stop = stopSignals(silent);
  try {
    const result = await runTraining({
      ...trainingOf(settings, sayAs(processes)),
      ...{ model, optimizer, average, dataset },
      ...(progress && { progress }),
      signal: stop.signal,
      communicator: processes,
    });
    if (!result.finished) return stop.exitCode; // a signal of its own may be on its way, and must not end it before process 0
    stop.release();
    return 0;
  } catch (error) {
    if (!(error instanceof DivergenceError)) throw error;
    processes.end(); // all found it: process 0 says it, and ends all
    return 1;
  }
}
