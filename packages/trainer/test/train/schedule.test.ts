import { SCHEDULES, warmUp } from '../../src/train/schedule.ts';

describe('SCHEDULES', () => {
  test('cosine goes down once over the whole run', () => {
    const factor = SCHEDULES.cosine({ totalEpochs: 4, stepsPerEpoch: 25 });
    expect(factor(0)).toBe(1);
    expect(factor(50)).toBeCloseTo(0.5, 12);
    expect(factor(99)).toBeCloseTo(0.000247, 6);
  });

  test('reference swings with a half period of as many steps as epochs, stepped first', () => {
    // PyTorch's CosineAnnealingLR(T_max=4): rates after 1, 2, … calls of scheduler.step().
    const factor = SCHEDULES.reference({ totalEpochs: 4, stepsPerEpoch: 25 });
    const expected = [0.853553, 0.5, 0.146447, 0, 0.146447, 0.5, 0.853553, 1, 0.853553];
    expected.forEach((value, step) => {
      expect(factor(step)).toBeCloseTo(value, 5);
    });
  });
});

describe('warmUp', () => {
  test('raises the factor step by step, then leaves it alone', () => {
    const factor = warmUp(4, (stepsDone) => 10 + stepsDone);
    expect([0, 1, 2, 3, 4, 5].map(factor)).toEqual([2.5, 5.5, 9, 13, 14, 15]);
  });
  test('of no steps changes nothing', () => {
    expect([0, 1].map(warmUp(0, () => 0.5))).toEqual([0.5, 0.5]);
  });
});
