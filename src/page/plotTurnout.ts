import uPlot from 'uplot'
import type { PageState } from './state.js'

const day = 86_400
const steps = [1, 2, 5, 10, 30, 60, 120, 365, 730].map((days) => days * day)

/** Creates a plot of the turnout in a box, as wide as the box. */
export function plotTurnout(box: HTMLDivElement): (points: PageState['participation']) => void {
  const colour = (name: string): string => getComputedStyle(box).getPropertyValue(name)
  const axis = { stroke: () => colour('--soft'), grid: { stroke: () => colour('--line') } }
  // Range of the time axis. If all points had the same time, uPlot would choose a range of years.
  let span = atLeastDays(0, 0)
  const plot = new uPlot(
    {
      width: Math.max(200, box.clientWidth),
      height: 180,
      legend: { show: false },
      // Not a time axis of uPlot, which uses the local time zone: all times of the page are UTC.
      scales: { x: { time: false, range: () => span }, y: { range: [0, 100] } },
      axes: [
        { ...axis, incrs: steps, space: 80, values: (_, ticks) => ticks.map(dateOf) },
        // As wide as "100 %": what uPlot takes by default cuts that.
        { ...axis, size: 54, values: (_, ticks) => ticks.map((tick) => `${tick} %`) },
      ],
      series: [
        {},
        { stroke: () => colour('--calm'), width: 2, points: { show: true, size: 6, fill: () => colour('--calm') } },
      ],
    },
    [[], []],
    box,
  )
  new ResizeObserver(() => plot.setSize({ width: Math.max(200, box.clientWidth), height: 180 })).observe(box)
  return (points) => {
    const known = points
      .map(({ at, turnout }) => ({ at: Date.parse(at) / 1000, turnout: turnout * 100 }))
      .sort((a, b) => a.at - b.at)
    span = atLeastDays(known[0]?.at ?? 0, known.at(-1)?.at ?? 0)
    plot.setData([known.map(({ at }) => at), known.map(({ turnout }) => turnout)])
  }
}

/** Returns a range of at least two days, so that votes that end at the same time are in the middle. */
function atLeastDays(from: number, to: number): [number, number] {
  return to - from >= 2 * day ? [from, to] : [from - day, to + day]
}

function dateOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10)
}
