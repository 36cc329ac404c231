import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';
import { duration } from '@fbsd/trainer/format';

const REDIRECTS = 5;
const SILENCE = 60_000; // milliseconds

/**
 * Asks a server for a file, following redirects, and gives its bytes as they come: unlike `fetch`,
 * which would unpack a `.tgz` that is sent with `Content-Encoding: x-gzip`.
 *
 * @param window milliseconds until the head of the answer has to be there, however its bytes come
 * @returns the response, whatever its status; its stream fails when the connection ends before its
 *   time, or is silent for a minute
 * @throws Error when there is no answer, or the redirects lead nowhere
 */
export async function openUrl(
  url: string,
  headers: Readonly<Record<string, string>>,
  window: number,
): Promise<IncomingMessage> {
  let next = new URL(url);
  for (let i = 0; i <= REDIRECTS; i++) {
    const response = await request(next, headers, window);
    const { location } = response.headers;
    if (Math.floor((response.statusCode ?? 0) / 100) !== 3 || !location) return response;
    response.destroy();
    next = new URL(location, next);
  }
  throw new Error(`more than ${REDIRECTS} redirects`);
}

function request(
  url: URL,
  headers: Readonly<Record<string, string>>,
  window: number,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const get = url.protocol === 'https:' ? getHttps : getHttp; // which refuses all other protocols
    const sent = get(url, { headers: { 'accept-encoding': 'identity', ...headers } }, resolve);
    const late = setTimeout(
      () => sent.destroy(new Error(`no whole answer in ${duration(window / 1000)}`)),
      window,
    );
    sent.on('response', () => clearTimeout(late));
    sent.on('close', () => clearTimeout(late));
    sent.on('error', reject);
    sent.setTimeout(SILENCE, () => sent.destroy(new Error('no answer for a minute')));
  });
}
