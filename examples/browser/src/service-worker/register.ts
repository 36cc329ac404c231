const RELOADED = 'fbsd-page reloaded for isolation';
/** Milliseconds after which the page starts without isolation. */
const PATIENCE = 4000;

/**
 * Registers the service worker, without which the page neither works offline nor, on hosts that send no headers,
 * computes on several threads. Where isolation is missing, and only at the first visit, the page is loaded again.
 *
 * @returns once the page may start; never where it is about to be loaded again
 */
export async function registerServiceWorker(): Promise<void> {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  try {
    await navigator.serviceWorker.register('./service-worker.js');
  } catch {
    return; // as in private windows of some browsers: the page works without
  }
  if (globalThis.crossOriginIsolated || sessionStorage.getItem(RELOADED)) return;
  const isThere = navigator.serviceWorker.controller ? Promise.resolve() : controlled();
  const inTime = await Promise.race([
    isThere.then(() => true),
    new Promise<boolean>((resolve) => setTimeout(resolve, PATIENCE, false)),
  ]);
  if (!inTime) return;
  sessionStorage.setItem(RELOADED, 'yes'); // else it would go on for ever where the headers do not help
  location.reload();
  await new Promise(() => {});
}

function controlled(): Promise<void> {
  return new Promise((resolve) => {
    navigator.serviceWorker.addEventListener('controllerchange', () => resolve(), { once: true });
  });
}

/**
 * Keeps all files of the page for a visit without a network. Call it when the page is ready: it loads what was not
 * needed so far.
 *
 * @returns whether the page works offline now
 */
export async function keepForOffline(): Promise<boolean> {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return false;
  const { active } = (await navigator.serviceWorker.getRegistration()) ?? {};
  if (!active) return false;
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data === 'kept');
    active.postMessage('keep all files', [port2]);
  });
}
