import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '../../config/loadConfig.js'
import type { ChainConfig, Config } from '../../config/schema.js'
import { systemsWithoutPast } from '../../config/systems.js'
import { ConfigError, SourceError } from '../../domain/errors.js'
import { replayChain } from '../../monitor/replayChain.js'
import { countText } from '../../domain/notifications/phrases.js'
import { durationText } from '../../domain/text/time.js'
import { isJsonObject } from '../../domain/text/json.js'
import type { AuditEntry } from '../../store/Store.js'
import { auditView } from '../../views/auditView.js'
import { exitCodes } from '../exitCodes.js'
import { defaultConfigFile } from '../options.js'
import type { UnitOf } from '../output/auditFields.js'
import { auditSentence } from '../output/auditSentence.js'
import { foldLines } from '../output/foldLines.js'
import { printJson } from '../output/printJson.js'
import { wholeIds } from '../output/shortIds.js'
import { secondOfMsText } from '../output/times.js'
import type { Context } from '../Terminal.js'
import { withStore } from '../withStore.js'

export interface ReplayCommandOptions {
  readonly config?: string
  readonly json?: boolean
  readonly chain: string
  readonly from: string
  readonly to: string
}

// Maximum number of blocks. A vote of two weeks with a block every two seconds takes 604,800.
const mostBlocks = 1_000_000n
const progressEveryMs = 10_000

/** Replays the history of a chain with the configuration, and prints what it would have done and why, oldest first. */
export async function replay(options: ReplayCommandOptions, { terminal, signal, now }: Context): Promise<number> {
  const config = loadConfig(options.config ?? defaultConfigFile)
  const chain = chainFrom(config, options.chain)
  const [from, to] = [blockFrom('--from', options.from), blockFrom('--to', options.to)]
  if (to < from || to - from >= mostBlocks)
    throw new ConfigError([
      { path: '--to', message: `expected a block from ${from} on, ${countText(mostBlocks)} blocks at most` },
    ])
  const scratch = mkdtempSync(join(tmpdir(), 'govstream-replay-'))
  let isDone = false
  try {
    const onBlock = progressOf(Number(to - from) + 1, { terminal, now })
    const state = await replayChain({ config, chain, from, to, scratch, signal, onBlock })
    if (signal.aborted) {
      if (options.json === true) printJson(terminal, null)
      terminal.note('Interrupted: part of a replay proves nothing, so none of it is printed.')
      return exitCodes.failed
    }
    isDone = true
    terminal.note(foldLines(`The file and the state of this replay lie in ${scratch}.`, terminal.noteWidth))
    return await withStore({ state }, (store) => {
      const entries = store?.audit({ chain: chain.name }).toReversed() ?? []
      const told = entries.map((entry) => withoutPlace(entry, scratch))
      const unitOf: UnitOf = (key) => store?.proposal(key)?.tally
      const lines = told.map((entry) => `${secondOfMsText(entry.at)}  ${auditSentence(entry, wholeIds, unitOf)}`)
      if (options.json === true) printJson(terminal, told.map(auditView))
      else terminal.out(lines.length === 0 ? 'Nothing would have been done.' : lines.join('\n'))
      return exitCodes.done
    })
  } catch (cause) {
    if (!(cause instanceof SourceError)) throw cause
    const isOfThen = cause.kind === 'transient'
    const hint = isOfThen
      ? ' If the block is in the past, use an archive node; no node has a block that is still to come.'
      : ''
    if (options.json === true) printJson(terminal, null)
    terminal.note(foldLines(`${cause.message}${hint}`, terminal.noteWidth))
    return isOfThen ? exitCodes.temporary : exitCodes.failed
  } finally {
    // A part of a replay proves nothing, so nobody looks for it.
    if (!isDone) rmSync(scratch, { recursive: true, force: true })
  }
}

/** Prints the progress of a replay every ten seconds if the notes go to a terminal. */
function progressOf(all: number, { terminal, now }: Pick<Context, 'terminal' | 'now'>): (done: number) => void {
  const begun = now()
  let notedAt = begun
  return (done) => {
    const time = now()
    if (!terminal.attended || time - notedAt < progressEveryMs) return
    notedAt = time
    const left = Math.round(((time - begun) / 1000 / done) * (all - done))
    terminal.note(`${countText(BigInt(done))} of ${countText(BigInt(all))} blocks, about ${durationText(left)} to go`)
  }
}

/** Removes the path of the scratch directory from an entry, because it differs between replays. */
function withoutPlace(entry: AuditEntry, scratch: string): AuditEntry {
  const { detail } = entry
  return !isJsonObject(detail)
    ? entry
    : {
        ...entry,
        detail: Object.fromEntries(
          Object.entries(detail)
            .filter(([key]) => key !== 'mark')
            .map(([key, value]) => [key, typeof value === 'string' ? value.replaceAll(scratch, 'SCRATCH') : value]),
        ),
      }
}

function chainFrom({ chains }: Config, name: string): ChainConfig {
  const chain = chains.find((one) => one.name === name)
  if (chain === undefined)
    throw new ConfigError([
      {
        path: '--chain',
        message: `there is no chain ${name}; configured: ${chains.map((one) => one.name).join(', ')}`,
      },
    ])
  const { system } = chain.governance
  if (systemsWithoutPast.includes(system))
    throw new ConfigError([
      {
        path: '--chain',
        message: `expected an EVM or Cosmos SDK chain that reports the state after a past block, not one of ${system}`,
      },
    ])
  return chain
}

function blockFrom(path: string, text: string): bigint {
  if (/^\d{1,18}$/.test(text)) return BigInt(text)
  throw new ConfigError([{ path, message: 'expected the number of a block' }])
}
