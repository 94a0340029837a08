import type { Proposal, Tally } from '../src/domain/proposals/proposal.js'
import type { GoodReading } from '../src/domain/reading.js'

export const chain = 'bench'
export const contract = '0x00000000000000000000000000000000000000A1'
const proposalCount = 400
const life = 24

/**
 * One proposal more a reading; each is voted on in every reading of its life, passes, and is executed. One in twenty
 * carries a plan.
 */
export function story(): readonly GoodReading[] {
  return Array.from({ length: proposalCount + life }, (_, at): GoodReading => {
    const head = {
      number: BigInt(at + 1),
      hash: `0x${at + 1}`,
      parentHash: `0x${at}`,
      timestamp: 1_700_000_000n + BigInt(at) * 12n,
    }
    const alive = Array.from({ length: life }, (_age, age) => at - life + 1 + age).filter(
      (born) => born >= 0 && born < proposalCount,
    )
    return {
      ok: true,
      chain,
      readAt: at * 12_000,
      head,
      at: head,
      retracted: [],
      backlog: 0n,
      cursor: at,
      warnings: [],
      proposals: alive.map((born) => proposalAt(born, at - born, head.number)),
      votes: alive
        .filter((born) => at - born > 1 && at - born < life - 2)
        .map((born) => ({
          chain,
          contract,
          id: String(born),
          voter: '0xb0b',
          choice: 'yes',
          weight: 10n,
          reason: '',
          block: head.number,
          index: born,
        })),
    }
  })
}

function proposalAt(born: number, age: number, readAt: bigint): Proposal {
  const status = age === 0 ? 'submitted' : age < life - 2 ? 'voting' : age === life - 2 ? 'passed' : 'executed'
  const cast = BigInt(Math.min(Math.max(age - 1, 0), life - 4)) * 10n
  const tally: Tally = {
    yes: cast,
    no: 0n,
    abstain: 0n,
    unit: 'votes',
    quorum: 100n,
    quorumReached: cast >= 100n,
    thresholdMet: cast > 0n,
  }
  return {
    chain,
    contract,
    id: String(born),
    system: 'governor',
    title: `Proposal ${born}`,
    description: `# Proposal ${born}`,
    status,
    derived: false,
    type: born % 20 === 0 ? 'upgrade' : 'text',
    actions: [],
    clock: 'block',
    votingStart: BigInt(born + 1),
    votingEnd: BigInt(born + life),
    tally,
    origin: { block: BigInt(born + 1), hash: `0x${born + 1}`, index: 0 },
    readAt,
    ...(status === 'executed' && { closedAt: { block: readAt, timestamp: 1_700_000_000n + (readAt - 1n) * 12n } }),
    ...(born % 20 === 0 && {
      finding: { plan: { name: `v${born}`, height: 1_000_000 + born }, origin: 'fenced-block', problems: [] },
    }),
  }
}
