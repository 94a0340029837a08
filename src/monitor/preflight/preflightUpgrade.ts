import { arch, platform } from 'node:process'
import type { ChainConfig } from '../../config/schema.js'
import { type BlockTime, secondsPerBlock } from '../../domain/blocks/blockTime.js'
import { defined } from '../../domain/defined.js'
import { reasonOf } from '../../domain/errors.js'
import type { Preflight } from '../../domain/readiness/check.js'
import { judgePreflight } from '../../domain/readiness/judgePreflight.js'
import type { DiskFacts, FileFacts, NodeFacts } from '../../domain/readiness/judgeSurroundings.js'
import { machineOf } from '../../domain/readiness/machine.js'
import { downloadFor } from '../../domain/readiness/plannedDownload.js'
import type { Staging } from '../../domain/readiness/staging.js'
import type { Upgrade } from '../../domain/upgrades/upgrade.js'
import { observeDisk } from '../../preflight/observeDisk.js'
import { observeReadability } from '../../preflight/observeReadability.js'
import { observeStaging } from '../../preflight/observeStaging.js'
import { withinTime } from '../../preflight/withinTime.js'
import type { GovernanceReader } from '../../sources/governance/GovernanceReader.js'
import { upgradeInfoPath } from '../../sinks/upgradeInfo/upgradeInfoPath.js'
import { inspectFile } from '../inspectFile.js'

export interface PreflightDeps {
  readonly reader: Pick<GovernanceReader, 'chain' | 'readHead' | 'readNodeState'>
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
}

/** Looks at everything an upgrade will need, and changes nothing. Rejects only where `signal` aborts. */
export type RunPreflight = (upgrade: Upgrade, pace: BlockTime, signal: AbortSignal) => Promise<Preflight>

// To hash a large binary from a slow disk, and to count a large database. Milliseconds.
const limitMs = 60_000

/** Makes the looks of one chain ready. */
export function createPreflight(config: ChainConfig, { reader, now }: PreflightDeps): RunPreflight {
  const machine = machineOf(platform, arch)
  const { home } = config.upgradeInfo
  return async (upgrade, pace, signal) => {
    const finding = downloadFor(upgrade, machine)
    const [staging, disk, node, file] = await Promise.all([
      stagingFor(config, upgrade, finding.kind === 'download' ? finding.download.checksum?.type : undefined, signal),
      home === undefined ? undefined : diskOf(home, signal),
      withinTime(limitMs, (own) => nodeFacts(reader, pace, own), noNode(reader.chain), signal),
      fileOf(config, now()),
    ])
    signal.throwIfAborted()
    return judgePreflight(upgrade, { machine, staging, finding, node, now: now(), ...defined({ disk, file }) })
  }
}

function stagingFor(
  { upgradeInfo: { home }, preflight: { layout, daemon } }: ChainConfig,
  { name }: Upgrade,
  hash: Parameters<typeof observeStaging>[0]['hashes'][number] | undefined,
  signal: AbortSignal,
): Promise<Staging> {
  const late: Staging = { kind: 'unreadable', path: home ?? '', reason: `no answer within ${limitMs / 1000} s` }
  const question = { name, home, hashes: hash === undefined ? [] : [hash], ...defined({ layout, daemon }) }
  return withinTime(limitMs, (own) => observeStaging(question, own), late, signal)
}

function diskOf(home: string, signal: AbortSignal): Promise<DiskFacts> {
  const late = { home, reason: `no answer within ${limitMs / 1000} s` }
  // Half of the time is for counting: how much is free is told all the same.
  return withinTime(
    limitMs,
    (own) => observeDisk(home, AbortSignal.any([own, AbortSignal.timeout(limitMs / 2)])),
    late,
    signal,
  )
}

function noNode(chain: string): NodeFacts {
  return { reason: `The node of ${chain} gave no answer within ${limitMs / 1000} s.` }
}

async function nodeFacts(reader: PreflightDeps['reader'], pace: BlockTime, signal: AbortSignal): Promise<NodeFacts> {
  try {
    const state = (await reader.readNodeState?.(signal)) ?? (await headOnly(reader, signal))
    if (state === undefined) return { reason: `The reader of ${reader.chain} does not tell where its node stands.` }
    const { head, isSyncing } = state
    const { number: height, timestamp } = head
    return { height, timestamp, ...defined({ isSyncing, secondsPerBlock: secondsPerBlock(pace) }) }
  } catch (cause) {
    return { reason: reasonOf(cause) }
  }
}

async function headOnly(
  reader: PreflightDeps['reader'],
  signal: AbortSignal,
): Promise<Awaited<ReturnType<NonNullable<GovernanceReader['readNodeState']>>> | undefined> {
  const head = await reader.readHead?.(signal)
  return head === undefined ? undefined : { head }
}

async function fileOf({ upgradeInfo }: ChainConfig, now: number): Promise<FileFacts | undefined> {
  const report = await inspectFile(upgradeInfo, now)
  if (report === undefined || upgradeInfo.home === undefined) return undefined
  const hidden = await observeReadability(upgradeInfo.home)
  return { path: upgradeInfoPath(upgradeInfo.home), ...defined({ problem: report.problem, hidden }) }
}
