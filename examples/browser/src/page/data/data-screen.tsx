import { useEffect } from 'preact/hooks';
import { Notice } from '../parts/notice.tsx';
import { Progress } from '../parts/progress.tsx';
import { ScreenTitle } from '../parts/screen-title.tsx';
import {
  dataset,
  datasetDoing,
  datasetError,
  datasets,
  refreshDatasets,
} from '../state/datasets.ts';
import { AddPictures } from './add-pictures.tsx';
import { ClassCards } from './class-cards.tsx';
import './data-screen.css';
import { DatasetChoice } from './dataset-choice.tsx';
import { LeftOut } from './left-out.tsx';
import { Missing } from './missing.tsx';
import { SplitPanel } from './split-panel.tsx';

/** The pictures to learn from. */
export function DataScreen() {
  useEffect(() => void refreshDatasets(), []);
  const shown = dataset.value;
  return (
    <>
      <ScreenTitle lede="A folder for each class, with pictures in it, is all that a model learns from. They are kept in this browser’s storage and sent nowhere.">
        What should it learn?
      </ScreenTitle>
      <div class="stack data-stack">
        {(datasets.value?.length ?? 0) > 0 && <DatasetChoice />}
        <AddPictures />
        {datasetDoing.value && (
          <div class="card data-doing">
            <Progress doing={datasetDoing.value} />
          </div>
        )}
        {datasetError.value && (
          <Notice
            kind="error"
            onDismiss={() => {
              datasetError.value = null;
            }}
          >
            {datasetError.value}
          </Notice>
        )}
        {shown && (
          <>
            <Missing dataset={shown} />
            <LeftOut dataset={shown} />
            <ClassCards dataset={shown} />
            <SplitPanel dataset={shown} />
          </>
        )}
      </div>
    </>
  );
}
