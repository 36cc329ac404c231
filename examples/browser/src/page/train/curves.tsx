import type { MetricsLine } from '@fbsd/trainer';
import { percent, significant } from '@fbsd/trainer/format';
import { Chart } from './chart.tsx';
import './curves.css';

/** Loss by step, and accuracy by epoch. */
export function Curves({ lines }: { lines: readonly MetricsLine[] }) {
  const steps = lines.filter((line) => line.kind === 'step');
  const epochs = lines.filter((line) => line.kind === 'epoch');
  return (
    <div class="curves">
      <Chart
        title="Loss"
        along="step"
        x={steps.map(({ step }) => step)}
        series={[{ name: 'learning', values: steps.map(({ loss }) => loss), colour: 1 }]}
        format={significant}
      />
      <Chart
        title="Right"
        along="epoch"
        x={epochs.map(({ epoch }) => epoch)}
        series={[
          { name: 'learning', values: epochs.map(({ train }) => train.accuracy), colour: 1 },
          { name: 'testing', values: epochs.map(({ test }) => test?.accuracy ?? null), colour: 2 },
        ]}
        range={[0, 1]}
        format={(share) => percent(share)}
        tick={(share) => percent(share, 0)}
      />
    </div>
  );
}
