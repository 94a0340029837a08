import { isDeepStrictEqual } from 'node:util'
import { type Concealed, redactor } from '../domain/secrets/redactor.js'
import { type ProxyVariables, readProxies } from './environment.js'
import type { Config } from './schema.js'
import { secretsOf } from './secretsOf.js'

/** Hides the secrets of successive configurations in texts. */
export interface Redaction {
  /** Replaces every secret in a text. */
  readonly conceal: (text: string) => string
  /**
   * Also hides the secrets of this configuration from now on; work of an earlier one may still be in flight. The
   * returned function undoes this, for a configuration that is not applied after all.
   */
  readonly cover: (config: Config) => () => void
}

// Maximum number of configurations whose secrets are kept. Work of older ones has ended long ago.
const mostKept = 8

/** Starts with the secrets of one configuration and of the proxies of the environment. */
export function createRedaction(config: Config, proxies: ProxyVariables = readProxies()): Redaction {
  let kept: readonly { readonly secrets: Concealed; readonly conceal: (text: string) => string }[] = []
  const cover = (next: Config): (() => void) => {
    const secrets = secretsOf(next, proxies)
    const before = kept
    const others = before.filter((one) => !isDeepStrictEqual(one.secrets, secrets))
    const covered = [...others, { secrets, conceal: redactor(secrets) }].slice(-mostKept)
    kept = covered
    return () => {
      if (kept === covered) kept = before
    }
  }
  cover(config)
  return { conceal: (text) => kept.reduce((shown, { conceal }) => conceal(shown), text), cover }
}
