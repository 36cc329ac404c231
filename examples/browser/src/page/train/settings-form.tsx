import { useEffect } from 'preact/hooks';
import type { StoredDataset } from '../../engine/engine.ts';
import { Notice } from '../parts/notice.tsx';
import { datasetName } from '../state/datasets.ts';
import { started } from '../state/device.ts';
import { runs } from '../state/runs.ts';
import { startTraining } from '../state/training.ts';
import { deviceWords } from '../words/device-words.ts';
import { plural } from '../words/plural.ts';
import { defaultsFor, paceOf } from './defaults.ts';
import { arch, change, changed, renewName, seed, typedName, weights } from './form-state.ts';
import { MoreSettings } from './more-settings.tsx';
import { NetworkChoice } from './network-choice.tsx';
import { NumberField } from './number-field.tsx';
import { freeRunName } from './run-name.ts';
import './settings-form.css';
import { WeightsField } from './weights-field.tsx';

/** Asks how to train; what is offered fits the pictures. */
export function SettingsForm({ datasets }: { datasets: readonly StoredDataset[] }) {
  useEffect(renewName, []);
  const dataset = datasets.find((each) => each.name === datasetName.value) ?? datasets[0];
  if (!dataset) return null;
  const pictures = dataset.train.length;
  const offered = defaultsFor(arch.value, pictures, changed.value.optimizer);
  const settings = { ...offered, ...changed.value };
  const run = typedName.value ?? freeRunName(dataset.name, runs.value);
  const taken = runs.value.some((other) => other.run === run.trim());
  const predictsOnly = started.value?.backend === 'webgl';

  const train = (event: SubmitEvent) => {
    event.preventDefault();
    void startTraining({
      run: run.trim(),
      dataset: dataset.name,
      arch: arch.value,
      ...settings,
      ...paceOf(settings, pictures),
      seed: seed.value,
      saveEverySteps: 50,
      ...(arch.value !== 'mini' && weights.value && { weights: weights.value }),
    });
  };
  return (
    <form class="settings-form card" onSubmit={train}>
      <label class="field">
        <span class="label">Learn from</span>
        <select
          class="input"
          value={dataset.name}
          onChange={({ currentTarget }) => {
            datasetName.value = currentTarget.value;
          }}
        >
          {datasets.map((each) => (
            <option key={each.name} value={each.name}>
              {each.name}
            </option>
          ))}
        </select>
        <span class="hint">
          {plural(pictures, 'picture')} to learn from and {dataset.test.length} to test with, in{' '}
          {plural(dataset.classNames.length, 'class', 'classes')}.
        </span>
      </label>
      <label class="field">
        <span class="label">Name of the run</span>
        <input
          class="input"
          required
          maxLength={80}
          value={run}
          onInput={({ currentTarget }) => {
            typedName.value = currentTarget.value;
          }}
        />
        <span class={`hint${taken ? ' taken' : ''}`}>
          {taken
            ? 'There is a run of this name: choose another.'
            : 'Kept in this browser’s storage.'}
        </span>
      </label>
      <NetworkChoice
        arch={arch.value}
        onChange={(chosen) => {
          arch.value = chosen;
        }}
      />
      {arch.value !== 'mini' && (
        <WeightsField
          weights={weights.value}
          onChange={(file) => {
            weights.value = file;
          }}
        />
      )}
      <NumberField
        label="Epochs"
        hint="Times through all pictures."
        value={settings.totalEpochs}
        min={1}
        max={1000}
        onChange={(totalEpochs) => change({ totalEpochs })}
      />
      <NumberField
        label="Picture size"
        hint="Pixels of a side. Larger shows more, and takes longer."
        value={settings.imageSize}
        min={96}
        max={512}
        step={32}
        onChange={(imageSize) => change({ imageSize })}
      />
      <MoreSettings settings={settings} />
      {predictsOnly && (
        <Notice>
          WebGL only predicts. Choose WebGPU or WebAssembly at the top right to train.
        </Notice>
      )}
      <div class="wide start">
        <button type="submit" class="button primary" disabled={taken || predictsOnly}>
          Start training
        </button>
        <p class="small soft">
          {started.value && `${deviceWords(started.value)} `}
          How long it takes is known after five steps.
        </p>
      </div>
    </form>
  );
}
