import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildWhereStale } from '../test/process/buildWhereStale.js'
import { seedState } from '../test/support/seededState.js'
import { compare, quantile, type Row } from './measure.js'
import { runNode } from './runNode.js'

const rounds = 15
const most = { ratio: 2.2, megabytes: 100 }
const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))

/** Measures whole processes from start to end: reading commands over a small state, compared with a bare Node. */
export async function benchStart(): Promise<readonly Row[]> {
  await buildWhereStale()
  const directory = mkdtempSync(join(tmpdir(), 'govstream-bench-'))
  try {
    seedState(directory)
    const node = (...args: readonly string[]): number => runNode(args, directory)
    const commands = [['status', '--state', 'govstream.db'], ['status'], ['proposals', '--json'], ['--help']] as const
    const [bare, ...measured] = await compare(
      rounds,
      () => node('-e', '0'),
      ...commands.map((command) => () => node(main, ...command)),
    )
    const baseline = bare?.median ?? Number.NaN
    const megabytes = Array.from({ length: rounds }, () => node(main, 'status'))
    const memory = quantile(megabytes)
    return [
      ...commands.map((command, at): Row => {
        const { median = Number.NaN, samples = [] } = measured[at] ?? {}
        return {
          name: `start: ${command.join(' ')}, to a bare node`,
          unit: 'ms',
          ours: median,
          baseline,
          ratio: median / baseline,
          ...(command[0] === 'status' && { goal: most.ratio }),
          details: { rounds, samples, bare: bare?.samples ?? [] },
        }
      }),
      {
        name: 'start: resident memory of status, to its limit',
        unit: 'MB',
        ours: memory,
        baseline: most.megabytes,
        ratio: memory / most.megabytes,
        goal: 1,
        details: { rounds, megabytes: megabytes.map(Math.round) },
      },
    ]
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
