#!/usr/bin/env node
import { reasonOf } from '../domain/errors.js'
import { exitCodes } from './exitCodes.js'
import { openTerminal } from './output/openTerminal.js'
import { runCli } from './runCli.js'
import { stopSignal } from './stopSignal.js'

// The last resort: a sentence, never a stack.
process.on('uncaughtException', (error) => {
  process.stderr.write(`govstream: ${reasonOf(error)}\n`)
  process.exit(exitCodes.failed)
})

process.exitCode = await runCli(process.argv.slice(2), {
  terminal: openTerminal(),
  now: () => Date.now(),
  signal: stopSignal(process),
})
