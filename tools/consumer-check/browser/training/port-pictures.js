import { UserError } from '@fbsd/trainer';

/** @typedef {import('@fbsd/trainer').Picture} Picture */
/** @typedef {import('@fbsd/trainer').PictureSource} PictureSource */
/** @typedef {import('@fbsd/trainer').Pixels} Pixels */

/**
 * Pictures that another Worker decodes, which serves them by `servePictures` on the other end of a port.
 *
 * In the Worker that trains, steps would starve the decoding: a bitmap arrives only between two of them. Measured on
 * two cores of an AMD EPYC that others used too, two threads, `mini` on 96² pixels, JPEGs of 160² and of 480²: a second
 * Worker gives 1.04 to 1.36 times the images per second, in six rounds.
 *
 * @implements {PictureSource}
 */
export class PortPictures {
  #port;
  #asked = 0;
  /** @type {Map<number, { resolve(pixels: Pixels): void, reject(error: Error): void }>} */
  #pending = new Map();
  /** @type {Error | undefined} why nothing can be read any more */
  #closed;

  /** @param {MessagePort} port its messages are for this object alone */
  constructor(port) {
    this.#port = port;
    port.onmessage = ({ data }) => this.#settle(data);
    port.onmessageerror = () => this.close('an answer of the decoding Worker cannot be read');
  }

  /**
   * @param {Picture} picture
   * @returns {Promise<Pixels>}
   * @throws UserError that names the picture when it is missing, damaged or no picture
   */
  read(picture) {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(this.#closed);
      const id = this.#asked++;
      this.#pending.set(id, { resolve, reject });
      const { path, cutBottom = 0 } = picture; // not all of the sample
      this.#port.postMessage({ id, picture: { path, cutBottom } });
    });
  }

  /**
   * Ends it: what is being read fails, and all that is read from now on.
   *
   * @param {string} [reason] for example that the Worker failed
   */
  close(reason = 'the picture source is closed') {
    this.#closed ??= new Error(reason);
    for (const { reject } of this.#pending.values()) reject(this.#closed);
    this.#pending.clear();
    this.#port.close();
  }

  /** @param {import('./serve-pictures.js').Answer} answer */
  #settle(answer) {
    const reading = this.#pending.get(answer.id);
    this.#pending.delete(answer.id);
    if ('error' in answer) reading?.reject(new UserError(answer.error));
    else reading?.resolve(answer.pixels);
  }
}
