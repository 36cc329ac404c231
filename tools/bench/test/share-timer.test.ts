import { ShareTimer } from '../scaling/share-timer.js';

test('shares run one after the other; of each call the longest counts', () => {
  let time = 0;
  const ran: number[][] = [];
  const single = {
    sizes: { ROWS: 4 },
    run: (name: string, calls: readonly (readonly number[])[]) => {
      expect(name).toBe('convolve');
      expect(calls).toHaveLength(1);
      ran.push([...(calls[0] ?? [])]);
      time += calls[0]?.[0] ?? 0;
    },
  };
  const timer = new ShareTimer();
  const runner = timer.runner(single, 8, () => time);
  expect(runner.threads).toBe(8);
  expect(runner.sizes).toEqual({ ROWS: 4 });
  runner.run('convolve', [[3], [5], [2]]);
  runner.run('convolve', [[1], [1]]);
  expect(ran).toEqual([[3], [5], [2], [1], [1]]);
  expect(timer.take()).toEqual(new Map([['convolve', { together: 12, longest: 6 }]]));
  expect(timer.take().size).toBe(0);
});
