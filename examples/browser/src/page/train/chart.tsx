import { useEffect, useRef } from 'preact/hooks';
import type uPlot from 'uplot';
import './chart.css';
import { chartOptions } from './chart-options.ts';

/** A line of a chart. */
export interface Series {
  name: string;
  /** One for each x; null where there is none. */
  values: readonly (number | null)[];
  /** Which colour of the series. */
  colour: 1 | 2;
}

/** What a chart shows. */
export interface ChartData {
  title: string;
  /** The newest values in words: all of them are in the table below. */
  says: string;
  /** Unit of x. */
  along: string;
  x: readonly number[];
  series: readonly Series[];
  /** Of y. @default that of the values */
  range?: [number, number];
  format(value: number): string;
}

/** Curves that grow, with their newest values in words. */
export function Chart(data: ChartData) {
  const { title, says, x, series } = data;
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

  return (
    <figure class="chart">
      <figcaption>
        <b>{title}</b> <span class="soft">{says}</span>
        {series.length > 1 && (
          <span class="legend" aria-hidden="true">
            {series.map(({ name, colour }) => (
              <span key={name}>
                <i style={{ background: `var(--series-${colour})` }} />
                {name}
              </span>
            ))}
          </span>
        )}
      </figcaption>
      <div ref={place} class="plot" role="img" aria-label={`${title}: ${says}`} />
    </figure>
  );
}

function points({ x, series }: ChartData): uPlot.AlignedData {
  return [[...x], ...series.map(({ values }) => [...values])] as uPlot.AlignedData;
}
