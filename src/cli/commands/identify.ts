import { systemsWithRest } from '../../config/systems.js'
import { ConfigError, type ConfigIssue, reasonOf, SourceError } from '../../domain/errors.js'
import { redactUrl } from '../../domain/secrets/redact.js'
import { defined } from '../../domain/defined.js'
import { type Identified, identifySystem } from '../../sources/identifySystem.js'
import { exitCodes } from '../exitCodes.js'
import type { CheckOptions } from '../options.js'
import { foldLines } from '../output/foldLines.js'
import { printJson } from '../output/printJson.js'
import { addressProblem, urlProblem } from '../problems.js'
import { reachUrl } from '../reachUrl.js'
import type { Context } from '../Terminal.js'
import { identifiedView, summaryText } from '../../views/checkView.js'

/**
 * Identifies an address or the protocol of a URL, and prints the configuration for it.
 *
 * @throws ConfigError if the options cannot be combined.
 */
export async function identify(
  options: CheckOptions & { readonly rpc?: string },
  { terminal, signal }: Context,
): Promise<number> {
  const { address, json } = options
  const url = urlIn(options)
  const asked = { rpc: redactUrl(url), address }
  try {
    const found = await identifySystem({ ...reachUrl(url), signal, ...defined({ address }) })
    if (json === true) printJson(terminal, identifiedView({ ...asked, found }))
    else terminal.out(foldLines([summaryText(found), ...pasteable(found)].join('\n'), terminal.width))
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
      : issuesOf('--rpc', urlProblem(rpc))),
    ...(address === undefined ? [] : issuesOf('--address', addressProblem(address))),
    ...others.map(([name]) => ({
      path: `--${name}`,
      message: 'expected without --address: it depends on what is found',
    })),
  ]
  if (issues.length > 0 || rpc === undefined) throw new ConfigError(issues)
  return rpc
}

function issuesOf(path: string, message: string | undefined): readonly ConfigIssue[] {
  return message === undefined ? [] : [{ path, message }]
}

/** Returns the lines to paste under `chains`, without the URL, which may contain a key. */
function pasteable({ system, address }: Identified): readonly string[] {
  if (system === undefined) return []
  return [
    '',
    'governance:',
    `  system: ${system}`,
    ...(address === undefined ? [] : [`  address: "${address}"`]),
    ...(systemsWithRest.includes(system) ? ['  rest: [https://…]'] : []),
  ]
}
