import { useEffect } from 'preact/hooks';
import { Empty } from '../parts/empty.tsx';
import { Notice } from '../parts/notice.tsx';
import { ScreenTitle } from '../parts/screen-title.tsx';
import { datasets, refreshDatasets } from '../state/datasets.ts';
import { refreshRuns, runsError } from '../state/runs.ts';
import { training } from '../state/training.ts';
import { Runs } from './runs.tsx';
import { SettingsForm } from './settings-form.tsx';
import './train-screen.css';
import { TrainingView } from './training-view.tsx';

/** Trains a model on the data sets of this browser. */
export function TrainScreen() {
  useEffect(() => {
    void refreshDatasets();
    void refreshRuns();
  }, []);
  const usable = datasets.value?.filter(({ classNames }) => classNames.length > 1);
  return (
    <>
      <ScreenTitle lede="Every layer learns, on this device. Training goes on while you use the other screens, and is saved as it goes, so a closed tab loses little.">
        Train a model
      </ScreenTitle>
      <div class="stack train-stack">
        {training.value ? (
          <TrainingView training={training.value} />
        ) : usable?.length === 0 ? (
          <Empty icon="data" title="No pictures to learn from yet">
            <p>Training needs a data set of two classes at least: bring your own, or draw birds.</p>
            <a class="button primary" href="#data">
              Go to Data
            </a>
          </Empty>
        ) : (
          usable && <SettingsForm datasets={usable} />
        )}
        {runsError.value && <Notice kind="error">{runsError.value}</Notice>}
        <Runs />
      </div>
    </>
  );
}
