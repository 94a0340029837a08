import { basename } from 'node:path'
import * as z from 'zod'
import { DeliveryError } from '../domain/errors.js'
import { redactor } from '../domain/secrets/redactor.js'
import { cleanLine } from '../domain/text/text.js'
import { findProgram } from '../programs/findProgram.js'
import { type Program, type ProgramRun, runProgram } from '../programs/runProgram.js'
import { list, text, timerDuration, whole } from '../schema/scalars.js'
import { section } from '../schema/section.js'
import { channelKeys, defineChannel } from './Channel.js'
import type { Handler } from './Handler.js'

const words = 'expected a program and its arguments, such as [/usr/local/bin/tell, --json]'
const withoutNul = /^[^\0]*$/

/** Runs a program with each notification on its standard input. */
export const command = defineChannel({
  bundles: false,
  schema: section({
    type: z.literal('command').describe('Runs a program.'),
    command: list(text(words).regex(withoutNul, { error: words }), 'words: a program and its arguments')
      .min(1, { error: words })
      .readonly()
      .describe('The program and its arguments, without a shell.'),
    environment: z
      .record(
        z.string().regex(/^[A-Za-z_]\w*$/, { error: 'expected the name of a variable' }),
        z.string({ error: 'expected text' }).regex(withoutNul, { error: 'expected text without a NUL' }),
        { error: 'expected a mapping of variables to their values' },
      )
      .prefault({})
      .describe('Its whole environment. Nothing is inherited from govstream, not even PATH.'),
    timeout: timerDuration()
      .prefault('30s')
      .describe('After this time the program and everything it started are killed.'),
    maxAttempts: whole(1).prefault(100).describe('Number of attempts before a notification becomes a dead letter.'),
    ...channelKeys,
  }).describe(
    'The program runs once for each notification and reads it from standard input as one line of JSON. Exit code 0 means delivered, 65 makes it a dead letter at once, and anything else is tried again. If the program fails, its output is shown. The values of `environment` are never shown.',
  ),
  keeps: 'nothing',
  preview: (notification) => JSON.stringify(notification),
  placeOf: ({ command, environment }) => [command, environment],
  secrets: ({ environment }) => ({ secrets: Object.values(environment) }),
  open: ({ command, environment, timeout, maxAttempts }) => ({
    handler: commandHandler({ command, environment, timeout }),
    // The program has its own time limit; the rest is time to end all processes that it started.
    timeoutMs: timeout + 5_000,
    maxAttempts,
  }),
  check: async ({ command: [program = ''], environment }) => {
    const place = await findProgram(program, environment['PATH'] ?? defaultPath)
    if (place !== undefined) return `${place} can be run.`
    const problem = `The program ${program} is not there or may not be run: give its full path and make it executable.`
    throw new DeliveryError('permanent', problem)
  },
})

// Where the system looks for programs if there is no PATH.
const defaultPath = '/usr/bin:/bin'
// EX_DATAERR of sysexits.h.
const refused = 65

/** The program to run. */
export type CommandOptions = Pick<Program, 'command' | 'environment' | 'timeout'>

/** Runs the program for each notification and writes the notification to its standard input, as one line of JSON. */
export function commandHandler(program: CommandOptions): Handler {
  const conceal = redactor({ urls: [], secrets: Object.values(program.environment) })
  return {
    type: 'command',
    handle: async (notification, { signal }) => {
      const run = await runProgram({ ...program, input: `${JSON.stringify(notification)}\n` }, signal)
      // Secrets are removed before the output is cut; otherwise the beginning of a secret could remain.
      if (!run.ok) throw failure(program, { ...run, output: conceal(run.output) })
    },
  }
}

function failure(
  { command: [program = ''] }: CommandOptions,
  { exitCode, summary, output }: ProgramRun,
): DeliveryError {
  const said = cleanLine(output, 200)
  return new DeliveryError(
    exitCode === refused ? 'permanent' : 'transient',
    `The program ${basename(program)} ${summary}${said === '' ? '.' : `: ${said}`}`,
    undefined,
    exitCode,
  )
}
