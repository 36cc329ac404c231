import type { TrainSettings } from '../../engine/engine.ts';
import { NETWORKS } from './defaults.ts';
import './network-choice.css';

interface Props {
  arch: TrainSettings['arch'];
  onChange(arch: TrainSettings['arch']): void;
}

/** Chooses the network. */
export function NetworkChoice({ arch, onChange }: Props) {
  return (
    <fieldset class="network-choice wide">
      <legend class="label">Network</legend>
      <div class="networks">
        {NETWORKS.map(({ arch: each, title, hint }) => (
          <label key={each}>
            <input
              type="radio"
              name="arch"
              value={each}
              checked={each === arch}
              onChange={() => onChange(each)}
            />
            <span>
              <b>{title}</b>
              <span class="small soft">{hint}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
