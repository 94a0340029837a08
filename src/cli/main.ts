#!/usr/bin/env node
import { reasonOf } from '../domain/errors.js'
import { exitCodes } from './exitCodes.js'
import { openTerminal } from './output/openTerminal.js'
import { stopSignal } from './stopSignal.js'

// The last resort: a sentence, never a stack.
process.on('uncaughtException', (error) => {
  process.stderr.write(`govstream: ${reasonOf(error)}\n`)
  process.exit(exitCodes.failed)
})

// Signals are heard before the rest is loaded, so that a stop right after the start is one too.
const signal = stopSignal(process)
const { runCli } = await import('./runCli.js')
process.exitCode = await runCli(process.argv.slice(2), { terminal: openTerminal(), now: () => Date.now(), signal })
