#!/usr/bin/env node
import { reasonOf } from '../domain/errors.js'
import { endProcess, endSoon } from './endProcess.js'
import { exitCodes } from './exitCodes.js'
import { openTerminal } from './output/openTerminal.js'
import { processSignals } from './processSignals.js'

// The last resort: prints one sentence and never a stack.
process.on('uncaughtException', (error) => {
  process.stderr.write(`govstream: ${reasonOf(error)}\n`)
  endProcess(process, exitCodes.failed)
})

// Signals are handled before the rest is loaded, so that a stop right after the start works too.
const signals = processSignals(process)
const { runCli } = await import('./runCli.js')
const code = await runCli(process.argv.slice(2), { terminal: openTerminal(), now: () => Date.now(), ...signals })
// Work that still hangs, such as a lookup or a write to a dead disk, was given up and must not keep the process alive.
// Output is flushed first.
await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((written) => stream.write('', written))))
await endSoon(process, code)
