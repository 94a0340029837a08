import { join, resolve } from 'node:path'
import fs from 'fs-extra'
import type { Upgrade } from '../../domain/upgrades/upgrade.js'
import { decideReplacement } from './decideReplacement.js'
import { diskReason } from './disk/diskReason.js'
import { type DataDirectory, withDataDirectory } from './disk/withDataDirectory.js'
import { probeReplacing } from './disk/probeReplacing.js'
import type { ParsedFile, WrittenPlan } from './parseUpgradeInfo.js'
import { hasOtherInfo } from './presentForm.js'
import { readUpgradeInfo } from './readUpgradeInfo.js'
import { sweepTempFiles } from './disk/tempFiles.js'
import type { UpgradeInfoProfile } from './UpgradeInfoProfile.js'
import { upgradeInfoPath } from './upgradeInfoPath.js'

/** What stands in the way of the file, and what it holds now. Sentences for people. */
export interface HomeReport {
  readonly problem?: string
  /** What nobody but the operator can judge. */
  readonly doubt?: string
  readonly summary: string
}

/** The plan that is to be written, and for whom. */
export interface PlanToCome extends WrittenPlan, Pick<Upgrade, 'info' | 'writtenAt'> {
  readonly profile: UpgradeInfoProfile
}

/**
 * Tries whether the file of a home can be written when its time comes, on names of its own that are gone afterwards.
 * The file is not touched. What it holds is judged against the plan that is `toCome`, as the writer will do it at the
 * height; without one only what is no plan at all is in the way. Never rejects.
 */
export async function inspectHome(home: string, now: number, toCome?: PlanToCome): Promise<HomeReport> {
  const path = upgradeInfoPath(home)
  try {
    return (
      (await withDataDirectory(home, {}, (directory) => inspect(directory, { path, now, toCome }))) ??
      (await inspectFresh(home, path, toCome))
    )
  } catch (cause) {
    return { summary: path, problem: `${path} cannot be written: ${diskReason(cause)}.` }
  }
}

interface Inspection {
  readonly path: string
  readonly now: number
  readonly toCome: PlanToCome | undefined
}

async function inspect(directory: DataDirectory, { path, now, toCome }: Inspection): Promise<HomeReport> {
  await sweepTempFiles(directory, now).catch(() => undefined)
  const present = await readUpgradeInfo(directory)
  const { content } = present
  if (content.kind === 'foreign')
    return { summary: path, problem: `${path} ${content.problem}: it is not ours to replace. Move it away.` }
  await probeReplacing(directory, present)
  const summary =
    content.kind === 'plan'
      ? `${path} holds ${content.plan.name} at height ${content.plan.height}`
      : `${path} can be written`
  return { summary, ...(toCome !== undefined && judged(content, toCome, path)) }
}

/** What there is to say before the height of a file that is there, or is gone. */
function judged(content: ParsedFile, toCome: PlanToCome, path: string): Partial<HomeReport> {
  const { name, height, profile, info, writtenAt } = toCome
  const judgement = decideReplacement(content, { name, height }, BigInt(height), profile)
  if (judgement.verdict === 'refuse')
    return {
      problem: `${path} ${judgement.problem}: govstream will not replace it. Check whose it is and move it away.`,
    }
  if (judgement.verdict === 'same' && content.kind === 'plan' && hasOtherInfo(content.rest, info))
    return {
      doubt: `${path} holds this plan already, with another info than the plan has, and is left as it is: its download addresses and checksums are not those of the plan.`,
    }
  if (judgement.verdict === 'replace' && writtenAt !== undefined)
    return {
      doubt: `${path} was written for this plan and does not hold it any more: it is written again at height ${height}.`,
    }
  return {}
}

/** The data directory is made by the first writing: whether one can be made is tried with another name. */
async function inspectFresh(home: string, path: string, toCome: PlanToCome | undefined): Promise<HomeReport> {
  await fs.rmdir(await fs.mkdtemp(join(resolve(home), '.upgrade-info-')))
  return { summary: `${path} can be written`, ...(toCome !== undefined && judged({ kind: 'empty' }, toCome, path)) }
}
