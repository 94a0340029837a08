import type { Json } from '../domain/text/json.js'

/** The levels of the log that are used. */
export type LogLevel = 'info' | 'warn' | 'error'

/** The part of a pino logger that is used: fields, then the line. */
export type LogWriter = Readonly<Record<LogLevel, (fields: Readonly<Record<string, Json>>, line: string) => void>>
