import type { Config } from '../../config/schema.js'
import { StoreError } from '../../domain/errors.js'
import { countText } from '../../domain/notifications/phrases.js'
import { defined } from '../../domain/defined.js'
import { assembleMonitor } from '../../monitor.js'
import { askForSync } from '../askForSync.js'
import { exitCodes } from '../exitCodes.js'
import { createLogger } from '../logger.js'
import type { StartOptions } from '../options.js'
import { foldLines } from '../output/foldLines.js'
import { printJson } from '../output/printJson.js'
import { startConfig } from '../startConfig.js'
import type { Context } from '../Terminal.js'
import { type SyncedChain, syncView } from '../../views/syncView.js'

/** Polls every chain once, commits and delivers. If a process holds the state, that process does it. */
export async function sync(options: StartOptions, context: Context): Promise<number> {
  const { terminal, signal } = context
  const config = startConfig(options)
  signal.addEventListener(
    'abort',
    () => {
      terminal.note('Finishing the poll; a second signal stops at once.')
    },
    { once: true },
  )
  const synced =
    (await askForSync(config, context)) ??
    (await syncHere(config, context).catch((error: unknown) => askNewHolder(error, config, context)))

  if (options.json === true) printJson(terminal, synced.map(syncView))
  else
    terminal.out(
      synced.length === 0 ? 'No chain is enabled: there is nothing to poll.' : synced.flatMap(syncedText).join('\n'),
    )
  const problems = synced.flatMap(({ chain, problem }) => (problem === undefined ? [] : [{ chain, ...problem }]))
  for (const { chain, message } of problems) terminal.note(foldLines(`${chain}: ${message}`, terminal.noteWidth))
  if (problems.length === 0) return exitCodes.done
  return problems.every(({ temporary }) => temporary) ? exitCodes.temporary : exitCodes.failed
}

/** Asks a process that took over the state in the meantime. */
async function askNewHolder(error: unknown, config: Config, context: Context): Promise<readonly SyncedChain[]> {
  const synced = error instanceof StoreError ? await askForSync(config, context) : undefined
  if (synced === undefined) throw error
  return synced
}

async function syncHere(config: Config, context: Context): Promise<readonly SyncedChain[]> {
  const { log, onProgress, end } = createLogger(config, context)
  const results = await assembleMonitor(withoutPush(config), { log, ...defined({ onProgress }) })
    .sync()
    .finally(end)
  return results.map((result) =>
    result.ok
      ? { chain: result.chain, height: result.height }
      : {
          chain: result.chain,
          problem: { message: result.failure.message, temporary: result.failure.kind === 'transient' },
        },
  )
}

/** Removes `ws`, because a single poll does not wait for pushed heads. */
function withoutPush(config: Config): Config {
  return { ...config, chains: config.chains.map(({ rpc: { ws: _ws, ...rpc }, ...chain }) => ({ ...chain, rpc })) }
}

function syncedText({ chain, height, problem }: SyncedChain): readonly string[] {
  if (problem !== undefined) return [`${chain}: could not be read`]
  return [`${chain}: read${height === undefined ? '' : ` up to height ${countText(height)}`}`]
}
