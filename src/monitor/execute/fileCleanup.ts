import type { ChainConfig } from '../../config/schema.js'
import type { Turn } from '../../domain/chainState.js'
import { leftOverUpgrade, mayBeLeftOver } from '../../domain/upgrades/planOnFile.js'
import type { PlanOnFile, Upgrade } from '../../domain/upgrades/upgrade.js'
import type { WriteOutcome } from '../../domain/upgrades/writeOutcome.js'
import { archiveUpgradeInfo } from '../../sinks/upgradeInfo/archiveUpgradeInfo.js'
import { planInFile } from '../../sinks/upgradeInfo/planInFile.js'
import { upgradeInfoPath } from '../../sinks/upgradeInfo/upgradeInfoPath.js'

/** What happens to the file besides writing and taking back. Never rejects. */
export interface FileCleanup {
  /** Moves the file of a completed upgrade aside, if `isWanted` still returns true immediately before. */
  readonly archive: (plan: PlanOnFile, isWanted: () => boolean) => Promise<WriteOutcome>
  /** True if there may be something to look for after this turn. */
  readonly mayLook: (turn: Turn) => boolean
  /**
   * Checks whether the file holds a plan that has been called off, no matter who wrote it. Returns an outcome only for
   * news.
   */
  readonly look: (turn: Turn) => Promise<WriteOutcome | undefined>
}

/** Creates the cleanup of left-over files of one chain. */
export function createFileCleanup({ upgradeInfo: { home, profile } }: Pick<ChainConfig, 'upgradeInfo'>): FileCleanup {
  const path = home === undefined ? '' : upgradeInfoPath(home)
  const move = home === undefined ? undefined : archiveUpgradeInfo({ home })
  let found = ''

  async function lookIn(place: string, { state: { upgrades, head } }: Turn): Promise<WriteOutcome | undefined> {
    const plan = await planInFile(place)
    const off =
      plan === undefined || head === undefined ? undefined : leftOverUpgrade(plan, upgrades, head.number, profile)
    const mark = plan === undefined || off === undefined ? '' : `${off.key} ${plan.name}@${plan.height}`
    const isNew = mark !== found
    found = mark
    if (!isNew || plan === undefined || off === undefined) return undefined
    return {
      result: 'found',
      key: off.key,
      ...plan,
      path,
      reason: leftOverReason(off, {
        ...plan,
        path,
        profile,
        isPast: head !== undefined && head.number >= BigInt(plan.height),
      }),
    }
  }

  function mayLook({ cause, state: { health, upgrades } }: Turn): boolean {
    const isCaughtUp = cause === 'reading' && health.backlog === 0n
    return home !== undefined && isCaughtUp && (found !== '' || mayBeLeftOver(upgrades))
  }

  return {
    archive: async (plan, isWanted) => {
      const { key } = plan
      if (move === undefined) return { result: 'kept', key, path, reason: 'No file is written here by configuration.' }
      const outcome = await move(plan, { isWanted })
      if (outcome.result !== 'failed') return { ...outcome, key }
      return {
        result: 'stuck',
        key,
        path,
        reason: `${plan.name} is completed, but ${outcome.reason} ${atNextCrash[profile]}`,
      }
    },
    mayLook,
    look: async (turn) => (home === undefined || !mayLook(turn) ? undefined : lookIn(home, turn)),
  }
}

const atNextCrash = {
  wemixvisor: 'wemixvisor applies it again when the node ends with an error: move the file away by hand.',
  cosmovisor: 'Move the file away by hand.',
  portable: 'Move the file away by hand.',
} as const

interface LeftOver extends Pick<PlanOnFile, 'name' | 'height'> {
  readonly path: string
  readonly profile: keyof typeof atNextCrash
  /** True if the chain has reached the height. */
  readonly isPast: boolean
}

function leftOverReason({ status, height: moved, reasons }: Upgrade, file: LeftOver): string {
  const { name, height, path } = file
  const off =
    status === 'cancelled'
      ? 'that plan is cancelled'
      : status === 'refused'
        ? `that plan was refused: ${reasons.map((reason) => reason.replace(/\.$/, '')).join('; ')}`
        : `that plan was moved to height ${moved}`
  return `${path} holds ${name} for height ${height}, but ${off}. govstream does not remove it: it is not its own any more, or its height is reached. ${todoFor(status, file)}`
}

function todoFor(status: Upgrade['status'], { profile, isPast }: LeftOver): string {
  if (status === 'refused')
    return 'It may have been written in the last moment before govstream was gone, and the process manager may have read it: check which binary runs, then move the file away.'
  if (profile === 'wemixvisor')
    return 'Move the file away and restart wemixvisor, which keeps a plan it has read; else it switches the binary when the node ends with an error.'
  return isPast
    ? 'Move the file away, and check which binary runs: if the process manager has switched it, put the old one back.'
    : 'Move the file away before that height, or the process manager switches the binary there; if it has switched already, put the old one back.'
}
