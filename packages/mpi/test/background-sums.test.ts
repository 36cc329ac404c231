import { BackgroundSums, PIECE } from '../src/background-sums.ts';

/** Sums that end when they are waited for, one of which fails. */
function failingOnce(call: 'begin' | 'wait', at: number) {
  let calls = 0;
  const fail = (name: string) => {
    if (name === call && ++calls === at) throw new RangeError(name);
  };
  const begun: number[] = [];
  const waited: number[] = [];
  const sums = new BackgroundSums({
    begin(values) {
      fail('begin');
      begun.push(values.length);
      return Uint8Array.of(begun.length);
    },
    test: () => false,
    wait(request) {
      fail('wait');
      waited.push(request[0] as number);
    },
  });
  return { sums, begun, waited };
}

const pieces = () => new Float32Array(2 * PIECE + 1);

test('arrays go in pieces, which are waited for in the order of their beginning', () => {
  const { sums, begun, waited } = failingOnce('begin', Number.POSITIVE_INFINITY);
  sums.add(pieces());
  sums.finish();
  expect(begun).toEqual([PIECE, PIECE, 1]);
  expect(waited).toEqual([1, 2, 3]);
});

test('what has begun is held until it has arrived, also where the next one cannot begin', () => {
  const { sums, waited } = failingOnce('begin', 3);
  expect(() => sums.add(pieces())).toThrow('begin');
  sums.finish();
  expect(waited).toEqual([1, 2]);
});

test('what has begun is held until it has arrived, also where waiting fails', () => {
  const { sums, waited } = failingOnce('wait', 2);
  sums.add(pieces());
  expect(() => sums.finish()).toThrow('wait');
  sums.finish();
  expect(waited).toEqual([1, 2, 3]);
});
