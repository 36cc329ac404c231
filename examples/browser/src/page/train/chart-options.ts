import type uPlot from 'uplot';
import type { ChartData } from './chart.tsx';

/** Widths in pixels of the numbers beside and below. */
const LEFT = 48;
const BELOW = 28;

/** How a chart looks, in the colours of the page as they are now. */
export function chartOptions(data: ChartData, element: HTMLElement): uPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const axis: uPlot.Axis = {
    stroke: colour('--soft'),
    font: `12px ${style.fontFamily}`,
    grid: { stroke: colour('--rule'), width: 1 },
    ticks: { show: false },
  };
  return {
    width: element.clientWidth,
    height: element.clientHeight,
    legend: { show: false },
    cursor: { show: false },
    padding: [8, 12, 0, 0],
    scales: {
      x: { time: false, range: (_, least, most) => [least, Math.max(most, least + 1)] },
      ...(data.range && { y: { range: data.range } }),
    },
    axes: [
      {
        ...axis,
        size: BELOW,
        grid: { show: false },
        space: 60,
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000],
      },
      {
        ...axis,
        size: LEFT,
        values: (_, values) => values.map((value) => (data.tick ?? data.format)(value)),
      },
    ],
    series: [
      {},
      ...data.series.map(({ colour: which }) => ({
        stroke: colour(`--series-${which}`),
        width: 2,
        spanGaps: true,
        points: { show: data.x.length < 30, size: 5, fill: colour(`--series-${which}`) },
      })),
    ],
  };
}
