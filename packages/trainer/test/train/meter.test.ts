import { Meter } from '../../src/train/metrics.ts';

describe('Meter', () => {
  test('weighs batches by their size', () => {
    const meter = new Meter();
    meter.add({ loss: 1, losses: [1, 2, 3, 4], accuracy: 0.5 }, 2);
    meter.add({ loss: 4, losses: [4, 5, 6, 7], accuracy: 1 }, 1);
    expect(meter.averages()).toEqual({ loss: 2, losses: [2, 3, 4, 5], accuracy: 2 / 3 });
    expect(meter.count).toBe(3);

    const resumed = new Meter(JSON.parse(JSON.stringify({ ...meter })));
    resumed.add({ loss: 2, losses: [2, 2, 2, 2], accuracy: 0 }, 1);
    expect(resumed.averages()).toEqual({ loss: 2, losses: [2, 2.75, 3.5, 4.25], accuracy: 0.5 });
    expect(meter.count).toBe(3);
  });
});
