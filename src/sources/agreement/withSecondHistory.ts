import { hiddenBy } from '../../domain/proposals/disagreement.js'
import { keyOf } from '../../domain/proposals/proposal.js'
import type { GoodReading } from '../../domain/reading.js'
import type { CrossCheckOptions } from './crossCheck.js'
import type { GovernanceReader } from '../governance/GovernanceReader.js'
import { createDistrustfulReader } from './distrustfulReader.js'
import { createSecondHistory } from './secondHistory.js'
import { createSuspects, type HiddenProposal } from './suspects.js'

/**
 * The reader, whose history is read a second time at another node: every ten minutes what came since, and a first sync
 * whole, a portion with each reading. A proposal that the other node reports and the reading does not, or reports as
 * over, is asked for at every node. Where `agreement` of them report it, it is put into the reading with a warning,
 * and the node that hid it is read only while no other answers, for an hour.
 */
export function withSecondHistory(reader: GovernanceReader, options: CrossCheckOptions): GovernanceReader {
  const first = createDistrustfulReader(reader, options.now)
  const second = createSecondHistory(options)
  const suspects = createSuspects(options)
  return {
    ...reader,
    async read(request) {
      second.begin(request)
      const { reading, servedBy } = await first.read(request)
      if (reading.backlog > 0n) return reading
      await second.readOn(request, reading, (other) => suspects.add(other, reading))
      const hidden = await suspects.findHidden(reading, servedBy)
      for (const host of hidden.flatMap(({ hosts }) => hosts)) first.distrust(host)
      return hidden.length === 0 ? reading : withHidden(reading, hidden, options.agreement)
    },
  }
}

function withHidden(reading: GoodReading, hidden: readonly HiddenProposal[], agreement: number): GoodReading {
  const proposals = new Map(
    [...reading.proposals, ...hidden.map(({ proposal }) => proposal)].map((proposal) => [keyOf(proposal), proposal]),
  )
  // Who keeps it back is not always known.
  const named = hidden.filter(({ hosts }) => hosts.length > 0)
  const disagreements = [...(reading.disagreements ?? []), ...named.map((one) => hiddenBy(one.proposal, one.hosts))]
  return {
    ...reading,
    proposals: [...proposals.values()],
    retracted: reading.retracted.filter((key) => !proposals.has(key)),
    warnings: [...reading.warnings, ...hidden.map((one) => hiddenText(one, agreement))],
    ...(disagreements.length > 0 && { disagreements }),
  }
}

function hiddenText({ proposal: { chain, id, contract, status }, hosts }: HiddenProposal, agreement: number): string {
  const who = hosts.length === 0 ? 'The node that was read' : hosts.join(' and ')
  const rest = hosts.length === 0 ? '' : ' It is read only while no other node answers, for an hour: look at it.'
  return `${who} did not tell that proposal ${id} of ${contract} on ${chain} is ${status}, as ${agreement} nodes agree.${rest}`
}
