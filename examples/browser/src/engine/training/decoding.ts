import { PortPictures } from '@fbsd/trainer/web';

/** Pictures that another Worker decodes. */
export interface Decoding {
  pictures: PortPictures;
  end(): void;
}

/** Starts the Worker that decodes: in this one, steps would starve it. */
export function startDecoding(): Decoding {
  const worker = new Worker(new URL('../decoding-worker.ts', import.meta.url), {
    type: 'module',
    name: 'decoding',
  });
  const { port1, port2 } = new MessageChannel();
  const pictures = new PortPictures(port1);
  worker.onerror = ({ message }) => pictures.close(`the Worker that decodes failed (${message})`);
  worker.postMessage(null, [port2]);
  return {
    pictures,
    end() {
      pictures.close();
      worker.terminate();
    },
  };
}
