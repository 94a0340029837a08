import { chown, mkdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Upgrade, WriteOutcome } from '../../domain/upgrade.js'
import { diskReason } from './diskReason.js'
import { judgeUpgradeInfo } from './judgeUpgradeInfo.js'
import { isMissing, lstatIfThere, readUpgradeInfo } from './readUpgradeInfo.js'
import { renderUpgradeInfo } from './renderUpgradeInfo.js'
import { replaceFile, syncDirectory } from './replaceFile.js'
import type { UpgradeInfoOptions } from './UpgradeInfoProfile.js'
import { upgradeInfoPath } from './upgradeInfoPath.js'

export type WriteUpgradeInfo = (
  upgrade: Pick<Upgrade, 'key' | 'name' | 'height' | 'info'>,
  context: { readonly head: bigint },
) => Promise<WriteOutcome>

/**
 * Makes the writer of one node's `<home>/data/upgrade-info.json`. The writer never rejects.
 *
 * - `written`: the file holds the plan, whole and durable, with the owner and mode it had before.
 * - `unchanged`: it already held this name and height; it was not touched, its mtime stays.
 * - `refused`: the file holds something that is not ours to replace ({@link judgeUpgradeInfo}), a cosmovisor batch
 *   file lies beside it, or the profile cannot carry the plan. Final.
 * - `failed`: the disk said no; the old file is as it was. Worth another try.
 *
 * When to write, and that the proposal passed, is for the caller to know. Calls must not overlap.
 */
export function writeUpgradeInfo({ home, profile }: UpgradeInfoOptions): WriteUpgradeInfo {
  const path = upgradeInfoPath(home)

  return async (upgrade, { head }) => {
    const { key, name, height } = upgrade
    const refused = (reason: string): WriteOutcome => ({ result: 'refused', key, reason })
    const rendering = renderUpgradeInfo(upgrade, profile)
    if (!rendering.ok) {
      return refused(`${path} cannot carry the plan for the profile ${profile}. ${rendering.problem}`)
    }
    try {
      await prepareDirectory(home)
      const present = await readUpgradeInfo(path)
      const judged = judgeUpgradeInfo(present.content, { name, height }, head)
      if (judged.verdict === 'same') return { result: 'unchanged', key, path }
      if (judged.verdict === 'refuse') {
        return refused(`${path} ${judged.problem}; it was left alone. Check whose it is and move it away to let this plan in.`)
      }
      if ((await lstatIfThere(`${path}.batch`)) !== undefined) {
        return refused(`${path}.batch exists: cosmovisor writes ${path} from it itself. Remove the batch file to let this plan in.`)
      }
      await replaceFile(path, rendering.text, present.stats)
      return { result: 'written', key, path }
    } catch (cause) {
      return { result: 'failed', key, reason: `${path} could not be written: ${diskReason(cause)}.` }
    }
  }
}

/** The data directory is made if need be; the home is not: a wrong path must not look like a fresh node. */
async function prepareDirectory(home: string): Promise<void> {
  const found = await stat(home).catch((cause: unknown) => {
    throw isMissing(cause) ? new Error(`the home ${resolve(home)} does not exist; check upgradeInfo.home`) : cause
  })
  if (!found.isDirectory()) throw new Error(`the home ${resolve(home)} is not a directory; check upgradeInfo.home`)
  const data = join(home, 'data')
  const there = await stat(data).catch((cause: unknown) => {
    if (isMissing(cause)) return undefined
    throw cause
  })
  if (there?.isDirectory() === true) return
  if (there !== undefined) throw new Error(`${resolve(data)} is not a directory`)
  await mkdir(data)
  // The node must be able to write here, whoever we are.
  await chown(data, found.uid, found.gid).catch(() => undefined)
  await syncDirectory(home)
}
