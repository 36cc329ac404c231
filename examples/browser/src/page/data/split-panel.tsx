import { percent } from '@fbsd/trainer/format';
import type { StoredDataset } from '../../engine/engine.ts';
import { changeDataset } from '../state/datasets.ts';
import { plural } from '../words/plural.ts';
import './split-panel.css';

const SHARES = [0.1, 0.2, 0.3, 0.4] as const;

/** Which pictures are kept for testing, and why it is these. */
export function SplitPanel({ dataset }: { dataset: StoredDataset }) {
  const { name, train, test, seed, testShare } = dataset;
  const split = (change: { seed?: number; testShare?: number }) =>
    changeDataset(name, { change: 'split', seed, testShare, ...change });
  const shares = [...new Set([...SHARES, testShare])].sort();
  return (
    <section class="split-panel card" aria-labelledby="split-title">
      <div>
        <h2 id="split-title">Learning and testing</h2>
        <p class="soft small">
          {plural(train.length, 'picture')} to learn from, {plural(test.length, 'picture')} to test
          with. The same number below always chooses the same ones.
        </p>
        <div class="split-bar" aria-hidden="true">
          <i style={{ flexGrow: train.length }} />
          <i style={{ flexGrow: test.length }} />
        </div>
      </div>
      <label class="field">
        <span class="label">Kept for testing</span>
        <select
          class="input"
          value={testShare}
          onChange={({ currentTarget }) => split({ testShare: Number(currentTarget.value) })}
        >
          {shares.map((share) => (
            <option key={share} value={share}>
              {percent(share, 0)} of each class
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span class="label">Number (seed)</span>
        <input
          class="input"
          type="number"
          min={0}
          max={2 ** 32 - 1}
          step={1}
          value={seed}
          onChange={({ currentTarget }) => {
            if (currentTarget.reportValidity()) void split({ seed: currentTarget.valueAsNumber });
          }}
        />
      </label>
    </section>
  );
}
