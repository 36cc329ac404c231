import { Estimate } from '../src/engine/training/estimate.ts';

test('tells nothing before the fifth step, then the rest by the steps since the first one', () => {
  const estimate = new Estimate(20);
  const told = [1, 2, 3, 4, 5].map((step) => {
    const at = step === 1 ? 9000 : 9000 + 100 * (step - 1); // the first one compiles
    return [estimate.stepped({ step, images: 8 }, at), estimate.tell(0)] as const;
  });
  expect(told.map(([first]) => first)).toEqual([false, false, false, false, true]);
  expect(told.slice(0, 4).map(([, rest]) => rest)).toEqual([null, null, null, null]);
  expect(told[4]?.[1]).toEqual({ secondsLeft: 1.5, imagesPerSecond: 80 });
});

test('a test counts for the tests to come, and not for the steps', () => {
  const estimate = new Estimate(10);
  for (let step = 1; step <= 5; step++) estimate.stepped({ step, images: 4 }, step * 1000);
  estimate.tested(3000);
  estimate.stepped({ step: 6, images: 4 }, 99_000);
  estimate.stepped({ step: 7, images: 4 }, 100_000);
  expect(estimate.tell(1)).toEqual({ secondsLeft: 3 + 3, imagesPerSecond: 4 });
});
