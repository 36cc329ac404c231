import { runs } from '../state/runs.ts';
import { training } from '../state/training.ts';
import { ImportRun } from './import-run.tsx';
import { RunCard } from './run-card.tsx';
import './runs.css';

/** The runs in the browser's storage, and how to bring one. */
export function Runs() {
  const others = runs.value.filter(({ run }) => run !== training.value?.settings.run);
  return (
    <section class="stack" aria-labelledby="runs-title">
      <h2 id="runs-title">Runs in this browser</h2>
      {others.length > 0 && (
        <ul class="runs">
          {others.map((run) => (
            <RunCard key={run.run} info={run} />
          ))}
        </ul>
      )}
      <ImportRun />
    </section>
  );
}
