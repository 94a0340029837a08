import type { Upgrade } from '../upgrades/upgrade.js'
import { type Preflight, verdictOf } from './check.js'
import { judgeChecksum } from './judgeChecksum.js'
import type { DownloadFacts } from './downloadFacts.js'
import { judgeDownload } from './judgeDownload.js'
import { type InfoFacts, judgeInfo } from './judgeInfo.js'
import { judgeVersion, type VersionFacts } from './judgeVersion.js'
import { judgeStaging } from './judgeStaging.js'
import { type DiskFacts, type FileFacts, judgeDisk, judgeFile, judgeNode, type NodeFacts } from './judgeSurroundings.js'
import type { Machine } from './machine.js'
import type { DownloadFinding } from './plannedDownload.js'
import type { Staging } from './staging.js'
import { defined } from '../defined.js'

/** All that was seen before the height of one upgrade. */
export interface PreflightFacts {
  readonly machine: Machine
  readonly staging: Staging
  /** What the plan names for this machine. */
  readonly finding: DownloadFinding
  /** Absent where it was not asked for: the staged binary is the one of the plan. */
  readonly download?: DownloadFacts
  /** What `--version` printed, where it was run. */
  readonly version?: VersionFacts
  /** Where the info of the plan is an address: what lies there. */
  readonly info?: InfoFacts
  readonly node: NodeFacts
  /** Absent where no home is configured. */
  readonly disk?: DiskFacts
  /** Absent where no file is written here. */
  readonly file?: FileFacts
  /** Host clock, Unix milliseconds, when it was looked. */
  readonly now: number
}

/** The verdict on what was seen, with a reason for each look. */
export function judgePreflight(
  { chain, key, name, height, time }: Pick<Upgrade, 'chain' | 'key' | 'name' | 'height' | 'time'>,
  { machine, staging, finding, download, version, info, node, disk, file, now }: PreflightFacts,
): Preflight {
  const checks = [
    ...judgeStaging(staging, machine),
    ...(staging.kind === 'binary' ? [judgeChecksum(staging, finding, download)] : []),
    ...(download !== undefined && finding.kind === 'download'
      ? [judgeDownload(download, { machine, download: finding.download })]
      : []),
    ...(version === undefined ? [] : [judgeVersion(version)]),
    ...(info === undefined ? [] : [judgeInfo(info)]),
    ...(disk === undefined ? [] : [judgeDisk(disk, sizeToCome(staging, download))]),
    ...judgeNode(node, now),
    ...(file === undefined ? [] : [judgeFile(file)]),
  ]
  return { chain, key, name, ...defined({ height, time }), verdict: verdictOf(checks), checks, checkedAt: now }
}

/** What the process manager will put on the disk of the home, in bytes: nothing where the binary lies there. */
function sizeToCome({ kind }: Staging, download: DownloadFacts | undefined): number {
  const comes = kind !== 'binary' && (download?.kind === 'answered' || download?.kind === 'fetched')
  return comes ? (download.size ?? 0) : 0
}
