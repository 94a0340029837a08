import type { Head } from '../../../domain/blocks/head.js'
import { keyOf } from '../../../domain/proposals/proposal.js'
import type { ChainClient } from '../evm/context.js'
import type { Window } from '../evm/readWindow.js'
import type { GovernorMemory, RuleBook } from './context.js'
import { decodeGovernorLog, type GovernorEvent } from './decode.js'
import type { Draft } from './draft.js'
import type { Rewound } from './rewind.js'
import { vouchedEvents } from './vouch.js'

/**
 * What the logs of a window tell, as far as ids vouch for it; of blocks that a reorg left in place only what is built
 * anew. What is not understood is a warning of the draft.
 *
 * @throws SourceError where something is told that cannot be: rules of another time may make a lie of the truth, and
 * are found out anew.
 */
export function eventsIn(
  window: Window,
  { warnings }: Pick<Draft, 'warnings'>,
  rewound: Rewound | undefined,
  rules: RuleBook,
  node: ChainClient,
  memory: GovernorMemory,
): readonly GovernorEvent[] {
  const { events, problems } = decoded(window, rewound, rules, node.chain)
  warnings.push(...problems)
  try {
    const vouched = vouchedEvents(events, rules, node)
    warnings.push(...vouched.warnings)
    return vouched.events
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
      // Below the ancestor only those count that are built anew.
      const contract = rules.get(log.address)?.address ?? log.address
      if (rewound.rebuilt.has(keyOf({ chain, contract, id: event.id }))) events.push(event)
    }
  }
  return { events, problems }
}

/** Rules that an event says have changed are found out anew with the next reading. */
export function forgetChangedRules(events: readonly GovernorEvent[], head: Head, memory: GovernorMemory): void {
  for (const { type, position } of events) {
    // A head below the one the rules were learned at shows that one to be a lie: it keeps no news from us.
    const { rulesAt = 0n } = memory
    const isNews = position.block >= rulesAt || rulesAt > head.number
    if (type === 'rules' && isNews) memory.rules.delete(position.contract)
  }
}
