import { join, resolve } from 'node:path'
import fs from 'fs-extra'
import { diskReason } from './disk/diskReason.js'
import { type DataDirectory, withDataDirectory } from './disk/withDataDirectory.js'
import { probeReplacing } from './disk/probeReplacing.js'
import { readUpgradeInfo } from './readUpgradeInfo.js'
import { sweepTempFiles } from './disk/tempFiles.js'
import { upgradeInfoPath } from './upgradeInfoPath.js'

/** What stands in the way of the file, and what it holds now. Sentences for people. */
export interface HomeReport {
  readonly problem?: string
  readonly summary: string
}

/**
 * Tries whether the file of a home can be written when its time comes, on names of its own that are gone afterwards.
 * The file is not touched. Never rejects.
 */
export async function inspectHome(home: string, now: number): Promise<HomeReport> {
  const path = upgradeInfoPath(home)
  try {
    return (
      (await withDataDirectory(home, {}, (directory) => inspect(directory, path, now))) ??
      (await inspectFresh(home, path))
    )
  } catch (cause) {
    return { summary: path, problem: `${path} cannot be written: ${diskReason(cause)}.` }
  }
}

async function inspect(directory: DataDirectory, path: string, now: number): Promise<HomeReport> {
  await sweepTempFiles(directory, now).catch(() => undefined)
  const present = await readUpgradeInfo(directory)
  const { content } = present
  if (content.kind === 'foreign')
    return { summary: path, problem: `${path} ${content.problem}: it is not ours to replace. Move it away.` }
  await probeReplacing(directory, present)
  return {
    summary:
      content.kind === 'plan'
        ? `${path} holds ${content.plan.name} at height ${content.plan.height}`
        : `${path} can be written`,
  }
}

/** The data directory is made by the first writing: whether one can be made is tried with another name. */
async function inspectFresh(home: string, path: string): Promise<HomeReport> {
  await fs.rmdir(await fs.mkdtemp(join(resolve(home), '.upgrade-info-')))
  return { summary: `${path} can be written` }
}
