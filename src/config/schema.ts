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
  state: statePath().prefault(defaultState).describe('The embedded SQLite file; :memory: keeps nothing.'),
  gracePeriod: timerDuration().prefault('10s').describe('Longest wait for what is in flight when asked to stop.'),
  log: section({
    level: oneOf(logLevels).prefault('info').describe('Least level that is logged.'),
    format: oneOf(logFormats)
      .exactOptional()
      .describe(
        '`pretty` for people, `json` for programs; where it is not set, pretty on a terminal and JSON lines otherwise.',
      ),
  })
    .prefault({})
    .describe('The log on stderr.'),
  reload: oneOf(reloads)
    .prefault('signal')
    .describe(
      'When a run reads this file again: `signal`, at SIGHUP; `watch`, also once the file has changed. A wrong one is refused as a whole, and the former one goes on.',
    ),
  chains: list(chainSchema, 'chains')
    .min(1, { error: 'expected at least one chain' })
    .readonly()
    .describe('The chains to watch.'),
  proposals: section({
    maxAge: duration({ least: 1 }).prefault('30d').describe('How long completed proposals are kept.'),
  })
    .prefault({})
    .describe('What is kept of the proposals.'),
  notifier: notifierSchema.prefault({}).describe('What is kept of the notifications and where they go.'),
  http: z.exactOptional(httpSchema).describe('What is served over HTTP. Where it is absent, no port is open.'),
})

/** The configuration after parsing: defaults filled in, durations in milliseconds. */
export type Config = z.output<typeof configSchema>
/** The configuration as written: durations as text, most keys optional. */
export type ConfigInput = z.input<typeof configSchema>
export type ChainConfig = Config['chains'][number]
/** The section `http`. */
export type HttpConfig = NonNullable<Config['http']>
