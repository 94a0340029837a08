import type { Row } from './measure.js'

const heads = ['measure', 'govstream', 'baseline', 'ratio', 'goal'] as const

/** Renders the rows as a table for a terminal. */
export function tableText(rows: readonly Row[]): string {
  const table = [heads, ...rows.map(cellsOf)]
  const widths = heads.map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0)))
  return table
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/**
 * Renders the page of the documentation: each bench with its command, its machine and its rows, in this order. A bench
 * that was not run now keeps its part of the previous page.
 */
export function benchmarksPage(
  before: string,
  measured: { readonly machine: string; readonly results: Readonly<Record<string, readonly Row[]>> },
  order: readonly string[],
): string {
  const kept = sectionsOf(before)
  const sections = order.flatMap((name) => {
    const rows = measured.results[name]
    return rows === undefined ? (kept.get(name) ?? []) : section(name, measured.machine, rows)
  })
  return [
    '# Benchmarks',
    'Written by `npm run bench`; do not edit. Each measure stands beside its baseline, taken in the same run: trust the ratios, not the absolute figures. `npm run bench -- --quick` takes about two minutes.',
    ...sections,
    '',
  ].join('\n\n')
}

const heading = '## `npm run bench -- '

function section(name: string, machine: string, rows: readonly Row[]): string {
  const table = [heads, heads.map(() => '---'), ...rows.map(cellsOf)].map((cells) => `| ${cells.join(' | ')} |`)
  return [`${heading}${name}\``, `Measured on: ${machine}.`, table.join('\n')].join('\n\n')
}

/** The sections by the name of the bench, each with its heading. */
function sectionsOf(page: string): ReadonlyMap<string, string> {
  const [, ...parts] = page.split(heading)
  return new Map(parts.map((part) => [part.slice(0, part.indexOf('`')), `${heading}${part.trimEnd()}`] as const))
}

function cellsOf({ name, unit, ours, baseline, ratio, goal }: Row): readonly string[] {
  return [
    name,
    `${rounded(ours)} ${unit}`,
    `${rounded(baseline)} ${unit}`,
    `${ratio.toFixed(2)}x`,
    goal === undefined ? '' : `${ratio <= goal ? 'within' : 'MISSES'} ${goal}x`,
  ]
}

function rounded(value: number): string {
  return value >= 1_000 ? Math.round(value).toLocaleString('en') : value.toPrecision(3)
}
