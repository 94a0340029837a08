import { accessSync, constants, statSync } from 'node:fs'
import { parseArgs, stripVTControlCharacters } from 'node:util'
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
const { cosmovisor, wemixvisor } = values
const writes = Number(values.writes)
const wrong = problems()
if (wrong.length > 0) {
  process.stderr.write(`${wrong.join('\n')}\n`)
  process.exitCode = 2
} else {
  if (cosmovisor !== undefined) print('cosmovisor', await tryCosmovisor([cosmovisor], { writes }))
  if (wemixvisor !== undefined) print('wemixvisor', await tryWemixvisor([wemixvisor], { writes }))
}

function problems(): readonly string[] {
  const paths = [cosmovisor, wemixvisor].filter((path) => path !== undefined)
  return [
    ...(paths.length > 0 ? [] : ['Name a binary: npm run test:consumers -- --cosmovisor PATH --wemixvisor PATH']),
    ...paths.flatMap((path) => (mayBeRun(path) ? [] : [`${path} is no program that may be run.`])),
    ...(Number.isInteger(writes) && writes > 0 ? [] : ['--writes: expected a number above 0.']),
  ]
}

function mayBeRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

function print(consumer: string, findings: readonly Finding[]): void {
  for (const { what, isRight, detail } of findings)
    process.stdout.write(isRight ? `ok     ${consumer} ${what}\n` : `WRONG  ${consumer} ${what}${firstLine(detail)}\n`)
  if (findings.some(({ isRight }) => !isRight)) process.exitCode = 1
}

function firstLine(text = ''): string {
  const [line = ''] = stripVTControlCharacters(text).trim().split('\n')
  return line === '' ? '' : ` (${line.slice(0, 120)})`
}
