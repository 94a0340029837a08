import { closeSync, openSync, readSync } from 'node:fs'
import { ConfigError, reasonOf } from '../../domain/errors.js'

/** Maximum size in bytes. It keeps a device or a log file named by mistake from being read to its end. */
const mostBytes = 1_048_576

/**
 * Reads the text of a configuration file, which may be a pipe.
 *
 * @throws ConfigError that says what was found instead and what to do.
 */
export function readConfigText(file: string): string {
  const bytes = readBytes(file)
  const refuse = (message: string): ConfigError => new ConfigError([{ path: file, message }])
  if (bytes.length > mostBytes)
    throw refuse('expected a configuration file of at most 1 MB; is this the file that is meant?')
  if (bytes.includes(0)) throw refuse('expected a text in UTF-8; this is another encoding, or no text at all')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw refuse('expected a text in UTF-8; this is another encoding, or no text at all')
  }
}

function readBytes(file: string): Uint8Array {
  try {
    const descriptor = openSync(file, 'r')
    try {
      const bytes = new Uint8Array(mostBytes + 1)
      let length = 0
      for (let read = -1; read !== 0 && length < bytes.length; length += read)
        read = readSync(descriptor, bytes, length, bytes.length - length, null)
      return bytes.subarray(0, length)
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    throw new ConfigError([{ path: file, message: reasonFor(error) }])
  }
}

function reasonFor(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT')
    return 'expected a configuration file, but there is none; "govstream init" writes a first one, --config FILE names another, and "govstream run --rpc URL --governor ADDRESS" needs none'
  if (code === 'EISDIR') return 'expected a configuration file, but this is a directory; name the file in it'
  if (code === 'EACCES' || code === 'EPERM')
    return 'expected a configuration file that this user may read; change its rights, or start as its owner'
  return `expected a configuration file that can be read: ${reasonOf(error)}`
}
