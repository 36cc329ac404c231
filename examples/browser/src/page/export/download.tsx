import { bytes, percent } from '@fbsd/trainer/format';
import { useEffect, useState } from 'preact/hooks';
import type { Exported } from '../../engine/engine.ts';
import { Icon } from '../parts/icons.tsx';
import './download.css';

/** What was made: its size, what it gets right as it will be loaded, and a link that saves it. */
export function Download({ made: { name, blob, accuracy, accuracyBefore } }: { made: Exported }) {
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(blob);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  return (
    <div class="download">
      {accuracy !== undefined && (
        <p>
          <b>{percent(accuracy)}</b> right as it is loaded again
          {accuracyBefore !== undefined && `; ${percent(accuracyBefore)} before`}.
        </p>
      )}
      <a class="button primary" href={address ?? '#export'} download={name}>
        <Icon name="export" size={18} /> Save {name}, {bytes(blob.size)}
      </a>
    </div>
  );
}
