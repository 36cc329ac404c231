import { bytes } from '@fbsd/trainer/format';
import { useState } from 'preact/hooks';
import type { NamedBlob } from '../../engine/engine.ts';
import { modelDropped, modelFiles } from '../files/chosen-model.ts';
import { DropZone } from '../parts/drop-zone.tsx';
import { FileButton } from '../parts/file-button.tsx';
import { Notice } from '../parts/notice.tsx';
import { Progress } from '../parts/progress.tsx';
import { loadModel, model, modelDoing, modelError, modelSource } from '../state/model.ts';
import { className } from '../words/class-name.ts';
import { messageOf } from '../words/message-of.ts';
import { plural } from '../words/plural.ts';
import './model-card.css';
import { TrainedHere } from './trained-here.tsx';

/** The model that classifies, and how to take another. */
export function ModelCard() {
  const [error, setError] = useState<string>();
  const take = async (files: Promise<NamedBlob[]>) => {
    setError(undefined);
    try {
      await loadModel({ kind: 'files', files: await files });
    } catch (reason) {
      setError(messageOf(reason));
    }
  };
  const current = model.value;
  const problem = error ?? modelError.value;
  return (
    <aside class="model-card card stack" aria-labelledby="model-title">
      <h2 id="model-title">The model</h2>
      {current && (
        <div>
          <p class="model-name">{current.name}</p>
          <p class="small soft">
            {plural(current.classNames.length, 'class', 'classes')} · {current.imageSize}×
            {current.imageSize} pixels · {bytes(current.bytes)}
            {current.levels > 0 && ` · looks at ${plural(current.levels, 'level')}`}
          </p>
          <details>
            <summary class="small">Its classes</summary>
            <ul class="class-list small">
              {current.classNames.map((name) => (
                <li key={name}>{className(name)}</li>
              ))}
            </ul>
          </details>
        </div>
      )}
      {modelDoing.value && <Progress doing={modelDoing.value} />}
      {problem && <Notice kind="error">{problem}</Notice>}
      <TrainedHere />
      <DropZone class="model-drop" onDrop={(dropped) => take(modelDropped(dropped))}>
        <h3>Use your own</h3>
        <p class="small soft">
          The folder of a run or of a saved model, its ZIP, or a .pth or .safetensors file.
        </p>
        <div class="row">
          <FileButton folder onFiles={(files) => take(modelFiles(files))}>
            Folder
          </FileButton>
          <FileButton onFiles={(files) => take(modelFiles(files))}>Files or ZIP</FileButton>
        </div>
      </DropZone>
      {modelSource.value.kind !== 'bundled' && (
        <button type="button" class="button plain" onClick={() => loadModel({ kind: 'bundled' })}>
          Back to the page’s own model
        </button>
      )}
    </aside>
  );
}
