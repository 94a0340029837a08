import { isDeepStrictEqual } from 'node:util'
import { type Concealed, redactor } from '../domain/secrets/redactor.js'
import { type ProxyVariables, readProxies } from './environment.js'
import type { Config } from './schema.js'
import { secretsOf } from './secretsOf.js'

/** Keeps the secrets of several configurations out of texts, one after the other. */
export interface Redaction {
  /** Puts something harmless in the place of every secret. */
  readonly conceal: (text: string) => string
  /**
   * From now on the secrets of this configuration, too: what works under a former one may still be in flight. What it
   * gives takes that back, for a configuration that is not taken up after all.
   */
  readonly cover: (config: Config) => () => void
}

// What is that many configurations old has long come to its end.
const mostKept = 8

/** Begins with the secrets of one configuration and of the proxies of the environment. */
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
