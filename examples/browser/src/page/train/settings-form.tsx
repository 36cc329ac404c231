import { useState } from 'preact/hooks';
import type { StoredDataset, TrainSettings } from '../../engine/engine.ts';
import { Notice } from '../parts/notice.tsx';
import { datasetName } from '../state/datasets.ts';
import { started } from '../state/device.ts';
import { runs } from '../state/runs.ts';
import { startTraining } from '../state/training.ts';
import { deviceWords } from '../words/device-words.ts';
import { plural } from '../words/plural.ts';
import { type Asked, defaultsFor, paceOf } from './defaults.ts';
import { NetworkChoice } from './network-choice.tsx';
import { NumberField } from './number-field.tsx';
import { freeRunName } from './run-name.ts';
import './settings-form.css';
import { WeightsField } from './weights-field.tsx';

/** Asks how to train; what is offered fits the pictures. */
export function SettingsForm({ datasets }: { datasets: readonly StoredDataset[] }) {
  const [arch, setArch] = useState<TrainSettings['arch']>('mini');
  const [changed, setChanged] = useState<Partial<Asked>>({});
  const [seed, setSeed] = useState(666);
  const [name, setName] = useState<string>();
  const [weights, setWeights] = useState<File>();

  const dataset = datasets.find((each) => each.name === datasetName.value) ?? datasets[0];
  if (!dataset) return null;
  const pictures = dataset.train.length;
  const settings = { ...defaultsFor(arch, pictures), ...changed };
  const run = name ?? freeRunName(dataset.name, runs.value);
  const taken = runs.value.some((other) => other.run === run.trim());
  const set = (change: Partial<Asked>) => setChanged({ ...changed, ...change });
  const predictsOnly = started.value?.backend === 'webgl';

  const train = (event: SubmitEvent) => {
    event.preventDefault();
    void startTraining({
      run: run.trim(),
      dataset: dataset.name,
      arch,
      ...settings,
      ...paceOf(settings, pictures),
      seed,
      saveEverySteps: 50,
      ...(arch !== 'mini' && weights && { weights }),
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
          onInput={({ currentTarget }) => setName(currentTarget.value)}
        />
        <span class={`hint${taken ? ' taken' : ''}`}>
          {taken
            ? 'There is a run of this name: choose another.'
            : 'Kept in this browser’s storage.'}
        </span>
      </label>
      <NetworkChoice
        arch={arch}
        onChange={(chosen) => {
          setArch(chosen);
          setChanged({});
        }}
      />
      {arch !== 'mini' && <WeightsField weights={weights} onChange={setWeights} />}
      <NumberField
        label="Epochs"
        hint="Times through all pictures."
        value={settings.totalEpochs}
        min={1}
        max={1000}
        onChange={(totalEpochs) => set({ totalEpochs })}
      />
      <NumberField
        label="Picture size"
        hint="Pixels of a side. Larger shows more, and takes longer."
        value={settings.imageSize}
        min={96}
        max={512}
        step={32}
        onChange={(imageSize) => set({ imageSize })}
      />
      <details class="wide">
        <summary>More settings</summary>
        <div class="more">
          <NumberField
            label="Pictures at once"
            hint="More take more memory."
            value={settings.batchSize}
            min={2}
            max={64}
            onChange={(batchSize) => set({ batchSize })}
          />
          <NumberField
            label="Learning rate, new layers"
            value={settings.newLearningRate}
            min={0}
            step="any"
            onChange={(newLearningRate) => set({ newLearningRate })}
          />
          <NumberField
            label="Learning rate, network"
            value={settings.pretrainedLearningRate}
            min={0}
            step="any"
            onChange={(pretrainedLearningRate) => set({ pretrainedLearningRate })}
          />
          <NumberField
            label="Seed"
            hint="The same one trains the same."
            value={seed}
            min={0}
            max={2 ** 32 - 1}
            onChange={setSeed}
          />
        </div>
      </details>
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
