import { type LogFn, type Logger, pino } from 'pino'
import type { Config } from '../config/schema.js'
import { BaseError } from '../domain/errors.js'
import { isJsonObject, type JsonObject } from '../domain/text/json.js'
import type { SyncProgress } from '../sources/createReader.js'
import { redactorOf } from '../config/redactorOf.js'
import { type ProgressLine, progressLine } from './output/progressLine.js'
import { paint } from './output/paint.js'
import { prettyLine } from './output/prettyLine.js'
import { dayText } from './output/times.js'
import type { Context, Terminal } from './Terminal.js'

/** The log on stderr, and the progress of reading a long history. */
export interface Log {
  readonly log: Logger
  /** Shows progress as one line that is redrawn; absent if the log reports it, one line every ten seconds. */
  readonly onProgress?: (progress: SyncProgress) => void
  /** Removes the progress line: reading has ended. */
  readonly end: () => void
}

/** Creates the log on stderr. No line contains a secret of the configuration or the stack of an error. */
export function createLogger(
  config: Config,
  { terminal, now }: Pick<Context, 'terminal' | 'now'>,
  conceal = redactorOf(config),
): Log {
  const options = {
    level: config.log.level,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: (error: unknown) => concealed(describeError(error), conceal) },
    redact: { paths: ['secret', '*.secret', 'password', '*.password', 'token', '*.token'], censor: '(secret)' },
    // Secrets are removed from the texts before they become JSON, so that its structure is never touched.
    formatters: {
      log: (fields: object) =>
        Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, concealed(value, conceal)])),
    },
    hooks: {
      logMethod(this: Logger, args: Parameters<LogFn>, method: LogFn) {
        const [fields, line, ...more] = args
        const [first, second]: readonly unknown[] = [fields, line].map((arg: unknown) =>
          typeof arg === 'string' ? conceal(arg) : arg,
        )
        Reflect.apply(method, this, line === undefined ? [first] : [first, second, ...more])
      },
    },
  }
  const format = config.log.format ?? (terminal.attended ? 'pretty' : 'json')
  if (format === 'json') return { log: pino(options, jsonLines()), end: () => undefined }
  const line = terminal.draw === undefined ? undefined : progressLine(terminal, now)
  return {
    log: pino(options, readableLines(terminal, line)),
    ...(line !== undefined && { onProgress: line.progress }),
    end: () => line?.end(),
  }
}

// Maximum number of bytes that wait while they cannot be written; later lines are dropped.
const mostWaiting = 1_000_000

/** Lines of JSON on stderr. If they cannot be written, for example because the disk is full, the process goes on. */
function jsonLines(): ReturnType<typeof pino.destination> {
  const lines = pino.destination({ dest: 2, sync: true, maxLength: mostWaiting })
  lines.on('error', () => undefined)
  return lines
}

/** Reads lines of JSON and writes them for people; it prints the day when it changes. */
function readableLines(terminal: Terminal, line: ProgressLine | undefined): { readonly write: (text: string) => void } {
  const { noteWidth, noteColor } = terminal
  const put = line?.above ?? terminal.note
  let day = ''
  return {
    write: (text) => {
      const fields = parsed(text)
      if (fields === undefined) {
        put(text.trimEnd())
        return
      }
      const { time } = fields
      const today = dayText(typeof time === 'string' ? Date.parse(time) : 0)
      if (today !== day) put(paint(today, 'dim', noteColor))
      day = today
      put(prettyLine(fields, { width: noteWidth, color: noteColor }))
    },
  }
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function describeError(error: unknown): Readonly<Record<string, string>> {
  if (!(error instanceof Error)) return { message: String(error) }
  return { type: error.name, message: error.message, ...(error instanceof BaseError && { kind: error.kind }) }
}

// Deeper than anything that is logged on purpose.
const deepest = 16

/** Removes secrets from all texts of a value. An error is left to its serializer. */
function concealed(value: unknown, conceal: (text: string) => string, depth = 0): unknown {
  if (typeof value === 'string') return conceal(value)
  if (typeof value !== 'object' || value === null || value instanceof Error) return value
  if (depth > deepest) return '(too deep to show)'
  if (Array.isArray(value)) return value.map((item) => concealed(item, conceal, depth + 1))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, concealed(item, conceal, depth + 1)]))
}
