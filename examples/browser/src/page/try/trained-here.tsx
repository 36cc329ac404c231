import { useEffect } from 'preact/hooks';
import { loadModel, model, modelSource } from '../state/model.ts';
import { refreshRuns, runs } from '../state/runs.ts';

/** Takes a model that was trained in this browser. */
export function TrainedHere() {
  const isReady = model.value !== null;
  useEffect(() => {
    if (isReady) void refreshRuns(); // what reads them is loaded after the model
  }, [isReady]);
  const usable = runs.value.filter(({ best, epochs }) => best !== null || epochs > 0);
  if (usable.length === 0) return null;
  const source = modelSource.value;
  return (
    <label class="field">
      <span class="label">Trained in this browser</span>
      <select
        class="input"
        value={source.kind === 'run' ? source.run : ''}
        onChange={({ currentTarget: { value } }) => {
          if (value) void loadModel({ kind: 'run', run: value });
        }}
      >
        <option value="">Choose a run</option>
        {usable.map(({ run }) => (
          <option key={run} value={run}>
            {run}
          </option>
        ))}
      </select>
    </label>
  );
}
