import { ConfigError } from '../domain/errors.js'
import { defined } from '../domain/defined.js'

/** Environment variables by name, for `${NAME}` in a configuration. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The variables this process was started with. */
export function readEnvironment(): Environment {
  return process.env
}

/** The proxies named in the environment. */
export interface ProxyVariables {
  readonly http?: string
  readonly https?: string
  readonly except?: string
}

/**
 * The proxies of this process: HTTP_PROXY, HTTPS_PROXY and NO_PROXY. The lower-case names win.
 *
 * @throws ConfigError if one is no http or https URL.
 */
export function readProxies(environment: Environment = readEnvironment()): ProxyVariables {
  const written = (name: string): readonly [string, string] | undefined => {
    const found = [name.toLowerCase(), name].find((spelling) => (environment[spelling] ?? '') !== '')
    return found === undefined ? undefined : [found, environment[found] ?? '']
  }
  const proxy = (name: string): string | undefined => {
    const [variable = name, value] = written(name) ?? []
    if (value === undefined) return undefined
    // A host and port without a protocol is an http proxy, as in curl.
    const url = value.includes('://') ? value : `http://${value}`
    if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url
    throw new ConfigError([
      {
        path: variable,
        message:
          'expected the URL of a proxy, such as http://proxy.example.org:3128, in this variable of the environment',
      },
    ])
  }
  const [http, https, except] = [proxy('HTTP_PROXY'), proxy('HTTPS_PROXY'), written('NO_PROXY')?.[1]]
  return {
    ...defined({ http, https, except }),
  }
}
