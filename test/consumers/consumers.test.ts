import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { tryCosmovisor } from './cosmovisor.js'
import type { Finding } from './finding.js'
import { tryWemixvisor } from './wemixvisor.js'

// The same as `npm run test:consumers` has the real ones do, with doubles that keep the rules known of them.
const double = (name: string): [string, string] => [
  process.execPath,
  fileURLToPath(new URL(`../support/programs/${name}.mjs`, import.meta.url)),
]
const wrongOf = (findings: readonly Finding[]): readonly Finding[] => findings.filter(({ isRight }) => !isRight)

it('a cosmovisor reads, waits, switches once and goes on, however often the file is written', async () => {
  const findings = await tryCosmovisor(double('cosmovisor'), { writes: 100 })

  expect(findings).toHaveLength(8)
  expect(wrongOf(findings)).toStrictEqual([])
})

it('a wemixvisor reads a whole plan each time, and neither of us takes what the other wrote', async () => {
  const findings = await tryWemixvisor(double('wemixvisor'), { writes: 100 })

  expect(findings).toHaveLength(7)
  expect(wrongOf(findings)).toStrictEqual([])
})
