import { nameHandlers } from '../channels/nameHandlers.js'
import { defined } from '../domain/defined.js'
import { ConfigError, type ConfigIssue } from '../domain/errors.js'
import { defaultState } from './defaultState.js'
import { describeIssues } from './describeIssues.js'
import { type Environment, readEnvironment } from './environment.js'
import { interpolate } from './file/interpolate.js'
import { readConfigFile } from './file/readConfigFile.js'
import { field, items, text } from '../schema/rawInput.js'
import { chainName, pathRules, statePath, writtenText } from '../schema/writtenText.js'

/** What a command that only reads the state needs from a configuration. */
export interface Names {
  readonly state: string
  readonly chains: readonly NamedChain[]
  /** Names of the configured handlers; absent if there are none or one cannot be read. */
  readonly handlers?: readonly string[]
}

export interface NamedChain {
  readonly chain: string
  /** The system as written; absent if it is not. */
  readonly system?: string
  /** False if the configuration disables the chain. */
  readonly enabled: boolean
}

/**
 * Reads only the state path and the names from a file, so that an unset variable or a mistake elsewhere does not stop
 * commands that only read.
 *
 * @throws ConfigError if the file is missing or no YAML, or if these values cannot be read from it.
 */
export function readNames(file: string, environment: Environment = readEnvironment()): Names {
  const { value: written, locate } = readConfigFile(file)
  const issues: ConfigIssue[] = []
  const filled = (value: unknown, path: string): string | undefined => {
    const { value: read, issues: found } = interpolate(value, environment)
    issues.push(...found.map(({ message }) => ({ path, message })))
    if (found.length > 0) return undefined
    const form = path === 'state' ? writtenText(statePath, pathRules) : writtenText(chainName)
    const checked = form.safeParse(read)
    if (checked.success) return checked.data
    issues.push(...describeIssues(checked.error.issues, read).map(({ message }) => ({ path, message })))
    return undefined
  }

  const state = field(written, 'state') === undefined ? defaultState : filled(field(written, 'state'), 'state')
  const chains = items(field(written, 'chains')).map((chain, at): NamedChain => {
    const system = text(field(field(chain, 'governance'), 'system'))
    return {
      chain: filled(field(chain, 'name'), `chains[${at}].name`) ?? '',
      enabled: field(field(chain, 'monitor'), 'enabled') !== false,
      ...(system !== undefined && !system.includes('${') && { system }),
    }
  })
  if (chains.length === 0) issues.push({ path: 'chains', message: 'expected at least one chain' })
  if (issues.length > 0 || state === undefined) throw new ConfigError(issues.map(locate))
  return { state, chains, ...defined({ handlers: handlersIn(written, environment) }) }
}

/** The names of the handlers, as used in the state. */
function handlersIn(written: unknown, environment: Environment): readonly string[] | undefined {
  const handlers = field(field(written, 'notifier'), 'handlers')
  const read = items(handlers).map((handler) => {
    const { value, issues } = interpolate({ type: field(handler, 'type'), name: field(handler, 'name') }, environment)
    const type = text(field(value, 'type'))
    return issues.length > 0 || type === undefined
      ? undefined
      : { type, ...defined({ name: text(field(value, 'name')) }) }
  })
  const named = read.filter((one) => one !== undefined)
  return handlers === undefined || named.length < read.length ? undefined : nameHandlers(named).map(({ name }) => name)
}
