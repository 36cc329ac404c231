import type { NamedBlob, OnDoing } from '../engine.ts';
import { fetchOwn } from './fetch-own.ts';

const FILES = ['model.json', 'labels.json', 'preprocessing.json', 'weights.bin'];

/** Fetches the files of the model that comes with the page. */
export async function fetchBundled(onDoing: OnDoing): Promise<NamedBlob[]> {
  const responses = await Promise.all(FILES.map((name) => fetchOwn(`model/${name}`)));
  const sizes = responses.map(({ headers }) => Number(headers.get('content-length')));
  // Of a compressed file the length is another one than that of what arrives.
  const isKnown = responses.every(({ headers }) => !headers.has('content-encoding'));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let done = 0;
  const count = new TransformStream<Uint8Array, Uint8Array>({
    transform(piece, controller) {
      done += piece.length;
      onDoing({ what: 'loading', done, ...(isKnown && total > 0 && { total }), unit: 'bytes' });
      controller.enqueue(piece);
    },
  });
  const files: NamedBlob[] = [];
  for (const [i, response] of responses.entries()) {
    const path = FILES[i] as string;
    const counted = path === 'weights.bin' ? response.body?.pipeThrough(count) : response.body;
    files.push({ path, blob: await new Response(counted ?? null).blob() });
  }
  return files;
}
