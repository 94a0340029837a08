import type { BigIntStats } from 'node:fs'
import type { Upgrade } from '../../domain/upgrades/upgrade.js'
import type { WriteOutcome } from '../../domain/upgrades/writeOutcome.js'
import { diskReason } from './disk/diskReason.js'
import { decideReplacement, type Verdict } from './decideReplacement.js'
import { type DataDirectory, withDataDirectory } from './disk/withDataDirectory.js'
import { hasOtherInfo } from './presentForm.js'
import { fileName, type PresentFile, readUpgradeInfo } from './readUpgradeInfo.js'
import { renderUpgradeInfo } from './renderUpgradeInfo.js'
import { lstatIfThere, replaceFile, syncFile } from './disk/replaceFile.js'
import { sweepTempFiles } from './disk/tempFiles.js'
import { unfinishedFiles } from './unfinishedFiles.js'
import type { UpgradeInfoOptions } from './UpgradeInfoProfile.js'
import { upgradeInfoPath } from './upgradeInfoPath.js'

/** Writes the file of a due upgrade; see {@link writeUpgradeInfo}. */
export type WriteUpgradeInfo = (
  upgrade: Pick<Upgrade, 'key' | 'name' | 'height' | 'info'>,
  context: WriteContext,
) => Promise<WriteOutcome>

/** What is known about the chain at the time of a write. */
export interface WriteContext {
  /** A block that the chain has certainly reached. Plans below it are history. */
  readonly head: bigint
  /** The newest block that any node claims, which may be false. @defaultValue `head` */
  readonly newest?: bigint
  /** Called last, immediately before the file appears; false stops the write. @defaultValue always true */
  readonly isWanted?: () => boolean
}

/**
 * Creates the writer of one node's `<home>/data/upgrade-info.json`. The writer never rejects.
 *
 * - `written`: the file holds the plan, complete and durable, with its former owner and mode.
 * - `unchanged`: the file already held this name and height in a form that its reader accepts, and is durable. It was
 *   not touched and keeps its mtime. `remark` says if it holds another `info`.
 * - `held`: the file is empty or cut off, as if another process were about to fill it, or the plan was no longer
 *   wanted. Try again on the next poll; after a few seconds without a change the file is judged as it is.
 * - `refused`: the file holds something that must not be replaced ({@link decideReplacement}), a cosmovisor batch file
 *   is beside it, or the profile cannot hold the plan. This is final.
 * - `failed`: a disk error. The old file is unchanged, unless the reason says that it was replaced. A retry may help.
 *
 * The caller decides when to write and makes sure that the proposal passed. Calls must not overlap.
 */
export function writeUpgradeInfo({ home, profile, now = Date.now }: UpgradeInfoOptions): WriteUpgradeInfo {
  const path = upgradeInfoPath(home)
  const isUnfinished = unfinishedFiles(now)

  return async (upgrade, { head, newest = head, isWanted = () => true }) => {
    const { key, name, height } = upgrade
    const refused = (reason: string): WriteOutcome => ({ result: 'refused', key, reason })
    const held = (reason: string): WriteOutcome => ({ result: 'held', key, reason })
    const rendering = renderUpgradeInfo(upgrade, profile)
    const seen = { isLate: false, isPlaced: false }
    if (!rendering.ok || height === undefined) {
      const problem = rendering.ok ? 'It has no height.' : rendering.problem
      return refused(`${path} cannot carry the plan for the profile ${profile}. ${problem}`)
    }
    const plan = { name, height }

    async function writeIn(directory: DataDirectory, text: string): Promise<WriteOutcome> {
      await sweepTempFiles(directory, now()).catch(() => undefined)
      const present = await readUpgradeInfo(directory)
      const judged = strictest([head, newest].map((at) => decideReplacement(present.content, plan, at, profile)))
      if (judged.verdict === 'same') return confirmUnchanged(directory, present, upgrade, path)
      if (isUnfinished(present)) return held(`${path} is empty or cut off: another process may be about to fill it.`)
      if (judged.verdict === 'refuse') {
        return refused(
          `${path} ${judged.problem}; it was left alone. Check whose it is and move it away to let this plan in.`,
        )
      }
      if ((await lstatIfThere(directory, `${fileName}.batch`)) !== undefined) {
        return refused(
          `${path}.batch exists: cosmovisor writes ${path} from it itself. Remove the batch file to let this plan in.`,
        )
      }
      const written = await replaceFile(directory, fileName, text, present.stats, {
        lastLook: () => {
          if (isWanted()) return
          seen.isLate = true
          throw new Error('it was not asked for any more')
        },
        onPlaced: () => (seen.isPlaced = true),
      })
      return { result: 'written', key, path, ...markOf(written) }
    }

    const failed = (cause: unknown): WriteOutcome => ({
      result: 'failed',
      key,
      reason: `${path} ${seen.isPlaced ? 'was replaced, but is not confirmed' : 'could not be written'}: ${diskReason(cause)}.`,
    })
    try {
      return (
        (await withDataDirectory(home, { make: true }, (directory) => writeIn(directory, rendering.text))) ??
        failed(new Error('its directory is missing'))
      )
    } catch (cause) {
      if (seen.isLate)
        return held(`${name} at height ${height} was not asked for any more when ${path} was about to be written.`)
      return failed(cause)
    }
  }
}

/** Makes an unchanged file durable, because a process that was killed may have written it without an fsync. */
async function confirmUnchanged(
  directory: DataDirectory,
  { content, stats }: PresentFile,
  { key, info }: Pick<Upgrade, 'key' | 'info'>,
  path: string,
): Promise<WriteOutcome> {
  await syncFile(directory, fileName)
  const unchanged: WriteOutcome = { result: 'unchanged', key, path, ...markOf(stats) }
  if (content.kind !== 'plan' || !hasOtherInfo(content.rest, info)) return unchanged
  const remark = `${path} held this plan already, with another info than the plan has, and was left as it is: its download addresses and checksums are not those of the plan. Check who wrote it.`
  return { ...unchanged, remark }
}

/** The mark includes the mtime, because inodes are reused. */
function markOf(stats: BigIntStats | undefined): { readonly mark?: string } {
  return stats === undefined ? {} : { mark: `${stats.ino}.${stats.mtimeNs}` }
}

/** The file is replaced only if that is right at every block that the chain may have reached. */
function strictest(verdicts: readonly Verdict[]): Verdict {
  return verdicts.find(({ verdict }) => verdict !== 'replace') ?? { verdict: 'replace' }
}
