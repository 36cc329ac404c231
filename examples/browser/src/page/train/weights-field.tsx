import { bytes } from '@fbsd/trainer/format';
import { DropZone } from '../parts/drop-zone.tsx';
import { FileButton } from '../parts/file-button.tsx';
import './weights-field.css';

interface Props {
  weights: File | undefined;
  onChange(weights: File): void;
}

/** Takes the weights that a network starts from. */
export function WeightsField({ weights, onChange }: Props) {
  const take = (files: readonly File[]) => {
    if (files[0]) onChange(files[0]);
  };
  return (
    <DropZone class="drop-row wide" onDrop={({ files }) => take([...files])}>
      <div>
        <p class="weights-name">{weights ? weights.name : 'Weights to start from'}</p>
        <p class="small soft">
          {weights
            ? bytes(weights.size)
            : 'A .pth or .safetensors file as PyTorch publishes it, trained on ImageNet. Without one the network starts from nothing, and needs far more pictures and time.'}
        </p>
      </div>
      <FileButton accept=".pth,.pt,.safetensors" multiple={false} onFiles={take}>
        {weights ? 'Choose another' : 'Choose the file'}
      </FileButton>
    </DropZone>
  );
}
