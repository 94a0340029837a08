import { arch, platform } from 'node:process'
import type { ChainConfig } from '../../config/schema.js'
import { type BlockTime, secondsPerBlock } from '../../domain/blocks/blockTime.js'
import { defined } from '../../domain/defined.js'
import { reasonOf } from '../../domain/errors.js'
import type { Preflight } from '../../domain/readiness/check.js'
import { judgePreflight } from '../../domain/readiness/judgePreflight.js'
import type { DiskFacts, FileFacts, NodeFacts } from '../../domain/readiness/judgeSurroundings.js'
import { machineOf } from '../../domain/readiness/machine.js'
import type { Upgrade } from '../../domain/upgrades/upgrade.js'
import { observeDisk } from '../../preflight/observeDisk.js'
import { observeReadability } from '../../preflight/observeReadability.js'
import { withinTime } from '../../preflight/withinTime.js'
import { upgradeInfoPath } from '../../sinks/upgradeInfo/upgradeInfoPath.js'
import type { GovernanceReader, NodeState } from '../../sources/governance/GovernanceReader.js'
import { createDownloader, type OpenDownload } from '../../transport/createDownloader.js'
import { inspectFile } from '../inspectFile.js'
import { lookAtBinary } from './lookAtBinary.js'

export interface PreflightDeps {
  readonly reader: Pick<GovernanceReader, 'chain' | 'readHead' | 'readNodeState'>
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
  /** @defaultValue downloads according to the configuration */
  readonly open?: OpenDownload
  /** Removes secrets from the reasons. @defaultValue changes nothing */
  readonly conceal?: (text: string) => string
}

/**
 * Checks everything an upgrade will need, and changes nothing. `blockTime` is the block time of the chain. Rejects only
 * if `signal` aborts.
 */
export type RunPreflight = (upgrade: Upgrade, blockTime: BlockTime, signal: AbortSignal) => Promise<Preflight>

// Time limit in milliseconds for measuring a large database and for a node to answer.
const limitMs = 60_000

/** Creates the preflight of one chain. */
export function createPreflight(
  config: ChainConfig,
  { reader, now, open = createDownloader(config.preflight), conceal = (text) => text }: PreflightDeps,
): RunPreflight {
  const machine = machineOf(platform, arch)
  const { home } = config.upgradeInfo
  return async (upgrade, blockTime, signal) => {
    const [binary, disk, node, file] = await Promise.all([
      lookAtBinary(config, upgrade, { machine, open, now }, signal),
      home === undefined ? undefined : diskOf(home, signal),
      withinTime(limitMs, (own) => nodeFacts(reader, { blockTime, now }, own), noNode(reader.chain), signal),
      fileOf(config, upgrade, now()),
    ])
    signal.throwIfAborted()
    const found = judgePreflight(upgrade, { machine, ...binary, node, now: now(), ...defined({ disk, file }) })
    return { ...found, checks: found.checks.map((check) => ({ ...check, reason: conceal(check.reason) })) }
  }
}

function diskOf(home: string, signal: AbortSignal): Promise<DiskFacts> {
  const late = { home, reason: `no answer within ${limitMs / 1000} s` }
  // Measuring the database gets half of the time, so that the free space is reported even if it takes too long.
  const look = (own: AbortSignal): Promise<DiskFacts> =>
    observeDisk(home, AbortSignal.any([own, AbortSignal.timeout(limitMs / 2)]))
  return withinTime(limitMs, look, late, signal)
}

function noNode(chain: string): NodeFacts {
  return { reason: `The node of ${chain} gave no answer within ${limitMs / 1000} s.` }
}

async function nodeFacts(
  reader: PreflightDeps['reader'],
  { blockTime, now }: { readonly blockTime: BlockTime } & Pick<PreflightDeps, 'now'>,
  signal: AbortSignal,
): Promise<NodeFacts> {
  try {
    const state = (await reader.readNodeState?.(signal)) ?? (await headOnly(reader, signal))
    if (state === undefined) return { reason: `The reader of ${reader.chain} does not report the head of its node.` }
    const { head, isSyncing } = state
    const { number: height, timestamp } = head
    return { height, timestamp, readAt: now(), ...defined({ isSyncing, secondsPerBlock: secondsPerBlock(blockTime) }) }
  } catch (cause) {
    return { reason: reasonOf(cause) }
  }
}

async function headOnly(reader: PreflightDeps['reader'], signal: AbortSignal): Promise<NodeState | undefined> {
  const head = await reader.readHead?.(signal)
  return head === undefined ? undefined : { head }
}

async function fileOf({ upgradeInfo }: ChainConfig, upgrade: Upgrade, now: number): Promise<FileFacts | undefined> {
  // If no file is written for the upgrade, no other file can be in its way.
  const report = await inspectFile(upgradeInfo, now, upgrade.unwritten === true ? undefined : upgrade)
  if (report === undefined || upgradeInfo.home === undefined) return undefined
  const hidden = await observeReadability(upgradeInfo.home)
  return {
    path: upgradeInfoPath(upgradeInfo.home),
    ...defined({ problem: report.problem, doubt: report.doubt, hidden }),
  }
}
