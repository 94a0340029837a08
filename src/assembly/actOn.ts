import { concat, concatMap, defer, filter, finalize, from, type Observable, of } from 'rxjs'
import type { ChainConfig } from '../config/schema.js'
import type { Turn } from '../domain/chainState.js'
import type { Plan, PlanFinding } from '../domain/plan.js'
import type { Proposal } from '../domain/proposal.js'
import { isSchedulable } from '../domain/scheduleProposal.js'
import type { PlanOnFile, Upgrade, WriteOutcome } from '../domain/upgrade.js'
import { removeUpgradeInfo } from '../sinks/upgradeInfo/removeUpgradeInfo.js'
import { writeUpgradeInfo } from '../sinks/upgradeInfo/writeUpgradeInfo.js'
import { confirmPlan } from '../sources/confirmPlan.js'
import type { GovernanceReader } from '../sources/governance/GovernanceReader.js'
import { patiently } from './patiently.js'
import { tendFile } from './tendFile.js'

export interface ActDeps {
  /** One reader a node, where several must agree; else none. */
  readonly witnesses: readonly GovernanceReader[]
  readonly findPlan: (proposal: Proposal) => PlanFinding | undefined
  /** Takes secrets out of what the operator's command prints. @defaultValue changes nothing */
  readonly conceal?: (text: string) => string
}

export type Act = (turn: Turn) => Observable<WriteOutcome>

// Longer than any disk or node that works, shorter than a night.
const limitMs = 120_000

/**
 * Makes the hand that carries out turns: first it takes back the file of a plan that is off, then it writes what is
 * due, one after the other. Answers once for each, within two minutes: a disk that hangs holds up nothing else. What
 * else there is to say about the file, such as how the command after a writing went, comes besides.
 */
export function actOn(config: ChainConfig, { witnesses, findPlan, conceal = (text) => text }: ActDeps): Act {
  const { rpc, scheduler, upgradeInfo: { home, profile, when } } = config
  const file = home === undefined || when === 'never' ? undefined : { home, profile }
  const write = file === undefined ? undefined : writeUpgradeInfo(file)
  const remove = file === undefined ? undefined : removeUpgradeInfo(file)

  const care = tendFile(config, { conceal })

  const planOf = (proposal: Proposal): Plan | undefined => {
    const finding = isSchedulable(proposal, scheduler) ? findPlan(proposal) : undefined
    return finding?.withdrawn === undefined && finding?.unsure === undefined ? finding?.plan : undefined
  }

  async function carryOut(upgrade: Upgrade, head: bigint, near: bigint | undefined, signal: AbortSignal): Promise<WriteOutcome> {
    const doubt = witnesses.length === 0
      ? undefined
      : await confirmPlan(upgrade, { readers: witnesses, agreement: rpc.agreement, planOf, signal, ...(near !== undefined && { near }) })
    if (doubt !== undefined) return { result: 'failed', key: upgrade.key, reason: doubt }
    return write === undefined || upgrade.unwritten === true ? { result: 'skipped', key: upgrade.key } : write(upgrade, { head })
  }

  async function takeBack(plan: PlanOnFile, head: bigint): Promise<WriteOutcome> {
    const { key } = plan
    if (remove === undefined) return { result: 'kept', key, path: '', reason: 'No file is written here by configuration.' }
    const outcome = await remove(plan, { head })
    return outcome.result === 'failed' ? { ...outcome, result: 'stuck', key } : { ...outcome, key }
  }

  const patient = patiently({ limitMs })
  const late = `No answer within ${limitMs / 1000} s: look whether the disk of ${home ?? 'the node'} hangs.`

  return (turn) => {
    const { state: { head, proposals }, stale, finished, due } = turn
    if (head === undefined) return of()
    const { number } = head
    return concat(
      stale === undefined ? of() : patient(() => takeBack(stale, number), { result: 'stuck', key: stale.key, path: home ?? '', reason: late }),
      finished === undefined ? of() : patient(() => care.archive(finished), { result: 'stuck', key: finished.key, path: home ?? '', reason: late }),
      patient(() => care.look(turn), undefined).pipe(filter((outcome) => outcome !== undefined)),
      from(due).pipe(concatMap((upgrade) => defer(() => {
        const controller = new AbortController()
        const near = proposals.get(upgrade.key)?.origin?.block
        return patient<WriteOutcome>(() => carryOut(upgrade, number, near, controller.signal), { result: 'failed', key: upgrade.key, reason: late })
          .pipe(
            finalize(() => controller.abort()),
            // The time of the operator's command is its own.
            concatMap((outcome) => {
              const answer = care.marked(outcome, upgrade)
              return 'hook' in answer ? concat(of(answer), care.actAfterWrite(upgrade)) : of(answer)
            }),
          )
      }))),
      care.actOnOwed(turn),
    )
  }
}
