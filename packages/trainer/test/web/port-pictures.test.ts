import { type Picture, UserError } from '@fbsd/trainer';
import { PortPictures } from '@fbsd/trainer/web';
import type { DecodingRequest } from '../../src/web/pictures/serve-pictures.ts';

/** A source, and the other end of its port with what has been asked for there. */
function connect() {
  const { port1, port2 } = new MessageChannel();
  const asked: DecodingRequest[] = [];
  const waiting: (() => void)[] = [];
  port2.onmessage = ({ data }) => {
    asked.push(data);
    for (const look of waiting) look();
  };
  const askedFor = (count: number) =>
    new Promise<void>((resolve) => {
      const look = () => asked.length >= count && resolve();
      waiting.push(look);
      look();
    });
  return { pictures: new PortPictures(port1), end: port1, port: port2, asked, askedFor };
}

const pixels = (value: number) => ({ data: Uint8Array.of(value, 0, 0), width: 1, height: 1 });

describe('PortPictures', () => {
  test('an answer goes to the picture that it belongs to, whatever the order', async () => {
    const { pictures, port, asked, askedFor } = connect();
    const both = Promise.all([pictures.read({ path: 'a' }), pictures.read({ path: 'b' })]);
    await askedFor(2);
    for (const { id, picture } of [...asked].reverse()) {
      port.postMessage({ id, pixels: pixels(picture.path === 'a' ? 1 : 2) });
    }
    expect(await both).toEqual([pixels(1), pixels(2)]);
    pictures.close();
  });

  test('asks by path and rows, without the rest of a sample', async () => {
    const { pictures, port, asked, askedFor } = connect();
    const sample = { id: 7, path: 'a', file: 'a', label: 1, cutBottom: 20, show() {} };
    const read = pictures.read(sample as Picture);
    await askedFor(1);
    port.postMessage({ id: asked[0]?.id, pixels: pixels(1) });
    await read;
    expect(asked[0]?.picture).toEqual({ path: 'a', cutBottom: 20 });
    pictures.close();
  });

  test('a picture that cannot be decoded fails alone, with what the Worker says', async () => {
    const { pictures, port, asked, askedFor } = connect();
    const [bad, good] = [pictures.read({ path: 'a' }), pictures.read({ path: 'b' })];
    await askedFor(2);
    port.postMessage({ id: asked[0]?.id, error: 'cannot decode a' });
    port.postMessage({ id: asked[1]?.id, pixels: pixels(2) });
    await expect(bad).rejects.toThrow(new UserError('cannot decode a'));
    await expect(bad).rejects.toBeInstanceOf(UserError);
    expect(await good).toEqual(pixels(2));
    pictures.close();
  });

  test('when it is closed, what is being read and what is read later fails with the reason', async () => {
    const { pictures, askedFor } = connect();
    const pending = pictures.read({ path: 'a' });
    await askedFor(1);
    pictures.close('the Worker failed');
    pictures.close();
    await expect(pending).rejects.toThrow('the Worker failed');
    await expect(pictures.read({ path: 'b' })).rejects.toThrow('the Worker failed');
  });

  test('of several Workers it asks the one that has least to do', async () => {
    const [a, b] = [connect(), connect()];
    const pictures = new PortPictures(a.end, b.end);
    const paths = ['1', '2', '3', '4'];
    const read = paths.map((path) => pictures.read({ path }));
    await Promise.all([a.askedFor(2), b.askedFor(2)]);
    expect(a.asked.map(({ picture }) => picture.path)).toEqual(['1', '3']);
    for (const { id } of b.asked) b.port.postMessage({ id, pixels: pixels(id) });
    await Promise.all([read[1], read[3]]);
    const [fifth, sixth] = [pictures.read({ path: '5' }), pictures.read({ path: '6' })];
    await b.askedFor(4);
    expect(a.asked).toHaveLength(2);
    pictures.close('a Worker failed');
    for (const one of [read[0], read[2], fifth, sixth]) {
      await expect(one).rejects.toThrow('a Worker failed');
    }
  });

  test('needs a port', () => {
    expect(() => new PortPictures()).toThrow('expected a port for each Worker; got none');
  });
});
