import { join } from 'node:path'
import type { Upgrade } from '../../domain/upgrades/upgrade.js'
import { diskReason } from './disk/diskReason.js'
import { type DataDirectory, withDataDirectory } from './disk/withDataDirectory.js'
import { fileName, readUpgradeInfo } from './readUpgradeInfo.js'
import { moveKnown } from './disk/replaceFile.js'
import { upgradeInfoPath } from './upgradeInfoPath.js'

/** The result of archiving the file of a completed upgrade. */
export type ArchiveOutcome =
  | { readonly result: 'archived'; readonly path: string; readonly to: string }
  /** There was no file. */
  | { readonly result: 'absent'; readonly path: string }
  /** The file no longer holds this plan. */
  | { readonly result: 'kept'; readonly path: string; readonly reason: string }
  | { readonly result: 'failed'; readonly path: string; readonly reason: string }

/** Moves the file of a completed upgrade aside; see {@link archiveUpgradeInfo}. */
export type ArchiveUpgradeInfo = (
  upgrade: Pick<Upgrade, 'name' | 'height'>,
  context?: {
    /** Called last, immediately before the file is moved; false stops the move. @defaultValue always true */
    readonly isWanted?: () => boolean
  },
) => Promise<ArchiveOutcome>

/**
 * Creates the function that moves the file of a completed upgrade to `upgrade-info.<height>.json` beside it, because
 * wemixvisor would apply it again at the next crash of the node. It never rejects, and moves only a file that still
 * holds this name and height. If the target exists and holds something else, the move fails.
 */
export function archiveUpgradeInfo({ home }: { readonly home: string }): ArchiveUpgradeInfo {
  const path = upgradeInfoPath(home)

  return async ({ name, height }, { isWanted = () => true } = {}) => {
    const target = `upgrade-info.${height}.json`
    const archiveIn = async (directory: DataDirectory): Promise<ArchiveOutcome> => {
      const holds = async (file: string): Promise<'nothing' | 'ours' | 'else'> => {
        const { content, stats } = await readUpgradeInfo(directory, file)
        if (stats === undefined) return 'nothing'
        return content.kind === 'plan' && content.plan.name === name && content.plan.height === height ? 'ours' : 'else'
      }
      const { stats } = await readUpgradeInfo(directory)
      const present = await holds(fileName)
      if (present === 'nothing') {
        // A process that was killed may have moved it; the sync keeps it from coming back after a power cut.
        await directory.sync()
        return { result: 'absent', path }
      }
      if (present === 'else')
        return { result: 'kept', path, reason: `${path} does not hold this plan any more: it was left alone.` }
      const to = join(directory.path, target)
      if ((await holds(target)) === 'else')
        throw new Error(`${to} is there already and holds something else; move it away`)
      if (!isWanted())
        return { result: 'kept', path, reason: `It was not asked for any more when ${path} was about to be moved.` }
      await moveKnown(directory, fileName, target, stats)
      await directory.sync()
      return { result: 'archived', path, to }
    }
    try {
      return (await withDataDirectory(home, {}, archiveIn)) ?? { result: 'absent', path }
    } catch (cause) {
      return { result: 'failed', path, reason: `${path} could not be moved away: ${diskReason(cause)}.` }
    }
  }
}
