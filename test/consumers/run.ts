import { parseArgs } from 'node:util'
import { tryCosmovisor } from './cosmovisor.js'
import type { Finding } from './finding.js'
import { tryWemixvisor } from './wemixvisor.js'

// npm run test:consumers -- --cosmovisor PATH --wemixvisor PATH [--writes 1000]: binaries that the caller brings.
const { values } = parseArgs({
  options: {
    cosmovisor: { type: 'string' },
    wemixvisor: { type: 'string' },
    writes: { type: 'string', default: '1000' },
  },
})
const options = { writes: Number(values.writes) }
if (values.cosmovisor === undefined && values.wemixvisor === undefined) {
  process.stderr.write('Name a binary: npm run test:consumers -- --cosmovisor PATH --wemixvisor PATH\n')
  process.exitCode = 2
}
if (values.cosmovisor !== undefined) print('cosmovisor', await tryCosmovisor([values.cosmovisor], options))
if (values.wemixvisor !== undefined) print('wemixvisor', await tryWemixvisor([values.wemixvisor], options))

function print(consumer: string, findings: readonly Finding[]): void {
  for (const { what, isRight, detail } of findings)
    process.stdout.write(`${isRight ? 'ok    ' : 'WRONG '} ${consumer} ${what}${firstLine(detail)}\n`)
  if (findings.some(({ isRight }) => !isRight)) process.exitCode = 1
}

function firstLine(text = ''): string {
  const [line = ''] = text.trim().split('\n')
  return line === '' ? '' : ` (${line.slice(0, 120)})`
}
