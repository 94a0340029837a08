import { exampleSwitch, exampleUpgrade, oldVersion } from '../examples/exampleUpgrade.js'
import { examplePlan } from '../examples/exampleChain.js'
import { atDue, dueWords, heightText } from '../phrases.js'
import { over } from './eventDeclaration.js'
import {
  type ImminentData,
  type RefusedData,
  type RescheduledData,
  type SwitchData,
  type UnconsumedData,
  type UpgradeData,
} from './upgradeData.js'
import { upgradeEvent } from './upgradeEvent.js'
import {
  checkLine,
  completion,
  failure,
  failureAdvice,
  lastBlock,
  refusal,
  refusalAdvice,
  rescheduling,
  scheduledBy,
  shortDue,
  withoutFile,
} from './upgradeSentences.js'

export const upgradeEvents = {
  upgrade_scheduled: upgradeEvent<UpgradeData>({
    priority: 'high',
    when: 'a proposal with a valid plan passed',
    title: (data, what, clock) => `Upgrade ${what} scheduled for ${dueWords(data, clock)}`,
    detail: (data, name, clock) => `${scheduledBy(data)}; the node switches to ${name} ${atDue(data, clock)}.`,
    advice: ({ height }) =>
      height === null ? 'Install a release that knows it on every node before then.' : 'Stage the binary before then.',
    example: (options) => exampleUpgrade(options),
  }),
  upgrade_refused: upgradeEvent<RefusedData>({
    priority: 'critical',
    when: 'govstream does not act on a plan that passed, does not overwrite another `upgrade-info.json`, or writes no file for a plan that the chain applies by itself; the message says why',
    title: (data, what, clock) => {
      if (data.why === 'file_withheld' || data.why === 'file_in_the_way')
        return `upgrade-info.json for ${what} is not written`
      return `Upgrade ${what} ${atDue(data, clock)} ${data.why === 'held_back' ? 'held back' : 'refused'}`
    },
    detail: refusal,
    advice: refusalAdvice,
    example: (options) => ({
      ...exampleUpgrade(options, {
        status: 'refused',
        why: 'refused',
        reasons: ['The checksum for linux/amd64 is of an unknown kind.'],
      }),
      more: 0,
    }),
  }),
  upgrade_rescheduled: upgradeEvent<RescheduledData>({
    priority: 'critical',
    when: 'the plan of a waiting upgrade changed, or another proposal moved it to another height',
    title: (data, what, clock) => {
      const { before } = data
      return before === null || (before.height === data.height && before.time === data.time)
        ? `Upgrade ${what} changed, still ${atDue(data, clock)}`
        : `Upgrade ${what} moved from ${dueWords(before, clock)} to ${shortDue(data, clock)}`
    },
    detail: rescheduling,
    advice: ({ height }) =>
      height === null
        ? 'Check that every node has the release for this plan.'
        : 'Check that the binary in place is the one for this plan.',
    example: (options) => {
      const { key, proposalId, name, height, time } = examplePlan(options)
      return { ...exampleUpgrade(options), before: { key, proposalId, name, height: height - 900, time } }
    },
  }),
  upgrade_imminent: upgradeEvent<ImminentData>({
    priority: 'high',
    when: 'one of `scheduler.reminders` is due before an upgrade',
    title: (data, what, clock) => `Upgrade ${what} is near: ${dueWords(data, clock)}`,
    detail: (data, name, clock) => `${name} is due ${atDue(data, clock)}.`,
    advice: ({ height }, name) =>
      height === null ? `Check that every node knows ${name}.` : `Check that the binary of ${name} is in place.`,
    example: (options) => ({ ...exampleUpgrade(options), reminder: '24h' }),
  }),
  upgrade_triggered: upgradeEvent<UpgradeData>({
    priority: 'critical',
    when: 'the height of an upgrade is reached, and its file is written if one is needed',
    title: (data, what, clock) => `Upgrade ${what} triggered ${atDue(data, clock)}`,
    detail: (data, name, clock) => {
      const { file, height } = data
      if (height === null)
        return `the time of ${name} has come: ${dueWords(data, clock)}. Nodes that know it switch by themselves.`
      if (file === 'written')
        return `upgrade-info.json is written for ${name}; the process manager switches the binary now.`
      return `the height of ${name} is reached: block ${heightText(height)}. ${withoutFile(data)}`
    },
    advice: ({ height }) => (height === null ? 'Check that the nodes continue.' : 'Check that the node comes back.'),
    example: (options) => exampleSwitch(options, 0),
  }),
  upgrade_completed: upgradeEvent<SwitchData>({
    priority: 'high',
    when: 'the chain is past the height and the node continues; see [proof and inference](process-managers.md#completed-proof-and-inference)',
    title: (_, what) => `Upgrade ${what} completed`,
    detail: (data, name, clock) => [completion(data, name, clock), ...data.checks.map(checkLine)].join(' '),
    standing: over,
    example: (options) => ({
      ...exampleSwitch(options, 3, { status: 'completed', file: 'none' }),
      oldVersion,
      newVersion: examplePlan(options).name,
      evidence: 'version_changed',
      checks: [
        {
          id: 'block',
          verdict: 'passed',
          reason: `Block ${examplePlan(options).height + 1} of node.example and its application hash are the same as on other.example.`,
          todo: null,
        },
      ],
    }),
  }),
  upgrade_failed: upgradeEvent<UpgradeData>({
    priority: 'critical',
    when: 'the file cannot be written, the nodes do not confirm an upgrade that is due without a file, there is no sign that the node continued, a check [after the height](process-managers.md#after-the-height) failed, or a reorg removed the proposal after its file was written',
    title: (data, what, clock) => {
      const { why } = data
      if (why === 'stuck') return `The node did not get past upgrade ${what} ${atDue(data, clock)}`
      if (why === 'unwell') return `Checks failed after upgrade ${what} ${atDue(data, clock)}`
      if (why === 'not_confirmed') return `Upgrade ${what} ${atDue(data, clock)} is not confirmed`
      return why === 'not_written' ? `upgrade-info.json for ${what} cannot be written` : `Upgrade ${what} failed`
    },
    detail: failure,
    advice: ({ why }) => failureAdvice[why ?? 'no_proof'] ?? '',
    example: (options) =>
      exampleSwitch(options, 0, {
        status: 'failed',
        why: 'no_proof',
        file: 'none',
        reasons: ['No new block for 30 min.'],
      }),
  }),
  upgrade_cancelled: upgradeEvent<UpgradeData>({
    priority: 'high',
    when: 'an upgrade that was waiting for its height is cancelled',
    title: (_, what) => `Upgrade ${what} cancelled`,
    detail: (data, name, clock) => `${name} ${atDue(data, clock)} is cancelled.`,
    advice: ({ height }) =>
      height === null
        ? 'Find out whether it was cancelled, or a node was set back to an older release.'
        : 'Remove the staged binary, if there is one.',
    standing: over,
    example: (options) =>
      exampleUpgrade(options, {
        status: 'cancelled',
        reasons: ['The proposal was canceled.'],
        blocksLeft: null,
        eta: null,
      }),
  }),
  upgrade_halt_reached: upgradeEvent<UpgradeData>({
    priority: 'critical',
    when: 'a Cosmos node halts at the last block before the height and waits for the new binary',
    title: (data, what) => `The halt height of ${what} is reached: block ${lastBlock(data)}`,
    detail: (data, name) =>
      `block ${lastBlock(data)} is the last one that the old binary can process. A node without ${name} stops here, writes upgrade-info.json by itself and waits: its process manager switches the binary now.`,
    advice: (_, name) => `If no process manager does it, start ${name} by hand now.`,
    // If the nodes stop by themselves, govstream writes no file.
    example: (options) => exampleSwitch(options, -1, { file: 'none', isHeld: true }),
  }),
  upgrade_restarted: upgradeEvent<SwitchData>({
    priority: 'high',
    when: 'after an upgrade was triggered, the node came back with its old version: it restarted but did not switch',
    title: (_, what) => `The node restarted with its old version at upgrade ${what}`,
    detail: ({ newVersion }, name) =>
      `after ${name} was triggered, the node was unreachable for a while. It runs ${newVersion ?? 'the same version'} again, so it restarted but did not switch.`,
    advice: () => 'Check whether the process manager has the new binary.',
    example: (options) => ({
      ...exampleSwitch(options, 0),
      oldVersion,
      newVersion: oldVersion,
      evidence: 'same_version_after_outage',
      checks: [],
    }),
  }),
  file_not_consumed: upgradeEvent<UnconsumedData>({
    priority: 'critical',
    when: 'the file was written, the chain passed its height a minute ago, and the node still runs the old version',
    title: (data, what, clock) => `The node did not switch to ${what} ${atDue(data, clock)}`,
    detail: (data, name, clock) =>
      `no process manager acted on upgrade-info.json. It was written for ${name} and the chain is past ${dueWords(data, clock)}, but ${data.reason}`,
    advice: ({ todo }) => todo,
    example: (options) => ({
      ...exampleSwitch(options, 20),
      version: oldVersion,
      reason: `the node still runs ${oldVersion} and was never away.`,
      todo: 'Check that the process manager runs and that the new binary is staged.',
    }),
  }),
}
export type UpgradeEvent = keyof typeof upgradeEvents
