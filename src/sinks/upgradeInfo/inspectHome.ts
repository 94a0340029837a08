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

/** Problems with the file and what it holds now, as sentences for people. */
export interface HomeReport {
  readonly problem?: string
  /** A question that only the operator can answer. */
  readonly doubt?: string
  readonly summary: string
}

/** The plan to be written, and for which process manager. */
export interface PlanToCome extends WrittenPlan, Pick<Upgrade, 'info' | 'writtenAt'> {
  readonly profile: UpgradeInfoProfile
}

/**
 * Tests whether the upgrade file of a home can be written, with temporary names that are removed afterwards. The file
 * is not touched. Its content is compared with the plan `toCome`, as the writer will do at the height; without one,
 * only content that is no plan is a problem. Never rejects.
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

/** Compares the file, or its absence, with the plan before its height. */
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

/** The first write creates the data directory, so creating one with another name is tested. */
async function inspectFresh(home: string, path: string, toCome: PlanToCome | undefined): Promise<HomeReport> {
  await fs.rmdir(await fs.mkdtemp(join(resolve(home), '.upgrade-info-')))
  return { summary: `${path} can be written`, ...(toCome !== undefined && judged({ kind: 'empty' }, toCome, path)) }
}
