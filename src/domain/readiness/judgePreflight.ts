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

/** Everything that was observed before the height of one upgrade. */
export interface PreflightFacts {
  readonly machine: Machine
  readonly staging: Staging
  /** The download that the plan names for this machine. */
  readonly finding: DownloadFinding
  /** Absent if it was not requested, because the staged binary is that of the plan. */
  readonly download?: DownloadFacts
  /** The output of `--version`, if it was run. */
  readonly version?: VersionFacts
  /** The result of fetching the plan's info, if that is an address. */
  readonly info?: InfoFacts
  readonly node: NodeFacts
  /** Absent if no home is configured. */
  readonly disk?: DiskFacts
  /** Absent if no file is written for this chain. */
  readonly file?: FileFacts
  /** Host clock, Unix milliseconds, of the checks. */
  readonly now: number
}

/** Returns the checks of everything that was observed, and the combined verdict. */
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
    ...judgeNode(node),
    ...(file === undefined ? [] : [judgeFile(file)]),
  ]
  return { chain, key, name, ...defined({ height, time }), verdict: verdictOf(checks), checks, checkedAt: now }
}

/** Returns how many bytes the process manager will write to the disk of the home: 0 if the binary is already there. */
function sizeToCome({ kind }: Staging, download: DownloadFacts | undefined): number {
  const comes = kind !== 'binary' && (download?.kind === 'answered' || download?.kind === 'fetched')
  return comes ? (download.size ?? 0) : 0
}
