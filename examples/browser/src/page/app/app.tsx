import { useEffect } from 'preact/hooks';
import { Notice } from '../parts/notice.tsx';
import { announcement } from '../state/announcement.ts';
import { replaced, startError } from '../state/device.ts';
import { workerFailure } from '../state/worker-failure.ts';
import './app.css';
import { Header } from './header.tsx';
import { screen } from './route.ts';
import { isUnreachable, loaded, loadScreen } from './screens.ts';

/** The page: its header, the screen that the address names, and what concerns all of them. */
export function App() {
  const id = screen.value;
  const Screen = loaded.value.get(id);
  useEffect(() => void loadScreen(id), [id]);
  return (
    <>
      <Header />
      <main>
        {workerFailure.value !== null && (
          <Notice kind="error">
            The part of the page that computes has stopped ({workerFailure.value}). Reload the page:
            training goes on from its last checkpoint.
          </Notice>
        )}
        {startError.value !== null && <Notice kind="error">{startError.value}</Notice>}
        {replaced.value !== null && (
          <Notice
            onDismiss={() => {
              replaced.value = null;
            }}
          >
            {replaced.value}
          </Notice>
        )}
        {Screen ? (
          <Screen key={id} />
        ) : (
          isUnreachable.value && (
            <Notice kind="error">
              This screen could not be loaded. Look whether there is a network, then reload the
              page.
            </Notice>
          )
        )}
      </main>
      <p class="unseen" role="status">
        {announcement.value}
      </p>
    </>
  );
}
