import { defined } from '../defined.js'
import type { LocalTime, Viewpoint } from '../text/localTime.js'
import type { MessageFact, MessageText } from './message.js'
import type { NotificationOf } from './notification.js'
import type { UpgradeData, UpgradeEvent } from './upgradeData.js'
import { countText, heightText, shortId } from './phrases.js'
import { upgradeAdvice, upgradeDetail, upgradeLines } from './upgradeTexts.js'

/** What people are told of an event of an upgrade. */
export function upgradeMessage(
  notification: NotificationOf<UpgradeEvent>,
  clock: LocalTime,
  from: Viewpoint,
): MessageText {
  const { data } = notification
  return {
    lines: [upgradeDetail(notification), ...upgradeLines(notification, from, clock)],
    facts: facts(notification, clock),
    // An explorer has a page of the block only once the chain has made it.
    about: { ...defined({ id: data.proposalId ?? undefined }), height: data.height },
    ...defined({ advice: upgradeAdvice(notification) }),
  }
}

function sourceText({ proposalId, kind }: UpgradeData): string {
  if (proposalId !== null) return shortId(proposalId)
  return kind === 'coordinated' ? 'none: a plan of your own' : 'none: announced by its contract'
}

function facts(notification: NotificationOf<UpgradeEvent>, clock: LocalTime): readonly MessageFact[] {
  const { data } = notification
  const versions =
    notification.event === 'upgrade_completed' || notification.event === 'upgrade_restarted'
      ? [
          { name: 'Version before', value: notification.data.oldVersion },
          { name: 'Version now', value: notification.data.newVersion },
        ]
      : []
  return [
    { name: 'Upgrade', value: data.name },
    { name: 'Height', value: heightText(data.height) },
    { name: 'Expected', value: data.eta === null ? null : clock.full(data.eta) },
    { name: 'Chain is at', value: data.block === null ? null : `block ${countText(BigInt(data.block))}` },
    ...versions,
    { name: 'File', value: data.file === 'written' ? 'written' : null },
    { name: 'Proposal', value: sourceText(data) },
  ].flatMap(({ name, value }) => (value === null || value === '' ? [] : [{ name, value }]))
}
