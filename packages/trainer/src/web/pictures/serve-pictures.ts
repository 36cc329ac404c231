import type { Picture } from '../../data/picture-source.ts';
import type { Pixels } from '../../resize/resize.ts';
import { decodeImage, type WebImage } from '../decode-image.ts';

/** What `PortPictures` asks on its port. */
export interface DecodingRequest {
  id: number;
  picture: Picture;
}

/** What it gets. */
export type DecodingAnswer = { id: number; pixels: Pixels } | { id: number; error: string };

/** How pictures are served. */
export interface ServeOptions {
  /** Finds what to decode by the path of a sample, as `IndexedDbPictures` does. @default the path is an address */
  find?(path: string): Promise<WebImage> | WebImage;
}

/** How many pictures are decoded at once: enough for the browser's threads, few enough for the memory. */
const AT_ONCE = 4;

/**
 * Decodes whatever `PortPictures` asks for on the other end of a port, in the order in which it was asked for. In a
 * Worker of its own: `addEventListener('message', ({ ports }) => ports.forEach((port) => servePictures(port)))`.
 */
export function servePictures(
  port: MessagePort,
  { find = (path) => path }: ServeOptions = {},
): void {
  const waiting: DecodingRequest[] = [];
  let underWay = 0;

  port.onmessage = ({ data }) => {
    waiting.push(data);
    startNext();
  };

  function startNext(): void {
    const request = underWay < AT_ONCE ? waiting.shift() : undefined;
    if (!request) return;
    underWay++;
    answer(request).finally(() => {
      underWay--;
      startNext();
    });
  }

  async function answer({ id, picture }: DecodingRequest): Promise<void> {
    try {
      const pixels = await decodeImage(await find(picture.path), picture.cutBottom);
      post({ id, pixels }, [pixels.data.buffer]); // handed over, not copied
    } catch (error) {
      post({ id, error: (error as Error).message });
    }
  }

  function post(message: DecodingAnswer, transfer: Transferable[] = []): void {
    port.postMessage(message, transfer);
  }
}
