import type { MetricsLine } from '@fbsd/trainer';
import { percent, significant } from '@fbsd/trainer/format';
import { Chart } from './chart.tsx';
import './curves.css';

/** Loss by step, and accuracy by epoch. */
export function Curves({ lines }: { lines: readonly MetricsLine[] }) {
  const steps = lines.filter((line) => line.kind === 'step');
  const epochs = lines.filter((line) => line.kind === 'epoch');
  const last = steps.at(-1);
  const lastEpoch = epochs.at(-1);
  return (
    <div class="curves">
      <Chart
        title="Loss"
        says={last ? `${significant(last.loss)} after step ${last.step}` : 'not known yet'}
        along="steps"
        x={steps.map(({ step }) => step)}
        series={[{ name: 'learning', values: steps.map(({ loss }) => loss), colour: 1 }]}
        format={significant}
      />
      <Chart
        title="Accuracy"
        says={
          lastEpoch
            ? `${percent(lastEpoch.train.accuracy)} learning${lastEpoch.test ? `, ${percent(lastEpoch.test.accuracy)} testing` : ''} after epoch ${lastEpoch.epoch}`
            : 'known after the first epoch'
        }
        along="epochs"
        x={epochs.map(({ epoch }) => epoch)}
        series={[
          { name: 'learning', values: epochs.map(({ train }) => train.accuracy), colour: 1 },
          { name: 'testing', values: epochs.map(({ test }) => test?.accuracy ?? null), colour: 2 },
        ]}
        range={[0, 1]}
        format={(share) => percent(share, 0)}
      />
    </div>
  );
}
