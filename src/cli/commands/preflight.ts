import type { ChainConfig, Config } from '../../config/schema.js'
import { loadConfig } from '../../config/loadConfig.js'
import { emptyBlockTime } from '../../domain/blocks/blockTime.js'
import { ConfigError } from '../../domain/errors.js'
import { type Preflight, verdictOf } from '../../domain/readiness/check.js'
import { selectForPreflight } from '../../domain/readiness/selectForPreflight.js'
import { cleanLine } from '../../domain/text/text.js'
import { assembleChain } from '../../monitor/chain/assembleChain.js'
import { createServerAccess } from '../../monitor/createServerAccess.js'
import type { ChainOutline } from '../../store/Store.js'
import { preflightView } from '../../views/preflightView.js'
import { exitCodes } from '../exitCodes.js'
import { defaultConfigFile } from '../options.js'
import { preflightText } from '../output/preflightText.js'
import { printJson } from '../output/printJson.js'
import type { Context } from '../Terminal.js'
import { withStore } from '../withStore.js'

export interface PreflightOptions {
  readonly config?: string
  readonly json?: boolean
}

interface Watched {
  readonly chain: ChainConfig
  readonly state: ChainOutline | undefined
}

const codes = { ready: exitCodes.done, not_ready: exitCodes.failed, unknown: exitCodes.temporary } as const

/**
 * Checks what the next upgrades need, on this machine, with or without a running govstream; changes nothing. The exit
 * code tells the verdict.
 *
 * @throws ConfigError if no coming upgrade has that name or key.
 */
export async function preflight(
  wanted: string | undefined,
  { config: file = defaultConfigFile, json = false }: PreflightOptions,
  context: Context,
): Promise<number> {
  const { terminal } = context
  const config = loadConfig(file)
  const watched = await withStore({ state: config.state }, (store) =>
    config.chains
      .filter(({ monitor }) => monitor.enabled)
      .map((chain): Watched => ({ chain, state: store?.outline(chain.name) })),
  )
  const missing = wanted === undefined ? undefined : missingText(watched, wanted)
  if (missing !== undefined) {
    if (json) printJson(terminal, [])
    throw new ConfigError([{ path: 'upgrade', message: missing }])
  }
  const found = await lookAtAll(config, watched, wanted, context)
  if (json) printJson(terminal, found.map(preflightView))
  else
    terminal.out(
      found.length === 0 ? 'No upgrade is scheduled: there is nothing to check.' : preflightText(found, terminal),
    )
  return codes[verdictOf(found)]
}

/** Returns why there is nothing to check, if no coming upgrade has that name or key. */
function missingText(watched: readonly Watched[], wanted: string): string | undefined {
  const all = watched.flatMap(({ state }) => [...(state?.upgrades.values() ?? [])])
  if (selectForPreflight(all, wanted).length > 0) return undefined
  const over = all.find(({ key, name }) => key === wanted || name === wanted)
  const shown = cleanLine(wanted, 200)
  return over === undefined
    ? `there is no upgrade ${shown}; "govstream upgrades" lists them`
    : `expected one that lies ahead: ${shown} is ${over.status.replace('_', ' ')}`
}

async function lookAtAll(
  config: Config,
  watched: readonly Watched[],
  wanted: string | undefined,
  { now, signal }: Context,
): Promise<readonly Preflight[]> {
  const outside = createServerAccess(config)
  const found: Preflight[] = []
  for (const { chain, state } of watched) {
    const { preflight: look } = assembleChain(chain, { now, ...outside })
    // One after the other, because they use the same disk.
    for (const upgrade of selectForPreflight(state?.upgrades.values() ?? [], wanted))
      found.push(await look(upgrade, state?.blockTime ?? emptyBlockTime, signal))
  }
  return found
}
