import { defined } from '../../../domain/defined.js'
import { keyOf, type Proposal, type ProposalKey } from '../../../domain/proposals/proposal.js'
import type { ChainClient } from '../evm/context.js'
import type { EvmSystem, Step, StepResult } from '../evm/system.js'
import { requireReached, requireWholeHistory } from '../evm/contracts.js'
import type { GovernorContext, GovernorMemory } from './context.js'
import { type Synced, syncHistory } from './history.js'
import { prepareGovernors } from './probe.js'
import { rewind, type Rewound } from './rewind.js'

/** The governors of one chain as an EVM system. */
export function governorSystem(context: GovernorContext, memory: GovernorMemory): EvmSystem {
  return {
    contracts: context.addresses,
    prepare: prepareGovernors(context, memory),
    begin: (client) => requireWholeHistory(client, context.addresses, context.fromBlock, context.chain),
    readStep: (node, step) => readStep(node, step, context, memory),
  }
}

/** Reads logs from the last block read, or from where a reorg leads back to, and the state of their contracts. */
async function readStep(
  node: ChainClient,
  { target, from, open, cursor, anchor, ancestor, again }: Step,
  context: GovernorContext,
  memory: GovernorMemory,
): Promise<StepResult | 'reorged'> {
  const rules = new Map(memory.rules)
  const rewound = ancestor === undefined ? undefined : rewind(open, ancestor, rules)
  const { fromBlock } = context
  requireReached(target.head.number, fromBlock, node.chain, node.host)
  const synced = await syncHistory(
    node,
    {
      from: rewound === undefined ? from : rewound.from > fromBlock ? rewound.from : fromBlock,
      target,
      known: rewound?.known ?? new Map(open.map((proposal) => [keyOf(proposal), proposal])),
      rules,
      initial: cursor?.initial ?? true,
      ...defined({ anchor, rewound, again }),
    },
    context,
    memory,
  )
  return synced === 'reorged' ? synced : stepResult(synced, rewound)
}

function stepResult(synced: Synced, rewound: Rewound | undefined): StepResult {
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
  // The submission of a rebuilt proposal is in a block that still stands, so a missing log does not prove that it is
  // gone.
  const lost = [...(rewound?.orphans ?? [])].filter((key) => !draft.proposals.has(key))
  return [...new Set([...lost, ...draft.gone])]
}
