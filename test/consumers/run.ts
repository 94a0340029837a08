import { accessSync, constants, statSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'
import { tryCosmovisor } from './cosmovisor.js'
import { readOptions } from '../support/readOptions.js'
import type { Finding } from './finding.js'
import { tryWemixvisor } from './wemixvisor.js'

// npm run test:consumers -- --cosmovisor PATH --wemixvisor PATH [--writes 1000]: binaries that the caller brings.
const usage = 'npm run test:consumers -- --cosmovisor PATH --wemixvisor PATH [--writes 1000]'
const option = readOptions(['cosmovisor', 'wemixvisor', 'writes'], usage)
const [cosmovisor, wemixvisor] = [option('cosmovisor'), option('wemixvisor')]
const writes = Number(option('writes') ?? '1000')
const wrong = problems()
if (wrong.length > 0) {
  process.stderr.write(`${wrong.join('\n')}\n`)
  process.exitCode = 2
} else {
  if (cosmovisor !== undefined) print('cosmovisor', await tryCosmovisor([cosmovisor], { writes }))
  if (wemixvisor !== undefined) print('wemixvisor', await tryWemixvisor([wemixvisor], { writes }))
}

function problems(): readonly string[] {
  const named = Object.entries({ cosmovisor, wemixvisor }).flatMap(([option, path]) =>
    path === undefined ? [] : [{ option, path }],
  )
  return [
    ...(named.length > 0 ? [] : [`Give the path of a binary that you have; this repository has none: ${usage}`]),
    ...named.flatMap(({ option, path }) =>
      mayBeRun(path) ? [] : [`--${option}: expected the path of a program that may be run, but ${path} is none.`],
    ),
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
