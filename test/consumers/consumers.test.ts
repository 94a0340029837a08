import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { tryCosmovisor } from './cosmovisor.js'
import type { Finding } from './finding.js'
import { tryWemixvisor } from './wemixvisor.js'

// What `npm run test:consumers` does with real binaries, here with doubles that follow their known rules.
const double = (name: string): [string, string] => [
  process.execPath,
  fileURLToPath(new URL(`../support/programs/${name}.mjs`, import.meta.url)),
]
const wrongOf = (findings: readonly Finding[]): readonly Finding[] => findings.filter(({ isRight }) => !isRight)

it('a cosmovisor reads, waits, switches once and continues, however often the file is written', async () => {
  const findings = await tryCosmovisor(double('cosmovisor'), { writes: 100 })

  expect(findings).toHaveLength(8)
  expect(wrongOf(findings)).toStrictEqual([])
})

it('a wemixvisor always reads a whole plan, and neither side overwrites the plan of the other', async () => {
  const findings = await tryWemixvisor(double('wemixvisor'), { writes: 100 })

  expect(findings).toHaveLength(7)
  expect(wrongOf(findings)).toStrictEqual([])
})
