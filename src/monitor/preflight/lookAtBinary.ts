import { basename } from 'node:path'
import type { ChainConfig } from '../../config/schema.js'
import { defined } from '../../domain/defined.js'
import { switchesWithoutHalt } from '../../domain/plans/heldPlan.js'
import { unfitReason } from '../../domain/readiness/binaryFormat.js'
import type { DownloadFacts } from '../../domain/readiness/downloadFacts.js'
import { isVouchedFor, judgeChecksum } from '../../domain/readiness/judgeChecksum.js'
import type { PreflightFacts } from '../../domain/readiness/judgePreflight.js'
import type { Machine } from '../../domain/readiness/machine.js'
import {
  downloadFor,
  type DownloadFinding,
  type HashType,
  infoAddress,
  isStrong,
  type PlannedDownload,
} from '../../domain/readiness/plannedDownload.js'
import type { Staging } from '../../domain/readiness/staging.js'
import type { Upgrade } from '../../domain/upgrades/upgrade.js'
import { fetchInfo } from '../../preflight/fetchInfo.js'
import { observeStaging } from '../../preflight/observeStaging.js'
import { runVersion } from '../../preflight/runVersion.js'
import { withDownload } from '../../preflight/withDownload.js'
import { withinTime } from '../../preflight/withinTime.js'
import type { OpenDownload } from '../../transport/createDownloader.js'

/**
 * Everything known about the new binary: the staged file, the download in the plan, and what was found out about both.
 */
export type BinaryFacts = Pick<PreflightFacts, 'staging' | 'finding' | 'download' | 'version' | 'info'>

export interface BinaryDeps {
  readonly machine: Machine
  readonly open: OpenDownload
  /** Host clock, Unix milliseconds. */
  readonly now: () => number
}

// Maximum time for hashing a large binary on a slow disk, in milliseconds.
const diskMs = 60_000
// Maximum times in milliseconds: for one request, and for downloading a large binary over a slow line.
const askMs = 30_000
const fetchMs = 900_000
// Maximum size of a download in bytes, far above the size of any node binary.
const mostBytes = 4_294_967_296

/** Examines the staged binary and, if that is not conclusive, the download named in the plan. */
export async function lookAtBinary(
  config: ChainConfig,
  upgrade: Upgrade,
  { machine, open, now }: BinaryDeps,
  signal: AbortSignal,
): Promise<BinaryFacts> {
  const { download: fetches, runVersion: runs } = config.preflight
  const finding = downloadFor(upgrade, machine)
  const address = infoAddress(upgrade)
  const [staging, info] = await Promise.all([
    stagingFor(config, upgrade, finding, signal),
    address === undefined ? undefined : fetchInfo(open, address, askMs, signal),
  ])
  const found = { staging, finding, ...defined({ info }) }
  const withVersion = async (download?: DownloadFacts): Promise<BinaryFacts> => {
    const path = runs ? pathToRun(staging, finding, download, machine) : undefined
    const version = path === undefined ? undefined : await runVersion(path, signal)
    return { ...found, ...defined({ download, version }) }
  }
  const isSettled = staging.kind === 'binary' && isVouchedFor(staging, finding)
  if (finding.kind !== 'download' || isSettled) return withVersion()
  const daemon = config.preflight.daemon ?? daemonOf(staging)
  const limits = { limitMs: fetches ? fetchMs : askMs, mostBytes }
  const question = { open, now, download: finding.download, fetches, ...limits, ...defined({ daemon }) }
  return withDownload(question, withVersion, signal)
}

function stagingFor(
  { governance: { system }, upgradeInfo: { home }, preflight: { layout, daemon } }: ChainConfig,
  { name, height, unready = [] }: Upgrade,
  finding: DownloadFinding,
  signal: AbortSignal,
): Promise<Staging> {
  if (height === undefined) return Promise.resolve({ kind: 'in-nodes', unready })
  if (switchesWithoutHalt(system)) return Promise.resolve({ kind: 'in-release' })
  const late: Staging = { kind: 'unreadable', path: home ?? '', reason: `no answer within ${diskMs / 1000} s` }
  const hashes = finding.kind === 'download' ? hashesFor(finding.download) : []
  const question = { name, home, hashes, ...defined({ layout, daemon }) }
  return withinTime(diskMs, (own) => observeStaging(question, own), late, signal)
}

/**
 * The hash to compute of the staged binary: that of the plan's checksum, or SHA-256 to compare it with a file in an
 * archive.
 */
function hashesFor({ checksum, archive }: PlannedDownload): readonly HashType[] {
  if (checksum === undefined) return []
  return [archive === undefined ? checksum.type : 'sha256']
}

function daemonOf(staging: Staging): string | undefined {
  switch (staging.kind) {
    case 'binary':
    case 'no-binary':
    case 'no-file':
      return basename(staging.path)
    case 'no-directory':
      return staging.daemon
    default:
      return undefined
  }
}

/** The binary that may be run: the staged one, otherwise the downloaded one. Undefined if it does not fit the plan. */
function pathToRun(
  staging: Staging,
  finding: DownloadFinding,
  download: DownloadFacts | undefined,
  machine: Machine,
): string | undefined {
  if (staging.kind === 'binary') {
    const isOther = judgeChecksum(staging, finding, download).verdict === 'not_ready'
    const fits = unfitReason(staging.format, staging.size, machine) === undefined
    return staging.mayBeRun && fits && !isOther ? staging.path : undefined
  }
  if (download?.kind !== 'fetched' || download.content.kind !== 'program') return undefined
  // A download is run only if a strong checksum vouches for it; weak checksums can be forged.
  const checksum = finding.kind === 'download' ? finding.download.checksum : undefined
  const isVouched = checksum !== undefined && isStrong(checksum) && checksum.hex === download.hash
  const { path, format, size } = download.content
  return isVouched && unfitReason(format, size, machine) === undefined ? path : undefined
}
