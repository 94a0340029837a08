import { readProxies } from '../../config/environment.js'
import { redactor } from '../../domain/secrets/redactor.js'
import { hasSoundChecksum } from '../../schema/eip55.js'
import { brokenChecksum } from '../../schema/scalars.js'
import { ConfigError, reasonOf, SourceError } from '../../domain/errors.js'
import { redactUrl } from '../../domain/secrets/redact.js'
import { defined } from '../../domain/defined.js'
import { type Identified, identifySystem } from '../../sources/identifySystem.js'
import { createHttpClient } from '../../transport/createHttpClient.js'
import { exitCodes } from '../exitCodes.js'
import type { CheckOptions } from '../options.js'
import { foldLines } from '../output/foldLines.js'
import { printJson } from '../output/printJson.js'
import type { Context } from '../Terminal.js'
import { identifiedView } from '../../views/checkView.js'

const timeoutMs = 30_000

/**
 * Says what an address is, or what a URL speaks, and what to write into the configuration for it.
 *
 * @throws ConfigError where the options do not go together.
 */
export async function identify(
  options: CheckOptions & { readonly rpc?: string },
  { terminal, signal }: Context,
): Promise<number> {
  const { address, json } = options
  const url = urlIn(options)
  const asked = { rpc: redactUrl(url), address }
  const proxies = readProxies()
  const conceal = redactor({ urls: [url, ...[proxies.http, proxies.https].filter((proxy) => proxy !== undefined)] })
  try {
    const found = await identifySystem({
      url,
      timeoutMs,
      signal,
      http: createHttpClient({ proxies }),
      conceal,
      ...defined({ address }),
    })
    if (json === true) printJson(terminal, identifiedView({ ...asked, found }))
    else terminal.out(foldLines([found.summary, ...pasteable(found)].join('\n'), terminal.width))
    return found.system === undefined ? exitCodes.failed : exitCodes.done
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    if (json === true) printJson(terminal, identifiedView({ ...asked, problem: error.message }))
    else terminal.out(foldLines(reasonOf(error), terminal.width))
    return error.kind === 'transient' ? exitCodes.temporary : exitCodes.failed
  }
}

function urlIn({ rpc, address, config, home, profile, state }: CheckOptions): string {
  const others = Object.entries({ config, home, profile, state }).filter(([, value]) => value !== undefined)
  const issues = [
    ...(rpc === undefined
      ? [{ path: '--rpc', message: 'expected the URL of a node to look for the address at, but it is missing' }]
      : /^https?:$/.test(URL.canParse(rpc) ? new URL(rpc).protocol : '')
        ? []
        : [{ path: '--rpc', message: 'expected an http:// or https:// URL' }]),
    ...(address === undefined ? [] : addressProblem(address)).map((message) => ({ path: '--address', message })),
    ...others.map(([name]) => ({
      path: `--${name}`,
      message: 'expected without --address: what is found decides about it',
    })),
  ]
  if (issues.length > 0 || rpc === undefined) throw new ConfigError(issues)
  return rpc
}

function addressProblem(address: string): readonly string[] {
  if (!/^0x[0-9a-fA-F]{40}$/.test(address)) return ['expected a 0x address of 40 hex digits']
  return hasSoundChecksum(address) ? [] : [brokenChecksum]
}

/** What to write under `chains`; no URL, which may hold a key. */
function pasteable({ system, address }: Identified): readonly string[] {
  if (system === undefined) return []
  return [
    '',
    'governance:',
    `  system: ${system}`,
    ...(address === undefined ? [] : [`  address: "${address}"`]),
    ...(system === 'cosmos' ? ['  rest: [https://…]'] : []),
  ]
}
