import type { Head } from '../../../domain/blocks/head.js'
import { keyOf } from '../../../domain/proposals/proposal.js'
import type { ChainClient } from '../evm/context.js'
import type { Window } from '../evm/readWindow.js'
import type { GovernorMemory, RuleBook } from './context.js'
import { decodeGovernorLog, type GovernorEvent } from './decode.js'
import type { Rewound } from './rewind.js'
import { vouchedEvents } from './vouch.js'

/**
 * Decodes the logs of a window, and leaves out created proposals whose id should be the hash of their content but is
 * not. In blocks that a reorg left in place, only events of proposals that are rebuilt count. Logs that are not
 * understood become warnings.
 *
 * @throws SourceError if an event contradicts the rules. Outdated rules can cause that, so all rules are then read
 *   again.
 */
export function eventsIn(
  node: ChainClient,
  window: Window,
  rewound: Rewound | undefined,
  rules: RuleBook,
  memory: GovernorMemory,
): { readonly events: readonly GovernorEvent[]; readonly warnings: readonly string[] } {
  const { events, problems } = decoded(window, rewound, rules, node.chain)
  try {
    const vouched = vouchedEvents(events, rules, node)
    return { events: vouched.events, warnings: [...problems, ...vouched.warnings] }
  } catch (cause) {
    memory.rules.clear()
    throw cause
  }
}

function decoded(
  { logs }: Window,
  rewound: Rewound | undefined,
  rules: RuleBook,
  chain: string,
): { readonly events: readonly GovernorEvent[]; readonly problems: readonly string[] } {
  const events: GovernorEvent[] = []
  const problems: string[] = []
  for (const log of logs) {
    const event = decodeGovernorLog(log)
    if (typeof event === 'string') problems.push(event)
    else if (rewound === undefined || log.block > rewound.ancestor) events.push(event)
    else if (event.type !== 'rules') {
      // Up to the ancestor, only events of proposals that are rebuilt count.
      const contract = rules.get(log.address)?.address ?? log.address
      if (rewound.rebuilt.has(keyOf({ chain, contract, id: event.id }))) events.push(event)
    }
  }
  return { events, problems }
}

/** Drops the rules that an event says have changed; the next reading reads them again. */
export function forgetChangedRules(events: readonly GovernorEvent[], head: Head, memory: GovernorMemory): void {
  for (const { type, position } of events) {
    // If the head is below the block the rules were read at, that block never existed, so the event counts as new.
    const { rulesAt = 0n } = memory
    const isNew = position.block >= rulesAt || rulesAt > head.number
    if (type === 'rules' && isNew) memory.rules.delete(position.contract)
  }
}
