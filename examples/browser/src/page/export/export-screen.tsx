import { percent } from '@fbsd/trainer/format';
import { useEffect, useState } from 'preact/hooks';
import { Empty } from '../parts/empty.tsx';
import { Notice } from '../parts/notice.tsx';
import { ScreenTitle } from '../parts/screen-title.tsx';
import { refreshRuns, runs, runsError } from '../state/runs.ts';
import { training, trainingNow } from '../state/training.ts';
import './export-screen.css';
import { OFFERS } from './kinds.ts';
import { OfferCard } from './offer-card.tsx';

/** Downloads a model that was trained here. */
export function ExportScreen() {
  useEffect(() => void refreshRuns(), []);
  const [picked, setPicked] = useState(training.value?.settings.run);
  const usable = runs.value.filter(({ epochs }) => epochs > 0);
  const run = usable.find((each) => each.run === picked) ?? usable[0];
  return (
    <>
      <ScreenTitle lede="The model is yours: download it, and use it without this page. Everything is packed in this browser.">
        Take it along
      </ScreenTitle>
      {runsError.value && <Notice kind="error">{runsError.value}</Notice>}
      {run ? (
        <div class="stack export-stack">
          <label class="field export-run">
            <span class="label">Run</span>
            <select
              class="input"
              value={run.run}
              onChange={({ currentTarget }) => setPicked(currentTarget.value)}
            >
              {usable.map((each) => (
                <option key={each.run} value={each.run}>
                  {each.run}
                </option>
              ))}
            </select>
            <span class="hint">
              {run.best === null
                ? 'Not tested yet.'
                : `${percent(run.best)} of the test pictures right.`}{' '}
              {run.hasPictures
                ? run.doubts
                : 'Its pictures are not in this browser: smaller models are not tested again, and there is no report.'}
            </span>
          </label>
          {trainingNow.value && (
            <Notice>While it trains nothing can be made: pause first, on the screen Train.</Notice>
          )}
          <ul class="offers">
            {OFFERS.map((offer) => (
              <OfferCard key={`${run.run} ${offer.title}`} run={run.run} offer={offer} />
            ))}
          </ul>
        </div>
      ) : (
        <Empty icon="export" title="Nothing to take along yet">
          <p>
            Train a model for an epoch at least; then it can be downloaded here, in several forms.
          </p>
          <a class="button primary" href="#train">
            Go to Train
          </a>
        </Empty>
      )}
    </>
  );
}
