import type { FunctionComponent } from 'preact';
import { DataScreen } from '../data/data-screen.tsx';
import { ExplainScreen } from '../explain/explain-screen.tsx';
import { ExportScreen } from '../export/export-screen.tsx';
import { Notice } from '../parts/notice.tsx';
import { announcement } from '../state/announcement.ts';
import { startError } from '../state/device.ts';
import { workerFailure } from '../state/worker-failure.ts';
import { TrainScreen } from '../train/train-screen.tsx';
import { TryScreen } from '../try/try-screen.tsx';
import './app.css';
import { Header } from './header.tsx';
import { type ScreenId, screen } from './route.ts';

const SCREEN: Record<ScreenId, FunctionComponent> = {
  try: TryScreen,
  explain: ExplainScreen,
  data: DataScreen,
  train: TrainScreen,
  export: ExportScreen,
};

/** The page: its header, the screen that the address names, and what concerns all of them. */
export function App() {
  const Screen = SCREEN[screen.value];
  return (
    <>
      <Header />
      <main id="main">
        {workerFailure.value !== null && (
          <Notice kind="error">
            The part of the page that computes has stopped ({workerFailure.value}). Reload the page:
            training goes on from its last checkpoint.
          </Notice>
        )}
        {startError.value !== null && <Notice kind="error">{startError.value}</Notice>}
        <Screen />
      </main>
      <p class="unseen" role="status">
        {announcement.value}
      </p>
    </>
  );
}
