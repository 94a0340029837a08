#!/usr/bin/env node
import { reasonOf } from '../domain/errors.js'
import { endProcess, endSoon } from './endProcess.js'
import { exitCodes } from './exitCodes.js'
import { openTerminal } from './output/openTerminal.js'
import { processSignals } from './processSignals.js'

// The last resort: a sentence, never a stack.
process.on('uncaughtException', (error) => {
  process.stderr.write(`govstream: ${reasonOf(error)}\n`)
  endProcess(process, exitCodes.failed)
})

// Signals are heard before the rest is loaded, so that a stop right after the start is one too.
const signals = processSignals(process)
const { runCli } = await import('./runCli.js')
const code = await runCli(process.argv.slice(2), { terminal: openTerminal(), now: () => Date.now(), ...signals })
// What still hangs, such as a lookup or a write to a dead disk, was given up: it does not keep the process. Texts are
// out first.
await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((written) => stream.write('', written))))
await endSoon(process, code)
