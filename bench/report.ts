import type { Row } from './measure.js'

const heads = ['measure', 'govstream', 'baseline', 'ratio', 'goal'] as const

/** The rows as a table for a terminal. */
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

/** The page of the documentation: each bench with its command and its rows, in this order. */
export function benchmarksPage(
  machine: string,
  results: Readonly<Record<string, readonly Row[]>>,
  order: readonly string[],
): string {
  const parts = order.flatMap((name) => {
    const rows = results[name]
    if (rows === undefined) return []
    return [
      `## \`npm run bench -- ${name}\``,
      `| ${heads.join(' | ')} |\n|${heads.map(() => '---').join('|')}|\n${rows.map((row) => `| ${cellsOf(row).join(' | ')} |`).join('\n')}`,
    ]
  })
  return [
    '# Benchmarks',
    'Written by `npm run bench`; do not edit. Each measure stands beside its baseline, taken in the same run: trust the ratios, not the absolute figures. `npm run bench -- --quick` takes about two minutes.',
    `Measured on: ${machine}.`,
    ...parts,
    '',
  ].join('\n\n')
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
