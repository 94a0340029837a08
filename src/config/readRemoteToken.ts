import { ConfigError } from '../domain/errors.js'
import { field } from '../schema/rawInput.js'
import { type Environment, readEnvironment } from './environment.js'
import { interpolate } from './file/interpolate.js'
import { readConfigFile } from './file/readConfigFile.js'

/** The variable with the token for a remote govstream. */
const tokenVariable = 'GOVSTREAM_TOKEN'

const form = /^[A-Za-z0-9._~+/=-]{1,500}$/

/**
 * Reads the token for a remote govstream from the variable GOVSTREAM_TOKEN, or otherwise from `http.tokens.read` of the
 * given configuration. Returns undefined if neither contains one.
 *
 * @throws ConfigError that never shows the token.
 */
export function readRemoteToken(
  file: string | undefined,
  environment: Environment = readEnvironment(),
): string | undefined {
  const variable = environment[tokenVariable] ?? ''
  if (variable !== '') return checked(variable, tokenVariable)
  if (file === undefined) return undefined
  const { value, locate } = readConfigFile(file)
  const path = 'http.tokens.read'
  const written = field(field(field(value, 'http'), 'tokens'), 'read')
  if (written === undefined) return undefined
  const { value: read, issues } = interpolate(written, environment)
  if (issues.length > 0) throw new ConfigError(issues.map(({ message }) => locate({ path, message })))
  return checked(typeof read === 'string' ? read : '', path)
}

function checked(token: string, path: string): string {
  if (form.test(token)) return token
  throw new ConfigError([
    { path, message: 'expected a token of at most 500 letters, digits and the signs . _ ~ + / - and =' },
  ])
}
