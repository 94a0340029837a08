import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { PageState } from './state.js'

/** Keeps a plot of the turnout in a box, as wide as the box. */
export function plotTurnout(box: HTMLDivElement): (points: PageState['participation']) => void {
  const colour = (name: string): string => getComputedStyle(box).getPropertyValue(name)
  const axis = { stroke: () => colour('--soft'), grid: { stroke: () => colour('--line') } }
  const plot = new uPlot(
    {
      width: Math.max(200, box.clientWidth),
      height: 180,
      legend: { show: false },
      scales: { y: { range: [0, 100] } },
      axes: [axis, { ...axis, values: (_, ticks) => ticks.map((tick) => `${tick} %`) }],
      series: [{}, { stroke: () => colour('--calm'), width: 2, points: { size: 6, fill: () => colour('--calm') } }],
    },
    [[], []],
    box,
  )
  new ResizeObserver(() => plot.setSize({ width: Math.max(200, box.clientWidth), height: 180 })).observe(box)
  return (points) => {
    const known = points
      .map(({ at, turnout }) => ({ at: Date.parse(at) / 1000, turnout: turnout * 100 }))
      .sort((a, b) => a.at - b.at)
    plot.setData([known.map(({ at }) => at), known.map(({ turnout }) => turnout)])
  }
}
