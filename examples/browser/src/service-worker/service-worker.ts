/*
 * Keeps the page's own files, so that it works offline, and adds the headers that isolate it, which static hosts cannot
 * send. Nothing but the page's own host is ever asked.
 */

/** All files of the page but this one, relative to it. */
declare const FILES: readonly string[];
/** Changes with any of them. */
declare const VERSION: string;

/** What of a service worker's globals is used here: TypeScript has them in a library that excludes the DOM's. */
interface ServiceWorker extends EventTarget {
  readonly clients: { claim(): Promise<void> };
  readonly registration: { readonly scope: string; readonly active: object | null };
  readonly caches: CacheStorage;
}
interface LifeEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface RequestEvent extends LifeEvent {
  readonly request: Request;
  respondWith(response: Promise<Response> | Response): void;
}

const worker = globalThis as unknown as ServiceWorker;
const { scope } = worker.registration;
const PREFIX = `fbsd-page ${scope} `;
const CACHE = PREFIX + VERSION;
const START = 'index.html';

/** Isolation, and for Workers, which a page's own policy does not bind, the same rule as for the page. */
const HEADERS = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': "connect-src 'self'",
};

worker.addEventListener('install', (event) => {
  // At the first visit the page waits for its headers, and asks for the files when it is ready.
  if (worker.registration.active) (event as LifeEvent).waitUntil(keepAll());
});

worker.addEventListener('activate', (event) => {
  (event as LifeEvent).waitUntil(Promise.all([worker.clients.claim(), forgetOlder()]));
});

worker.addEventListener('message', (event) => {
  const { data, ports } = event as MessageEvent;
  if (data !== 'keep all files') return;
  const kept = keepAll().then(
    () => ports[0]?.postMessage('kept'),
    () => ports[0]?.postMessage('not kept'),
  );
  (event as unknown as LifeEvent).waitUntil(kept);
});

worker.addEventListener('fetch', (event) => {
  const { request } = event as RequestEvent;
  const { origin } = new URL(request.url);
  if (!request.url.startsWith('http')) return; // what the page made itself
  const response =
    origin === new URL(scope).origin ? answer(request).then(isolated) : Response.error();
  (event as RequestEvent).respondWith(response);
});

/** All or nothing. */
async function keepAll(): Promise<void> {
  const cache = await worker.caches.open(CACHE);
  const kept = new Set((await cache.keys()).map(({ url }) => url));
  await cache.addAll(FILES.filter((file) => !kept.has(new URL(file, scope).href)));
}

async function forgetOlder(): Promise<void> {
  const names = await worker.caches.keys();
  const older = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(older.map((name) => worker.caches.delete(name)));
}

/** The start of the page comes new where there is a network; what it is made of has its version in its name. */
async function answer(request: Request): Promise<Response> {
  if (request.method !== 'GET') return fetch(request);
  const cache = await worker.caches.open(CACHE);
  if (request.mode !== 'navigate') return (await cache.match(request)) ?? fetch(request);
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await cache.match(START);
    if (kept) return kept;
    throw error;
  }
}

function isolated(response: Response): Response {
  const { status, statusText, body } = response;
  if (status === 0 || response.redirected) return response; // cannot be made anew
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(HEADERS)) headers.set(name, value);
  const empty = [101, 204, 205, 304].includes(status);
  return new Response(empty ? null : body, { status, statusText, headers });
}
