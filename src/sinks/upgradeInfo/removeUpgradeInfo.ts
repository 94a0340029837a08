import { unlink } from 'node:fs/promises'
import { isNamedInFile } from '../../domain/plans/isNamedInFile.js'
import type { Upgrade } from '../../domain/upgrades/upgrade.js'
import { diskReason } from './disk/diskReason.js'
import { type DataDirectory, withDataDirectory } from './disk/withDataDirectory.js'
import { fileName, readUpgradeInfo } from './readUpgradeInfo.js'
import { moveKnown } from './disk/replaceFile.js'
import { tempName } from './disk/tempFiles.js'
import type { UpgradeInfoOptions } from './UpgradeInfoProfile.js'
import { upgradeInfoPath } from './upgradeInfoPath.js'

/** The result of removing the file of a cancelled upgrade. */
export type RemoveOutcome =
  | { readonly result: 'removed'; readonly path: string; readonly advice?: string }
  /** There was no file. */
  | { readonly result: 'absent'; readonly path: string }
  /** The file no longer holds this plan, or the switch may be under way. */
  | { readonly result: 'kept'; readonly path: string; readonly reason: string }
  | { readonly result: 'failed'; readonly path: string; readonly reason: string }

/** Removes the file of a cancelled upgrade; see {@link removeUpgradeInfo}. `head` is the newest block read. */
export type RemoveUpgradeInfo = (
  upgrade: Pick<Upgrade, 'name' | 'height'>,
  context: {
    readonly head: bigint
    /** Called last, immediately before the file is removed; false stops that. @defaultValue always true */
    readonly isWanted?: () => boolean
  },
) => Promise<RemoveOutcome>

/**
 * Creates the function that removes the file of a plan that was written ahead and then cancelled. It never rejects, and
 * deletes only a file that still holds this name and height, and only before the height.
 *
 * cosmovisor treats a missing file as a cancellation. wemixvisor does not notice it, so the outcome says what to do.
 */
export function removeUpgradeInfo({ home, profile }: UpgradeInfoOptions): RemoveUpgradeInfo {
  const path = upgradeInfoPath(home)

  return async ({ name, height }, { head, isWanted = () => true }) => {
    const kept = (reason: string): RemoveOutcome => ({ result: 'kept', path, reason })
    if (height === undefined) return kept(`${name} has no height: no file was ever written for it.`)
    if (head >= BigInt(height)) return kept(`The height ${height} is reached: ${path} was left alone. Check the node.`)
    const removeFrom = async (directory: DataDirectory): Promise<RemoveOutcome> => {
      const { content, stats } = await readUpgradeInfo(directory)
      if (stats === undefined) {
        // A process that was killed may have removed it; the sync keeps it from coming back after a power cut.
        await directory.sync()
        return { result: 'absent', path }
      }
      const ours =
        content.kind === 'plan' && isNamedInFile(content.plan.name, name, profile) && content.plan.height === height
      if (!ours) return kept(`${path} does not hold this plan any more: it was left alone.`)
      if (!isWanted()) return kept(`It was not asked for any more when ${path} was about to be removed.`)
      const aside = tempName()
      await moveKnown(directory, fileName, aside, stats)
      await unlink(directory.at(aside))
      await directory.sync()
      return { result: 'removed', path, ...(profile === 'wemixvisor' && { advice }) }
    }
    try {
      return (await withDataDirectory(home, {}, removeFrom)) ?? { result: 'absent', path }
    } catch (cause) {
      return { result: 'failed', path, reason: `${path} could not be removed: ${diskReason(cause)}.` }
    }
  }
}

const advice = 'wemixvisor keeps a plan it has read until it is restarted: restart it to disarm the plan.'
