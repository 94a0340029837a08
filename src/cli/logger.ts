import { type LogFn, type Logger, pino } from 'pino'
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
    serializers: { err: (error: unknown) => concealed(describeError(error), conceal) },
    redact: { paths: ['secret', '*.secret', 'password', '*.password', 'token', '*.token'], censor: '(secret)' },
    // In the texts, before they become a line: what stands around them in the JSON is never touched.
    formatters: { log: (fields: object) => Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, concealed(value, conceal)])) },
    hooks: {
      logMethod(this: Logger, args: Parameters<LogFn>, method: LogFn) {
        const [fields, line, ...more] = args
        const [first, second]: readonly unknown[] = [fields, line].map((arg: unknown) => (typeof arg === 'string' ? conceal(arg) : arg))
        Reflect.apply(method, this, line === undefined ? [first] : [first, second, ...more])
      },
    },
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

/** The same, without secrets in any text. An error is left to its serializer. */
function concealed(value: unknown, conceal: (text: string) => string, depth = 0): unknown {
  if (typeof value === 'string') return conceal(value)
  if (typeof value !== 'object' || value === null || value instanceof Error || depth > 8) return value
  if (Array.isArray(value)) return value.map((item) => concealed(item, conceal, depth + 1))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, concealed(item, conceal, depth + 1)]))
}
