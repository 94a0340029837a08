import { defined } from '../../domain/defined.js'
import { hiddenBy } from '../../domain/proposals/disagreement.js'
import { keyOf } from '../../domain/proposals/proposal.js'
import type { GoodReading } from '../../domain/reading.js'
import { createAudit } from './auditScheduled.js'
import type { CrossCheckOptions } from './crossCheck.js'
import type { GovernanceReader } from '../governance/GovernanceReader.js'
import { createDistrustfulReader } from './distrustfulReader.js'
import { createSecondHistory } from './secondHistory.js'
import { createSuspects, type HiddenProposal } from './suspects.js'

/**
 * Wraps a reader so that the history is read a second time at other nodes: new blocks every ten minutes, and the whole
 * history of a first sync, one portion with each reading. Every node is asked about a proposal that another node
 * reports and the reading lacks or reports as over. If `agreement` nodes report it, it is added to the reading with a
 * warning, and for an hour the node that hid it is read only if no other answers. As often, every node is asked whether
 * the proposals of the scheduled upgrades have passed; if `agreement` nodes deny it, what they report counts. A node
 * that claims a proposal which they do not know is avoided, too.
 */
export function withSecondHistory(reader: GovernanceReader, options: CrossCheckOptions): GovernanceReader {
  const first = createDistrustfulReader(reader, options.now)
  const second = createSecondHistory(options)
  const suspects = createSuspects(options)
  const audit = createAudit(options)
  return {
    ...reader,
    async read(request) {
      second.begin(request)
      const served = await first.read(request)
      const { reading, servedBy } = served
      if (reading.backlog > 0n) return reading
      await second.readOn(request, served, (other, host) => suspects.add(other, reading, host))
      const found = await suspects.findHidden(reading, servedBy)
      const completed = withHidden(reading, found, options.agreement)
      const { denied, unknown } = await audit(completed)
      // A node that invented a passed plan reports it again in the next reading, and people would be told each time.
      const invents = unknown.some(({ proposal }) => reading.proposals.some((one) => keyOf(one) === keyOf(proposal)))
      if (invents && servedBy !== undefined) first.distrust(servedBy)
      for (const host of [...found, ...denied, ...unknown].flatMap(({ hosts }) => hosts)) first.distrust(host)
      const audited = withoutUnknown(withHidden(completed, denied, options.agreement), unknown, options.agreement)
      return { ...audited, ...defined({ secondHistory: second.stored(suspects.areOpen()) }) }
    },
  }
}

/** Returns the reading without proposals that only one node knows. */
function withoutUnknown(reading: GoodReading, unknown: readonly HiddenProposal[], agreement: number): GoodReading {
  if (unknown.length === 0) return reading
  const keys = unknown.map(({ proposal }) => keyOf(proposal))
  return {
    ...reading,
    proposals: reading.proposals.filter((proposal) => !keys.includes(keyOf(proposal))),
    retracted: [...new Set([...reading.retracted, ...keys])],
    warnings: [...reading.warnings, ...unknown.map((one) => unknownText(one, agreement))],
  }
}

function unknownText({ proposal: { chain, id, contract }, hosts }: HiddenProposal, agreement: number): string {
  const rest = hosts.length === 0 ? '' : ` For an hour ${hosts.join(' and ')} is read only if no other node answers.`
  return `${agreement} nodes do not know proposal ${id} of ${contract} on ${chain}, whose upgrade is scheduled because a node reported that it has passed: the upgrade is cancelled. Check the nodes in rpc.urls.${rest}`
}

function withHidden(reading: GoodReading, hidden: readonly HiddenProposal[], agreement: number): GoodReading {
  if (hidden.length === 0) return reading
  const proposals = new Map(
    [...reading.proposals, ...hidden.map(({ proposal }) => proposal)].map((proposal) => [keyOf(proposal), proposal]),
  )
  // The node that hid it is not always known.
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
  const rest = hosts.length === 0 ? '' : ' For an hour it is read only if no other node answers: check it.'
  return `${who} did not report that proposal ${id} of ${contract} on ${chain} is ${status}, as ${agreement} nodes agree.${rest}`
}
