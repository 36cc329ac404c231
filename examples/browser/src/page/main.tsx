import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import { registerServiceWorker } from '../service-worker/register.ts';

// Nothing computes before the page is isolated: it may be about to be loaded again for that.
await registerServiceWorker();
const { start } = await import('./app/start.tsx');
await start();
