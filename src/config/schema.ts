import * as z from 'zod'
import { chainSchema } from './schemas/chainSchema.js'
import { defaultState } from './defaultState.js'
import { httpSchema } from './schemas/httpSchema.js'
import { notifierSchema } from './schemas/notifierSchema.js'
import { duration, list, oneOf, statePath, timerDuration } from '../schema/scalars.js'
import { section } from '../schema/section.js'

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

const logFormats = ['pretty', 'json'] as const

const reloads = ['signal', 'watch'] as const

/** The schema of the whole configuration. `findConflicts` checks rules between its parts. */
export const configSchema = section({
  state: statePath()
    .prefault(defaultState)
    .describe('The SQLite file with the state. :memory: keeps nothing after the process ends.'),
  gracePeriod: timerDuration()
    .prefault('10s')
    .describe('Maximum time to finish requests and deliveries in flight when the process is asked to stop.'),
  log: section({
    level: oneOf(logLevels).prefault('info').describe('Minimum level that is logged.'),
    format: oneOf(logFormats)
      .exactOptional()
      .describe('`pretty` for people, `json` for programs. By default pretty on a terminal and JSON lines otherwise.'),
  })
    .prefault({})
    .describe('The log on stderr.'),
  reload: oneOf(reloads)
    .prefault('signal')
    .describe(
      'When `run` reads this file again: `signal`, at SIGHUP; `watch`, also when the file has changed. An invalid file is refused as a whole, and the previous configuration stays in force.',
    ),
  chains: list(chainSchema, 'chains')
    .min(1, { error: 'expected at least one chain' })
    .readonly()
    .describe('The chains to watch.'),
  proposals: section({
    maxAge: duration({ least: 1 }).prefault('30d').describe('How long completed proposals are kept.'),
  })
    .prefault({})
    .describe('How long proposals are kept.'),
  notifier: notifierSchema.prefault({}).describe('Where notifications go and how long they are kept.'),
  http: z.exactOptional(httpSchema).describe('The HTTP server. Without this section no port is open.'),
})

/** The configuration after parsing: defaults filled in, durations in milliseconds. */
export type Config = z.output<typeof configSchema>
/** The configuration as written: durations as text, most keys optional. */
export type ConfigInput = z.input<typeof configSchema>
export type ChainConfig = Config['chains'][number]
/** The section `http`. */
export type HttpConfig = NonNullable<Config['http']>
