import type { Announcement } from '../../chainState.js'
import type { Notification, NotificationEvent } from '../notification.js'
import { isProposalEvent } from '../proposalData.js'
import { isUpgradeEvent } from '../upgradeData.js'
import type { ExampleOptions } from './exampleChain.js'
import { exampleOperation } from './exampleOperation.js'
import { exampleProposal } from './exampleProposal.js'
import { exampleUpgrade } from './exampleUpgrade.js'

/**
 * A notification of an event as it comes from a chain, about an upgrade that never was; `undefined` where there is no
 * example. For people who want to see what they will be told.
 */
export function exampleOf(event: NotificationEvent, options: ExampleOptions): Notification | undefined {
  const made = announcementFor(event, options)
  return made === undefined ? undefined : { ...made.notification, labels: options.labels ?? {} }
}

function announcementFor(event: NotificationEvent, options: ExampleOptions): Announcement | undefined {
  if (isProposalEvent(event)) return exampleProposal(event, options)
  return isUpgradeEvent(event) ? exampleUpgrade(event, options) : exampleOperation(event, options)
}
