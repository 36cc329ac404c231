import type { Picture, PictureSource } from '../../data/picture-source.ts';
import type { Pixels } from '../../resize/resize.ts';
import { UserError } from '../../user-error.ts';
import type { DecodingAnswer, DecodingRequest } from './serve-pictures.ts';

interface Reading {
  resolve(pixels: Pixels): void;
  reject(error: Error): void;
}

/** A decoder on the other end of a port, and what it was asked and has not answered. */
interface Decoder {
  port: MessagePort;
  pending: Map<number, Reading>;
}

/**
 * Pictures that other Workers decode, which serve them by `servePictures` on the other ends of ports.
 *
 * In the Worker that trains, steps would starve the decoding: a bitmap arrives only between two of them. Measured on
 * two cores of an AMD EPYC that others used too, two threads, `mini` on 96² pixels, JPEGs of 160² and of 480²: a second
 * Worker gives 1.04 to 1.36 times the images per second, in six rounds.
 */
export class PortPictures implements PictureSource {
  private readonly decoders: readonly Decoder[];
  private asked = 0;
  /** Why nothing can be read any more. */
  private closed: Error | null = null;

  /** @param ports one for each Worker that decodes; their messages are for this object alone */
  constructor(...ports: readonly MessagePort[]) {
    if (ports.length === 0) {
      throw new RangeError(
        '[@fbsd/trainer] PortPictures: expected a port for each Worker; got none.',
      );
    }
    this.decoders = ports.map((port) => {
      const pending = new Map<number, Reading>();
      port.onmessage = ({ data }) => settle(pending, data);
      port.onmessageerror = () => this.close('an answer of a decoding Worker cannot be read');
      return { port, pending };
    });
  }

  /**
   * Asks the Worker that has least to do.
   *
   * @throws UserError that names the picture when it is missing, damaged or no picture
   */
  read({ path, cutBottom = 0 }: Picture): Promise<Pixels> {
    return new Promise((resolve, reject) => {
      if (this.closed) return reject(this.closed);
      const { port, pending } = this.decoders.reduce((least, decoder) =>
        decoder.pending.size < least.pending.size ? decoder : least,
      );
      const id = this.asked++;
      pending.set(id, { resolve, reject });
      const request: DecodingRequest = { id, picture: { path, cutBottom } }; // not all of the sample
      port.postMessage(request);
    });
  }

  /**
   * Ends it: what is being read fails, and all that is read from now on.
   *
   * @param reason for example that a Worker failed
   */
  close(reason = 'the picture source is closed'): void {
    this.closed ??= new Error(`[@fbsd/trainer] ${reason}`);
    for (const { port, pending } of this.decoders) {
      for (const { reject } of pending.values()) reject(this.closed);
      pending.clear();
      port.close();
    }
  }
}

function settle(pending: Map<number, Reading>, answer: DecodingAnswer): void {
  const reading = pending.get(answer.id);
  pending.delete(answer.id);
  if ('error' in answer) reading?.reject(new UserError(answer.error));
  else reading?.resolve(answer.pixels);
}
