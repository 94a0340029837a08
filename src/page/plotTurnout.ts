import uPlot from 'uplot'
import { lineOf, turnoutByChain } from './turnoutByChain.js'
import type { PageState } from './state.js'

const day = 86_400
const steps = [1, 2, 5, 10, 30, 60, 120, 365, 730].map((days) => days * day)
const height = 180

/** Draws the turnout of a state, and again whenever its colours change. */
export interface TurnoutPlot {
  readonly show: (points: PageState['participation']) => void
  readonly redraw: () => void
}

/** Creates a plot of the turnout in a box, as wide as the box, with a line for each chain. */
export function plotTurnout(box: HTMLDivElement): TurnoutPlot {
  let plot: uPlot | undefined
  let drawn: readonly string[] = []
  // Range of the time axis. If all points had the same time, uPlot would choose a range of years.
  let span = atLeastDays(0, 0)
  const fit = (): void => plot?.setSize(sizeIn(box))
  new ResizeObserver(fit).observe(box)
  return {
    show: (points) => {
      const { chains, times, lines } = turnoutByChain(points)
      span = atLeastDays(times[0] ?? 0, times.at(-1) ?? 0)
      if (plot === undefined || chains.join('/') !== drawn.join('/')) {
        plot?.destroy()
        plot = createPlot(box, chains.length, () => span)
        drawn = chains
      }
      plot.setData([[...times], ...lines.map((line) => [...line])])
    },
    redraw: () => {
      fit()
      plot?.redraw(false, true)
    },
  }
}

function createPlot(box: HTMLDivElement, lines: number, span: () => [number, number]): uPlot {
  // Read when the plot is drawn, because theme and medium change.
  const colour = (name: string) => () => getComputedStyle(box).getPropertyValue(name)
  const axis = { stroke: colour('--soft'), grid: { stroke: colour('--line') } }
  return new uPlot(
    {
      ...sizeIn(box),
      legend: { show: false },
      // Half of a date, which may stand at the end of the axis. The other sides are as uPlot chooses.
      padding: [null, 40, null, null],
      // Not a time axis of uPlot, which uses the local time zone: all times of the page are UTC.
      scales: { x: { time: false, range: span }, y: { range: [0, 100] } },
      axes: [
        { ...axis, incrs: steps, space: 80, values: (_, ticks) => ticks.map(dateOf) },
        // As wide as "100 %": what uPlot takes by default cuts that.
        { ...axis, size: 54, values: (_, ticks) => ticks.map((tick) => `${tick} %`) },
      ],
      series: [{}, ...Array.from({ length: lines }, (_, index) => seriesOf(index, colour))],
    },
    undefined,
    box,
  )
}

function seriesOf(index: number, colour: (name: string) => () => string): uPlot.Series {
  const { colour: number, dash } = lineOf(index)
  const stroke = colour(`--line-${number}`)
  // The points of a chain are joined, whatever others are between them.
  return { stroke, width: 2, dash: [...dash], spanGaps: true, points: { show: true, size: 6, fill: stroke } }
}

function sizeIn(box: HTMLDivElement): { readonly width: number; readonly height: number } {
  return { width: Math.max(200, box.clientWidth), height }
}

/** Returns a range of at least two days, so that votes that end at the same time are in the middle. */
function atLeastDays(from: number, to: number): [number, number] {
  return to - from >= 2 * day ? [from, to] : [from - day, to + day]
}

function dateOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10)
}
