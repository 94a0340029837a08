import { keyOf, type Proposal, type ProposalKey } from '../../../domain/proposals/proposal.js'
import { defined } from '../../../domain/defined.js'
import type { Prepare } from '../evm/arrive.js'
import { requireWholeHistory } from '../evm/requireWholeHistory.js'
import { isStale } from '../evm/isStale.js'
import type { Advance, EvmSystem } from '../evm/readOn.js'
import type { GovernorContext, Memory } from './GovernorContext.js'
import { probeGovernor } from './probeGovernor.js'
import { type Rewound, rewind } from './rewind.js'
import { type Synced, syncHistory } from './syncHistory.js'

/** How the governors of one chain are read on. */
export function governorSystem(context: GovernorContext, memory: Memory): EvmSystem {
  return {
    contracts: context.addresses,
    prepare: prepareGovernors(context, memory),
    begin: (client) => requireWholeHistory(client, context.addresses, context.fromBlock, context.chain),
    async advance(place, { target, from, open, cursor, anchor, ancestor, again }) {
      const rules = new Map(memory.rules)
      const rewound = ancestor === undefined ? undefined : rewind(open, ancestor, rules)
      const { fromBlock } = context
      const start = rewound === undefined ? from : rewound.from > fromBlock ? rewound.from : fromBlock
      const synced = await syncHistory(
        place,
        {
          from: start,
          target,
          known: rewound?.known ?? new Map(open.map((proposal) => [keyOf(proposal), proposal])),
          rules,
          initial: cursor?.initial ?? true,
          ...defined({ anchor, rewound, again }),
        },
        context,
        memory,
      )
      return synced === 'reorged' ? synced : advanceOf(synced, rewound)
    },
  }
}

/** Finds out what kind of governor those are that are not known yet, or were asked long ago. */
export function prepareGovernors({ chain, addresses, now }: GovernorContext, memory: Memory): Prepare {
  return async (client) => {
    const strangers = addresses.filter(
      (address) =>
        !memory.rules.has(address.toLowerCase()) || isStale(memory.probedAt.get(address.toLowerCase()), now()),
    )
    const probed = await Promise.all(strangers.map((address) => probeGovernor(client, address, `chain ${chain}`)))
    return (head) => {
      if (probed.length > 0) memory.rulesAt = head.number
      for (const rules of probed) {
        const before = memory.rules.get(rules.address.toLowerCase())
        const isSameToken = before?.unit !== undefined && before.countedIn === rules.countedIn
        memory.rules.set(rules.address.toLowerCase(), isSameToken ? { ...rules, unit: before.unit } : rules)
        memory.probedAt.set(rules.address.toLowerCase(), now())
      }
    }
  }
}

function advanceOf(synced: Synced, rewound: Rewound | undefined): Advance {
  const { at, previous, votes, nodeVersion, draft, unsure } = synced
  return {
    at,
    ...defined({ previous }),
    proposals: proposalsOf(synced),
    votes,
    unsure,
    retracted: retractedBy(synced, rewound),
    ...defined({ nodeVersion }),
    warnings: draft.warnings,
  }
}

function proposalsOf({ at, draft }: Synced): readonly Proposal[] {
  const proposals: Proposal[] = []
  for (const key of draft.touched) {
    const proposal = draft.proposals.get(key)
    if (proposal !== undefined) proposals.push({ ...proposal, readAt: at.number })
  }
  return proposals
}

function retractedBy({ draft }: Synced, rewound: Rewound | undefined): readonly ProposalKey[] {
  const lost = [...(rewound?.orphans ?? []), ...(rewound?.rebuilt ?? [])].filter((key) => !draft.proposals.has(key))
  return [...new Set([...lost, ...draft.gone])]
}
