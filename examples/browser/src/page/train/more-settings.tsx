import { CheckField } from './check-field.tsx';
import { type Asked, EMA_DECAY } from './defaults.ts';
import { change, seed } from './form-state.ts';
import './more-settings.css';
import { NumberField } from './number-field.tsx';

/** Asks for what is good as it is offered, for most. */
export function MoreSettings({ settings }: { settings: Asked }) {
  return (
    <details class="wide">
      <summary>More settings</summary>
      <fieldset>
        <legend class="label">Steps</legend>
        <div class="more">
          <NumberField
            label="Pictures at once"
            hint="More take more memory."
            value={settings.batchSize}
            min={2}
            max={64}
            onChange={(batchSize) => change({ batchSize })}
          />
          <label class="field">
            <span class="label">Optimizer</span>
            <select
              class="input"
              value={settings.optimizer}
              onChange={({ currentTarget: { value } }) =>
                change({
                  optimizer: value as Asked['optimizer'],
                  newLearningRate: undefined, // each has its own
                  pretrainedLearningRate: undefined,
                })
              }
            >
              <option value="sgd">SGD</option>
              <option value="adamw">AdamW</option>
            </select>
            <span class="hint">
              SGD as in the paper. AdamW forgives more, and takes more memory.
            </span>
          </label>
          <NumberField
            label="Learning rate, new layers"
            value={settings.newLearningRate}
            min={0}
            step="any"
            onChange={(newLearningRate) => change({ newLearningRate })}
          />
          <NumberField
            label="Learning rate, network"
            value={settings.pretrainedLearningRate}
            min={0}
            step="any"
            onChange={(pretrainedLearningRate) => change({ pretrainedLearningRate })}
          />
          <NumberField
            label="Seed"
            hint="The same one trains the same."
            value={seed.value}
            min={0}
            max={2 ** 32 - 1}
            onChange={(value) => {
              seed.value = value;
            }}
          />
        </div>
      </fieldset>
      <fieldset>
        <legend class="label">For few pictures</legend>
        <div class="more">
          <CheckField
            label="TrivialAugment"
            hint="Shifts, turns or recolours each picture a little, another way every time."
            value={settings.trivialAugment}
            onChange={(trivialAugment) => change({ trivialAugment })}
          />
          <NumberField
            label="Random erasing"
            hint="Share of pictures in which a rectangle is erased: 0.25 is usual, 0 is none."
            value={settings.randomErasing}
            min={0}
            max={1}
            step="any"
            onChange={(randomErasing) => change({ randomErasing })}
          />
          <NumberField
            label="Label smoothing"
            hint="Keeps it from being too sure of one class: 0.1 is usual, 0 is none."
            value={settings.labelSmoothing}
            min={0}
            max={0.9}
            step="any"
            onChange={(labelSmoothing) => change({ labelSmoothing })}
          />
        </div>
      </fieldset>
      <fieldset>
        <legend class="label">Test</legend>
        <div class="more">
          <CheckField
            label="Average of the weights (EMA)"
            hint="What is tested and kept is the average over the last steps: steadier, for some memory."
            value={settings.emaDecay > 0}
            onChange={(averages) => change({ emaDecay: averages ? EMA_DECAY : 0 })}
          />
          <CheckField
            label="Test mirror images, too"
            hint="Tests look at each picture twice, and take the mean: slower, often a little better."
            value={settings.testTimeFlip}
            onChange={(testTimeFlip) => change({ testTimeFlip })}
          />
        </div>
      </fieldset>
    </details>
  );
}
