import { decodeImage } from '@fbsd/trainer/web';

/**
 * What `PortPictures` asks on its port, and what it gets.
 *
 * @typedef {{ id: number, picture: import('@fbsd/trainer').Picture }} Request
 * @typedef {{ id: number, pixels: import('@fbsd/trainer').Pixels } | { id: number, error: string }} Answer
 */

/** How many pictures are decoded at once: enough for the browser's threads, few enough for the memory. */
const AT_ONCE = 4;

/**
 * Decodes whatever is asked for on a port, in the order in which it was asked for.
 *
 * @param {MessagePort} port
 */
export function servePictures(port) {
  /** @type {Request[]} */
  const waiting = [];
  let underWay = 0;

  port.onmessage = ({ data }) => {
    waiting.push(data);
    startNext();
  };

  function startNext() {
    const request = underWay < AT_ONCE ? waiting.shift() : undefined;
    if (!request) return;
    underWay++;
    answer(request).finally(() => {
      underWay--;
      startNext();
    });
  }

  /** @param {Request} request */
  async function answer({ id, picture }) {
    try {
      const pixels = await decodeImage(picture.path, picture.cutBottom);
      post({ id, pixels }, [pixels.data.buffer]); // handed over, not copied
    } catch (error) {
      post({ id, error: /** @type {Error} */ (error).message });
    }
  }

  /** @param {Answer} answer @param {Transferable[]} [transfer] */
  function post(answer, transfer = []) {
    port.postMessage(answer, transfer);
  }
}
