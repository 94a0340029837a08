import type { LocalTime } from '../../text/localTime.js'
import { isUnproposed, isUnproposedKey } from '../../proposals/announced.js'
import { isOwn } from '../../upgrades/upgrade.js'
import { atDue, dueWords, heightText, shortId } from '../phrases.js'
import { planName } from './upgradeEvent.js'
import type { PlanData } from './proposalData.js'
import {
  askerOf,
  isAnnounced,
  isConfigured,
  type RefusedData,
  type RescheduledData,
  type SwitchData,
  type UpgradeCause,
  type UpgradeData,
} from './upgradeData.js'

// The longer sentences of the upgrade events.

/** Returns the height or time of a plan, for a sentence that has already said which of them it is. */
export function shortDue(data: PlanData, clock: LocalTime): string {
  return data.height === null ? dueWords(data, clock) : heightText(data.height)
}

/** Returns the last block of the old binary. */
export function lastBlock({ height }: PlanData): string {
  return height === null ? 'before its time' : heightText(height - 1)
}

export function scheduledBy(data: UpgradeData): string {
  if (isOwn(data)) return 'it is your own plan'
  if (isConfigured(data)) return 'nodes have it in their configuration'
  if (isAnnounced(data)) return 'its contract announces it'
  return data.origin === 'chain' ? 'the chain has it scheduled' : 'the proposal passed'
}

export function refusal(data: RefusedData, name: string, clock: LocalTime): string {
  const { why, more } = data
  if (why === 'held_back')
    return isAnnounced(data)
      ? 'the state of its announcement is unclear.'
      : 'the proposal is in a state that cannot be read.'
  if (why === 'file_withheld')
    return `the chain has ${name} scheduled, and its nodes switch ${atDue(data, clock)} anyway: reminders continue. govstream writes no file for it.`
  if (why === 'file_in_the_way')
    return `${name} is due ${atDue(data, clock)}, but there is already another upgrade-info.json, which govstream does not overwrite.`
  const others = more === 0 ? '' : ` The same holds for ${more} more: see govstream upgrades.`
  return `${askerOf(data)} asks for an upgrade that govstream does not act on. govstream writes no file for it.${others}`
}

export function refusalAdvice(data: RefusedData): string {
  if (data.why === 'file_in_the_way')
    return 'Find out who wrote that file. If you move it away, the next poll writes the new one; if the node must not switch, leave it.'
  if (isOwn(data))
    return 'Remove the plan (govstream plan remove, or its entry in plans) or correct it, and agree with your team which one counts.'
  if (data.why === 'held_back') return 'Check the contract. The upgrade waits until then.'
  return data.why === 'file_withheld'
    ? 'Prepare the switch by hand.'
    : 'Find out with your team whether the upgrade takes place. If it does, prepare it by hand.'
}

export function rescheduling(data: RescheduledData, name: string, clock: LocalTime): string {
  const { before, key } = data
  const meant =
    before === null
      ? 'something else'
      : `${planName(before)} ${before.height === null ? atDue(before, clock) : `at ${heightText(before.height)}`}`
  // Notifications of earlier versions do not have the key of the former plan.
  if (before === null || !('key' in before) || before.key === key)
    return `${askerOf(data)} now plans ${name} ${atDue(data, clock)}; it planned ${meant} before.`
  const former =
    before.proposalId === null || isUnproposedKey(before.key) ? 'the chain' : `proposal ${shortId(before.proposalId)}`
  return `${askerOf(data)} moves ${name} to ${dueWords(data, clock)}; the plan of ${former} was ${meant}.`
}

export function completion(data: SwitchData, name: string, clock: LocalTime): string {
  const { evidence, oldVersion, newVersion } = data
  const due = dueWords(data, clock)
  switch (evidence) {
    case 'chain_applied':
      return isConfigured(data)
        ? `${name} is complete: the nodes report that they run it.`
        : `${name} is complete: the chain reports that it applied the plan.`
    case 'version_changed':
      return `${name} is complete: the node now runs ${newVersion ?? 'another version'} (before: ${oldVersion ?? 'another one'}), and the chain is past ${due}.`
    case 'same_version_after_outage':
      return `${name} counts as complete: the node came back after an outage and the chain is past ${due}. It still reports the version ${newVersion ?? oldVersion ?? 'it had before'}.`
    case 'blocks_past_height':
      return `${name} counts as complete: the chain is past ${due}. ${earlierText(data)}`
  }
}

function earlierText({ oldVersion, newVersion }: SwitchData): string {
  return oldVersion === null || newVersion === null || oldVersion === newVersion
    ? 'No other version of the node was seen.'
    : `The node ran ${newVersion} before that block already, and ${oldVersion} earlier.`
}

/** Returns a check after the height as a line, with what to do about it, if anything. */
export function checkLine({ reason, todo }: SwitchData['checks'][number]): string {
  return todo === null ? reason : `${reason} ${todo}`
}

export function failure(data: UpgradeData, name: string, clock: LocalTime): string {
  const { why, file } = data
  if (why === 'stuck')
    return `the nodes of this chain stop at block ${lastBlock(data)} and continue only with ${name}. There is no sign that they do.`
  if (why === 'not_written') return `the file for ${name} could not be written.`
  if (why === 'not_confirmed')
    return `${name} is due ${atDue(data, clock)}, but the nodes in rpc.urls do not confirm it. govstream writes no file for it, and does not follow it until they do.`
  if (why === 'withdrawn')
    return `the ${isAnnounced(data) ? 'announcement' : isUnproposed(data) ? 'plan' : 'proposal'} of ${name} disappeared after its height was reached${file === 'written' ? ' and its file was written' : ''}.`
  if (why === 'unwell') return `the chain is past the height of ${name}, and the checks of the node failed.`
  if (isConfigured(data)) return `the time of ${name} has come, and there is no proof that the nodes run it.`
  return `${name} was triggered, but there is no proof that the node continued.`
}

export const failureAdvice: Readonly<Partial<Record<UpgradeCause, string>>> = {
  stuck: 'Check the node now. The upgrade is still pending.',
  not_written: 'Fix the cause now. Each poll tries again.',
  not_confirmed: 'Check the nodes in rpc.urls now. Each poll asks them again.',
  unwell: 'Check the node now. The checks are repeated, and a notification follows once they pass.',
  withdrawn: 'Check the node now: which binary does it run?',
  no_proof: 'Check the node now: is it up, and which version does it run?',
}

/** Says why a triggered upgrade has no file of govstream. Nodes of a chain that holds the plan write their own. */
export function withoutFile({ file, isHeld }: Pick<UpgradeData, 'file' | 'isHeld'>): string {
  if (file === 'withheld')
    return `No file is written for it by govstream.${isHeld ? ' The nodes of this chain switch by themselves.' : ''}`
  return isHeld ? 'The nodes of this chain switch by themselves.' : 'No file is written here by configuration.'
}
