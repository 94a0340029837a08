import { createHttpClient } from '../../../../src/transport/createHttpClient.js'
import { describeProposal } from '../../../../src/domain/proposals/describeProposal.js'
import { SourceError } from '../../../../src/domain/errors.js'
import type { Json } from '../../../../src/domain/text/json.js'
import { keyOf, type Proposal } from '../../../../src/domain/proposals/proposal.js'
import type { GoodReading } from '../../../../src/domain/reading.js'
import { withPlanStanding } from '../../../../src/domain/proposals/withPlanStanding.js'
import { createReader } from '../../../../src/sources/createReader.js'
import { stepSeen } from '../../../../src/sources/pollProposals.js'
import type { GovernanceReader } from '../../../../src/sources/governance/GovernanceReader.js'
import type { WemixvisorReaderOptions } from '../../../../src/sources/governance/wemixvisorRpc/context.js'
import { createJsonRpcEndpoints } from '../../../../src/sources/jsonRpc/createJsonRpcEndpoints.js'
import { timeOfBlock, type WireProposal } from '../../../support/servers/wemixvisorServer.js'
import { lookAhead } from '../../../support/followReader.js'

const { signal: never } = new AbortController()
export const signal: AbortSignal = never

/** A proposal in the format of wemixvisor's own tests. */
export function wire(id: string, status: string, parts: Readonly<Record<string, unknown>> = {}): WireProposal {
  return {
    proposal_id: id,
    content: { '@type': '/cosmos.gov.v1beta1.TextProposal', title: `Proposal ${id}`, description: 'Words' },
    status,
    final_tally_result: { yes: '0', abstain: '0', no: '0', no_with_veto: '0' },
    submit_time: timeOfBlock(900),
    voting_start_time: timeOfBlock(950),
    voting_end_time: timeOfBlock(1_050),
    ...parts,
  }
}

/** A proposal with an upgrade plan. */
export function upgrade(
  id: string,
  status: string,
  plan: unknown,
  parts: Readonly<Record<string, unknown>> = {},
): WireProposal {
  return wire(id, status, {
    content: {
      '@type': '/cosmos.upgrade.v1beta1.SoftwareUpgradeProposal',
      title: `Upgrade ${id}`,
      description: 'Faster',
      plan,
    },
    ...parts,
  })
}

export function readerOver(urls: readonly string[], options: Partial<WemixvisorReaderOptions> = {}): GovernanceReader {
  return createReader({
    system: 'wemixvisor-rpc',
    chain: 'local',
    endpoints: createJsonRpcEndpoints({ chain: 'local', urls, timeoutMs: 60_000, http: createHttpClient() }),
    describe: (raw) => describeProposal(raw, []),
    now: () => 1_800_000_000_000,
    ...options,
  })
}

export interface Followed {
  readonly poll: () => Promise<GoodReading>
  readonly known: ReadonlyMap<string, Proposal>
  readonly cursor: () => Json | undefined
}

/** Polls as the monitor does, and keeps what it read. */
export function follow(reader: GovernanceReader, before?: Followed): Followed {
  const known = new Map<string, Proposal>(before?.known)
  let seen: Parameters<typeof stepSeen>[0] = { proposals: new Map([...known.values()].map((one) => [keyOf(one), one])) }
  let cursor: Json | undefined = before?.cursor()
  return {
    known,
    cursor: () => structuredClone(cursor),
    async poll() {
      const reading = await reader.read({
        ...(await lookAhead(reader, cursor)),
        open: [...seen.proposals.values()],
        signal,
      })
      seen = stepSeen(seen, reading)
      for (const proposal of reading.proposals) known.set(keyOf(proposal), proposal)
      for (const standing of reading.standings ?? []) {
        const proposal = known.get(standing.key)
        if (proposal !== undefined) known.set(standing.key, withPlanStanding(proposal, standing))
      }
      for (const key of reading.retracted) known.delete(key)
      cursor = reading.cursor
      return reading
    },
  }
}

/** The message of a read that must fail, after its kind. */
export async function failureOf(read: Promise<unknown>): Promise<string> {
  const cause: unknown = await read.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(cause instanceof SourceError)) throw new Error('expected a SourceError', { cause })
  return `${cause.kind}: ${cause.message}`
}
