import type { Head } from '../../../src/domain/blocks/head.js'
import {
  isOpen,
  keyOf,
  type Proposal,
  type ProposalKey,
  type ProposalStatus,
} from '../../../src/domain/proposals/proposal.js'
import type { GoodReading } from '../../../src/domain/reading.js'
import { SourceError } from '../../../src/domain/errors.js'
import type { GovernanceReader, ReadRequest } from '../../../src/sources/governance/GovernanceReader.js'
import { block, genesis, reading, upgradeProposal } from '../../support/builders.js'
import { fails, nodeThat } from './nodesGiven.js'

export type Word = ProposalStatus | 'gone'

/** A proposal with a plan: its status from each block on. */
export interface Fate {
  readonly name: string
  readonly height: number
  readonly timeline: readonly (readonly [from: number, word: Word])[]
}

/** What the lying node says of one proposal: in a reading, when it is asked for it, or both. */
export interface Lie {
  readonly word: Word | 'true'
  readonly twist: 'none' | 'low' | 'high' | 'name' | 'noPlan' | 'info' | 'origin'
  readonly when: 'both' | 'read' | 'asked' | 'hide'
}

interface NodeState {
  readonly lag: number
  readonly isDown: boolean
  /** True if it keeps no old logs, so that it cannot say whether there is a proposal. */
  readonly isPruned?: boolean
}

export interface Poll {
  readonly head: number
  /** Milliseconds since the last poll. */
  readonly wait: number
  readonly nodes: readonly NodeState[]
  readonly lies: readonly Lie[]
  /** How many blocks the lying nodes say they are ahead. */
  readonly leap: number
  readonly restarts: boolean
}

export interface Given {
  readonly system: string
  readonly fates: readonly Fate[]
  readonly agreement: number
  readonly liars: readonly number[]
  /** How far behind its head a node is read. */
  readonly finality: number
}

/** A position: the block, and the last one that the chain has. A liar may have invented the blocks in between. */
interface Cursor {
  readonly block: number
  readonly real: number
}

export function wordAt(at: number, { timeline }: Fate): Word {
  return timeline.findLast(([from]) => from <= at)?.[1] ?? 'gone'
}

/** A block every hundred seconds, so that a leap of more than 16 blocks is a jump. */
const slowBlock = (height: number): Head => block(height, { timestamp: genesis + BigInt(height) * 100n })
const hostOf = (node: number): string => 'abcdef'.charAt(node)
const isNumber = (value: unknown): value is number => typeof value === 'number'

function cursorOf({ cursor }: ReadRequest): Cursor {
  if (typeof cursor !== 'object' || cursor === null || !('block' in cursor) || !('real' in cursor))
    return { block: 0, real: 0 }
  const { block: at, real } = cursor
  return isNumber(at) && isNumber(real) ? { block: at, real } : { block: 0, real: 0 }
}

const submittedAt = ({ timeline }: Fate): number => timeline[0]?.[0] ?? 0

function told(system: string, index: number, fate: Fate, word: Word, twist: Lie['twist'], at: number) {
  if (word === 'gone') return undefined
  const height = fate.height + (twist === 'low' ? -20 : twist === 'high' ? 7 : 0)
  const proposal = upgradeProposal(`${index + 1}`, twist === 'name' ? 'odd' : fate.name, height, {
    status: word,
    system,
    readAt: BigInt(at),
    votingEnd: 1_000_000n,
    origin: { block: BigInt(submittedAt(fate) - (twist === 'origin' ? 1 : 0)), hash: '0x1', index },
  })
  const { finding, ...rest } = proposal
  if (twist === 'noPlan' || finding === undefined) return { ...rest, type: 'other' } satisfies Proposal
  return twist === 'info'
    ? { ...proposal, finding: { ...finding, plan: { ...finding.plan, info: { odd: '1' } } } }
    : proposal
}

