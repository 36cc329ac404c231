import { MessageChannel as NodeChannel } from 'node:worker_threads';
import { UserError } from '@fbsd/trainer';
import { PortPictures } from '@fbsd/trainer/web';

const pixels = (value: number) => ({ data: new Uint8Array(3).fill(value), width: 1, height: 1 });

/** A port whose other end is served by hand. */
function channel() {
  const { port1, port2 } = new NodeChannel();
  const asked: { id: number; picture: { path: string; cutBottom: number } }[] = [];
  port2.on('message', (request) => asked.push(request));
  return { port: port1 as unknown as MessagePort, other: port2, asked };
}
const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
};

test('asks the Worker that has least to do, and matches answers that come out of order', async () => {
  const [a, b] = [channel(), channel()];
  const source = new PortPictures(a.port, b.port);
  const read = ['1', '2', '3', '4'].map((path) => source.read({ path }));
  await until(() => a.asked.length + b.asked.length === 4);
  expect(a.asked.map(({ picture }) => picture)).toEqual([
    { path: '1', cutBottom: 0 },
    { path: '3', cutBottom: 0 },
  ]);
  for (const { id } of [...b.asked].reverse()) b.other.postMessage({ id, pixels: pixels(id) });
  expect((await read[3])?.data[0]).toBe(3);
  expect((await read[1])?.data[0]).toBe(1);
  const fifth = source.read({ path: '5' });
  await until(() => b.asked.length === 3);
  for (const { id } of a.asked) a.other.postMessage({ id, error: `no picture ${id}` });
  await expect(read[0]).rejects.toThrow(UserError);
  await expect(read[2]).rejects.toThrow('no picture 2');
  source.close('the Worker failed');
  await expect(fifth).rejects.toThrow('the Worker failed');
  await expect(source.read({ path: '6' })).rejects.toThrow('the Worker failed');
});

test('needs a port', () => {
  expect(() => new PortPictures()).toThrow('expected a port for each Worker');
});
