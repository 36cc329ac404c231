import { useEffect, useRef } from 'preact/hooks';
import type uPlot from 'uplot';
import './chart.css';
import { chartOptions } from './chart-options.ts';

/** A line of a chart. */
interface Series {
  name: string;
  /** One for each x; null where there is none. */
  values: readonly (number | null)[];
  /** Which colour of the series. */
  colour: 1 | 2;
}

/** What a chart shows. */
export interface ChartData {
  title: string;
  /** What x counts: one of them. */
  along: string;
  x: readonly number[];
  series: readonly Series[];
  /** Of y. @default that of the values */
  range?: [number, number];
  format(value: number): string;
  /** Numbers beside the axis. @default as `format` */
  tick?(value: number): string;
}

/** Curves that grow, with their newest values in words. */
export function Chart(data: ChartData) {
  const { title, along, x, series, format } = data;
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const newest = useRef(data);
  newest.current = data;

  useEffect(() => {
    const element = place.current;
    if (!element) return;
    let gone = false;
    const draw = async () => {
      const { default: UPlot } = await import('uplot');
      if (gone) return;
      plot.current?.destroy();
      plot.current = new UPlot(
        chartOptions(newest.current, element),
        points(newest.current),
        element,
      );
    };
    const resized = new ResizeObserver(() => {
      plot.current?.setSize({ width: element.clientWidth, height: element.clientHeight });
    });
    resized.observe(element);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', draw);
    void draw();
    return () => {
      gone = true;
      resized.disconnect();
      scheme.removeEventListener('change', draw);
      plot.current?.destroy();
    };
  }, []);

  useEffect(() => plot.current?.setData(points(data)), [x.length, x.at(-1)]);

  const newestValues = series.map(({ name, values }) => {
    const value = values.findLast((each) => each !== null);
    return `${name} ${value === undefined || value === null ? '–' : format(value)}`;
  });
  const at = x.length > 0 ? `, after ${along} ${x.at(-1)}` : '';
  return (
    <figure class="chart">
      <figcaption>
        <b>{title}</b>
        {series.map(({ name, colour }, i) => (
          <span key={name} class="soft">
            <i style={{ background: `var(--series-${colour})` }} />
            {newestValues[i]}
          </span>
        ))}
      </figcaption>
      <div
        ref={place}
        class="plot"
        role="img"
        aria-label={`${title} by ${along}: ${newestValues.join(', ')}${at}. All numbers are in the table below.`}
      />
    </figure>
  );
}

function points({ x, series }: ChartData): uPlot.AlignedData {
  return [[...x], ...series.map(({ values }) => [...values])] as uPlot.AlignedData;
}