/** Nodes that are read like contracts: a reading has the open proposals, and those that changed since the cursor. */
export function chainOf({ system, fates, liars, finality }: Given) {
  let now: Poll = { head: 0, wait: 0, nodes: [], lies: [], leap: 0, restarts: false }
  const isLiar = (node: number): boolean => liars.includes(node)
  const realHead = (node: number): number => now.head - (now.nodes[node]?.lag ?? 0)
  const headOf = (node: number): number => realHead(node) + (isLiar(node) ? now.leap : 0)
  const finalOf = (node: number): number => Math.max(0, headOf(node) - finality)
  const lieOf = (node: number, index: number): Lie | undefined => (isLiar(node) ? now.lies[index] : undefined)
  const isDown = (node: number): boolean => now.nodes[node]?.isDown === true
  function saidBy(node: number, index: number, at: number, how: 'read' | 'asked'): Proposal | undefined {
    const fate = fates[index]
    if (fate === undefined) return undefined
    const given = lieOf(node, index)
    const lie = given?.when === 'both' || given?.when === how ? given : undefined
    const word = lie === undefined || lie.word === 'true' ? wordAt(at, fate) : lie.word
    return told(system, index, fate, word, lie?.twist ?? 'none', at)
  }
  function changed(node: number, request: ReadRequest, from: number, at: number) {
    const found: Proposal[] = []
    const retracted: ProposalKey[] = []
    for (const [index, { timeline }] of fates.entries()) {
      const known = request.open.find(({ id }) => id === `${index + 1}`)
      const lie = lieOf(node, index)
      const isAsked = known !== undefined && isOpen(known)
      const isLogged = timeline.some(([since]) => since > from && since <= at)
      const isInvented = lie?.when === 'both' || lie?.when === 'read'
      if (!isAsked && !isInvented && (!isLogged || lie?.when === 'hide')) continue
      const said = saidBy(node, index, at, 'read')
      // The block of the submission is in its log only.
      const isSubmitted = submittedAt(fates[index] ?? { name: '', height: 0, timeline }) > from
      if (said !== undefined)
        found.push(isSubmitted || known?.origin === undefined ? said : { ...said, origin: known.origin })
      else if (known !== undefined) retracted.push(keyOf(known))
    }
    return { found, retracted }
  }
  function readAt(node: number, request: ReadRequest): GoodReading {
    const cursor = cursorOf(request)
    const at = finalOf(node)
    if (at < cursor.block || (at === cursor.block && cursor.real === at))
      return reading(cursor.block, [], { head: slowBlock(Math.max(headOf(node), cursor.block)), cursor: { ...cursor } })
    const from = isLiar(node) ? cursor.block : cursor.real
    const { found, retracted } = changed(node, request, from, at)
    const real = isLiar(node) ? Math.max(cursor.real, Math.min(at, realHead(node))) : at
    return reading(at, found, { head: slowBlock(headOf(node)), retracted, cursor: { block: at, real } })
  }
  function asked(node: number, id: string, near: bigint | undefined): Promise<Proposal | undefined> {
    const [index, at] = [Number(id) - 1, finalOf(node)]
    const fate = fates[index]
    if (isDown(node) || fate === undefined) return fails()
    if (isLiar(node)) return Promise.resolve(saidBy(node, index, at, 'asked'))
    if (near !== undefined && near > BigInt(at)) return fails()
    if (now.nodes[node]?.isPruned === true)
      return Promise.reject(new SourceError('transient', 'It keeps no old logs.', { withholds: true }))
    // GovBase finds a proposal by its id alone.
    if (system === 'governor' && near !== undefined && near !== BigInt(submittedAt(fate)))
      return Promise.resolve(undefined)
    return Promise.resolve(saidBy(node, index, at, 'asked'))
  }
  const blockOf = (node: number, height: bigint): Head | undefined =>
    height <= headOf(node) ? slowBlock(Number(height)) : undefined
  const nodeOf = (node: number): GovernanceReader => ({
    ...nodeThat({ host: hostOf(node) }),
    system,
    readBlock: (height) => (isDown(node) ? fails() : Promise.resolve(blockOf(node, height))),
    read: (request) => (isDown(node) ? fails() : Promise.resolve(readAt(node, request))),
    readProposal: (_contract, id, _signal, near) => asked(node, id, near),
  })
  const read = async (request: ReadRequest): Promise<GoodReading> => {
    let refusal: unknown = new Error('All are down.')
    for (const node of now.nodes.keys()) {
      if (isDown(node)) continue
      const found = readAt(node, request)
      try {
        await request.vouch?.({ ...found, host: hostOf(node) })
        return found
      } catch (cause) {
        refusal = cause
      }
    }
    throw refusal
  }
  return { nodeOf, reader: { ...nodeThat({}), system, read }, turn: (next: Poll) => void (now = next) }
}
