import { render } from 'preact';
import { keepForOffline } from '../../service-worker/register.ts';
import { loadModel } from '../state/model.ts';
import { addBirds } from '../state/pictures.ts';
import { App } from './app.tsx';
import { loadScreens } from './screens.ts';

/** Shows the page and classifies its birds; then loads what else it may need. */
export async function start(): Promise<void> {
  render(<App />, document.getElementById('app') as HTMLElement);
  await Promise.all([loadModel({ kind: 'bundled' }), addBirds()]);
  await loadScreens();
  await keepForOffline();
}
