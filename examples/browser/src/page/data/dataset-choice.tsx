import { useState } from 'preact/hooks';
import { Confirm } from '../parts/confirm.tsx';
import { dataset, datasetName, datasets, forgetDataset } from '../state/datasets.ts';
import { training, trainingNow } from '../state/training.ts';
import { plural } from '../words/plural.ts';
import './dataset-choice.css';

/** Chooses which data set is shown, and deletes it. */
export function DatasetChoice() {
  const [asking, setAsking] = useState(false);
  const shown = dataset.value;
  const isLearnedFrom = trainingNow.value && training.value?.settings.dataset === shown?.name;
  const pictures = shown ? shown.train.length + shown.test.length : 0;
  return (
    <div class="dataset-choice">
      <label class="field">
        <span class="label">Data set</span>
        <select
          class="input"
          value={datasetName.value ?? ''}
          onChange={({ currentTarget }) => {
            datasetName.value = currentTarget.value || null;
          }}
        >
          {datasets.value?.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
          <option value="">A new one</option>
        </select>
      </label>
      {shown && (
        <>
          <p class="soft summary">
            {plural(pictures, 'picture')} in {plural(shown.classNames.length, 'class', 'classes')}
          </p>
          <div class="row">
            <a class="button primary" href="#train">
              Train on it
            </a>
            <button
              type="button"
              class="button plain danger"
              disabled={isLearnedFrom}
              title={isLearnedFrom ? 'It is being learned from' : undefined}
              onClick={() => setAsking(true)}
            >
              Delete
            </button>
          </div>
        </>
      )}
      {asking && shown && (
        <Confirm
          title={`Delete “${shown.name}”?`}
          action="Delete"
          onConfirm={() => forgetDataset(shown.name)}
          onClose={() => setAsking(false)}
        >
          Its {plural(pictures, 'picture')} are removed from this browser’s storage. Your own files
          stay as they are.
        </Confirm>
      )}
    </div>
  );
}
