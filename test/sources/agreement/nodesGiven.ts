import type { Head } from '../../../src/domain/blocks/head.js'
import type { Proposal } from '../../../src/domain/proposals/proposal.js'
import type { GoodReading } from '../../../src/domain/reading.js'
import { governorTraits } from '../../../src/sources/governance/governor/reader.js'
import type { GovernanceReader, ReadRequest } from '../../../src/sources/governance/GovernanceReader.js'
import { chain, reading } from '../../support/builders.js'

export interface NodeGiven {
  /** Its block at a height that it has reached. @defaultValue its head */
  readonly blockAt?: (height: bigint) => Head
  readonly host?: string
  /** What it reports in a reading. */
  readonly reports?: () => GoodReading
  /** What it reports of a proposal that it is asked for; rejects if it fails. */
  readonly says?: (id: string) => Proposal | undefined | Promise<Proposal | undefined>
}

export interface GivenNode extends GovernanceReader {
  /** Ids of the proposals that it was asked for, in their order. */
  readonly asked: readonly string[]
  /** What it was told about earlier readings, per reading. */
  readonly requests: readonly ReadRequest[]
}

/** A reader of one node that asks for vouching as every reader does. */
export function nodeThat({
  host = 'a node',
  reports = () => reading(10),
  says = () => undefined,
  blockAt = () => reports().head,
}: NodeGiven): GivenNode {
  const asked: string[] = []
  const requests: ReadRequest[] = []
  return {
    chain,
    system: 'governor',
    traits: governorTraits,
    host,
    asked,
    requests,
    async read(request) {
      requests.push(request)
      const told = reports()
      await request.vouch?.({ ...told, host })
      return told
    },
    async readProposal(_contract, id) {
      asked.push(id)
      return says(id)
    },
    readBlock: (height) => Promise.resolve(reports().head.number < height ? undefined : blockAt(height)),
    readProposals: () => Promise.resolve([]),
    readParameters: () => Promise.resolve([]),
    readMembers: () => Promise.resolve([]),
    check: () => Promise.resolve([]),
  }
}

/** Nodes `a`, `b`, `c`… that each always report the same of every proposal. */
export function nodesThatSay(...sayings: readonly (Proposal | undefined)[]): readonly GivenNode[] {
  return sayings.map((proposal, index) => nodeThat({ host: 'abcdefgh'.charAt(index), says: () => proposal }))
}

export function fails(): Promise<never> {
  return Promise.reject(new Error('Down.'))
}

/** A reader that reads the first of these endpoints whose reading is vouched for. */
export function firstOf(endpoints: readonly GivenNode[]): GovernanceReader {
  return {
    ...nodeThat({}),
    async read(request) {
      let refusal: unknown
      for (const endpoint of endpoints)
        try {
          return await endpoint.read(request)
        } catch (cause) {
          refusal = cause
        }
      throw refusal
    },
  }
}
