import { type Logger, pino } from 'pino'
import { PinoPretty } from 'pino-pretty'
import type { Config } from '../config/schema.js'
import { BaseError } from '../domain/errors.js'
import { concealer } from './concealer.js'

export interface LoggerOptions {
  /** Lines for people rather than JSON. */
  readonly pretty: boolean
  readonly color: boolean
}

/** The log on stderr. No line of it holds a secret of the configuration, or the stack of an error. */
export function createLogger(config: Config, { pretty, color }: LoggerOptions): Logger {
  const conceal = concealer(config)
  const options = {
    level: config.log.level,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: describeError },
    redact: { paths: ['secret', '*.secret', 'password', '*.password', 'token', '*.token'], censor: '(secret)' },
    hooks: { streamWrite: conceal },
  }
  const destination = pretty
    ? PinoPretty({ destination: 2, sync: true, colorize: color, translateTime: 'SYS:HH:MM:ss', singleLine: true, ignore: 'pid,hostname,notification,event,priority,timestamp,data' })
    : pino.destination({ dest: 2, sync: true })
  return pino(options, destination)
}

function describeError(error: unknown): Readonly<Record<string, string>> {
  if (!(error instanceof Error)) return { message: String(error) }
  return { type: error.name, message: error.message, ...(error instanceof BaseError && { kind: error.kind }) }
}
