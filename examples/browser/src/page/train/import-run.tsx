import { modelDropped, modelFiles } from '../files/chosen-model.ts';
import { DropZone } from '../parts/drop-zone.tsx';
import { FileButton } from '../parts/file-button.tsx';
import { importRun, isImporting } from '../state/runs.ts';

/** Takes a run that was trained elsewhere. */
export function ImportRun() {
  return (
    <DropZone class="drop-row" onDrop={(dropped) => importRun(modelDropped(dropped))}>
      <div>
        <h3>Bring a run</h3>
        <p class="small soft" aria-live="polite">
          {isImporting.value
            ? 'Checking and saving …'
            : 'The ZIP or the folder of one that was trained in another browser, or with fbsd train. It goes on where it stopped.'}
        </p>
      </div>
      <div class="row">
        <FileButton
          folder
          disabled={isImporting.value}
          onFiles={(files) => importRun(modelFiles(files))}
        >
          Folder<span class="unseen"> of a run</span>
        </FileButton>
        <FileButton
          accept=".zip"
          multiple={false}
          disabled={isImporting.value}
          onFiles={(files) => importRun(modelFiles(files))}
        >
          ZIP<span class="unseen"> of a run</span>
        </FileButton>
      </div>
    </DropZone>
  );
}
