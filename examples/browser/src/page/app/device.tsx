import type { Backend } from '../../engine/engine.ts';
import { Icon } from '../parts/icons.tsx';
import { Notice } from '../parts/notice.tsx';
import { changeBackend, changeError, choice, startError, started } from '../state/device.ts';
import { trainingNow } from '../state/training.ts';
import { deviceName, deviceWords } from '../words/device-words.ts';
import './device.css';

const CHOICES: readonly { value: Backend | ''; words: string }[] = [
  { value: '', words: 'The fastest there is' },
  { value: 'webgpu', words: 'WebGPU: the graphics card' },
  { value: 'wasm', words: 'WebAssembly: the processor' },
  { value: 'webgl', words: 'WebGL: the graphics card, predicts only' },
];

/** What computes, in the header; more about it, and another choice, in a panel. */
export function Device() {
  const device = started.value;
  const change = (value: string) => {
    changeBackend((value || undefined) as Backend | undefined).catch(() => {}); // the page says so above
  };
  return (
    <div class="device">
      <button type="button" class="button plain" popovertarget="device-panel">
        <span class={`light ${device ? 'on' : startError.value ? 'off' : ''}`} />
        <span class="what">
          {device ? deviceName(device) : startError.value ? 'Stopped' : 'Starting'}
        </span>
      </button>
      <div
        id="device-panel"
        class="card"
        popover="auto"
        role="dialog"
        aria-labelledby="device-title"
      >
        <div class="panel-head">
          <h2 id="device-title">What computes</h2>
          <button
            type="button"
            class="button plain icon-only"
            aria-label="Close"
            popovertarget="device-panel"
            popovertargetaction="hide"
          >
            <Icon name="close" />
          </button>
        </div>
        {device && <p>{deviceWords(device)}</p>}
        {device && device.passedOver.length > 0 && (
          <ul class="passed-over small soft">
            {device.passedOver.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        )}
        <label class="field">
          <span class="label">Compute with</span>
          <select
            class="input"
            value={choice.value ?? ''}
            disabled={trainingNow.value}
            onChange={({ currentTarget }) => change(currentTarget.value)}
          >
            {CHOICES.map(({ value, words }) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
          {trainingNow.value && <span class="hint">Not while it trains: pause first.</span>}
        </label>
        {changeError.value && <Notice kind="error">{changeError.value}</Notice>}
        <p class="small soft">
          Nothing leaves this browser: pictures, models and training stay on this device, and the
          page asks no other host for anything.
        </p>
      </div>
    </div>
  );
}
