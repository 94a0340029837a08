/**
 * Who has voted and who has not, as reported by the chain at the block of the snapshot. Accounts in neither list are
 * unknown.
 */
export interface Attendance {
  readonly voted: readonly string[]
  readonly missing: readonly string[]
}

/** How a council decides. All amounts are in the unit of the tally. */
export interface CouncilRule {
  /** The weight of one member's vote. */
  readonly weight: bigint
  /** The amount of yes at which the proposal passes. */
  readonly passesAt: bigint
  /** The amount of no at which the proposal fails. */
  readonly failsAt: bigint
  /**
   * The amount of yes and no together at which the vote ends, even if neither has decided it. @defaultValue no such
   * limit
   */
  readonly endsAt?: bigint
}

/** What is known about the accounts that may vote. */
interface Electorate {
  readonly attendance?: Attendance
  readonly council?: CouncilRule
}

/**
 * What is known about the vote of one account. `unknown` means that the chain did not answer, not that the vote is
 * missing.
 */
export interface OwnVote {
  readonly address: string
  readonly vote: 'voted' | 'not_voted' | 'unknown'
}

/**
 * Returns what is known about the votes of these accounts, in their order. Addresses are compared without regard to
 * case.
 */
export function ownVotes(attendance: Attendance | undefined, voters: readonly string[]): readonly OwnVote[] {
  const voted = lowered(attendance?.voted)
  const missing = lowered(attendance?.missing)
  return voters.map((address) => {
    const key = address.toLowerCase()
    return { address, vote: voted.has(key) ? 'voted' : missing.has(key) ? 'not_voted' : 'unknown' }
  })
}

/**
 * Returns false if the account has no vote here: it is not a member of the council, or it belongs to another Cosmos
 * chain, because its prefix differs from that of this chain's accounts.
 */
export function mayVoteOn(
  voter: string,
  { proposer, attendance, council }: Electorate & { readonly proposer?: string },
): boolean {
  const known = [...(attendance?.voted ?? []), ...(attendance?.missing ?? [])]
  if (council !== undefined && attendance !== undefined) return lowered(known).has(voter.toLowerCase())
  const own = prefixOf(voter)
  const accounts = proposer === undefined ? known : [proposer, ...known]
  const others = accounts.map(prefixOf).find((prefix) => prefix !== undefined)
  return own === undefined || others === undefined || own === others
}

/** The address prefix of a Cosmos chain; `undefined` for other addresses. */
function prefixOf(account: string): string | undefined {
  return /^0x/i.test(account) ? undefined : /^(.+)1[^1]+$/.exec(account)?.[1]
}

function lowered(addresses: readonly string[] = []): ReadonlySet<string> {
  return new Set(addresses.map((address) => address.toLowerCase()))
}

/** The state of a council's vote. */
export interface CouncilStanding extends Attendance {
  /** Number of further approvals needed to pass; absent if all missing votes together would not be enough. */
  readonly toPass?: number
  /** Number of further rejections needed to end the vote; absent if all missing votes together would not be enough. */
  readonly toFail?: number
}

/** Returns the state of the vote if a council decides and all of its members are known. */
export function councilStanding({
  attendance,
  council,
  tally,
}: Electorate & { readonly tally?: { readonly yes: bigint; readonly no: bigint } }): CouncilStanding | undefined {
  if (attendance === undefined || council === undefined || tally === undefined || council.weight <= 0n) return undefined
  const { missing } = attendance
  const votesNeeded = (bar: bigint, have: bigint): number | undefined => {
    const lacking = bar > have ? bar - have : 0n
    const votes = (lacking + council.weight - 1n) / council.weight
    return votes <= BigInt(missing.length) ? Number(votes) : undefined
  }
  const toPass = votesNeeded(council.passesAt, tally.yes)
  const whole = council.endsAt === undefined ? undefined : votesNeeded(council.endsAt, tally.yes + tally.no)
  const toFail = smallerOf(votesNeeded(council.failsAt, tally.no), whole)
  return { ...attendance, ...(toPass !== undefined && { toPass }), ...(toFail !== undefined && { toFail }) }
}

function smallerOf(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b)
}

/** Returns true if both lists are equal. */
export function sameAttendance(a: Attendance | undefined, b: Attendance | undefined): boolean {
  const text = (attendance: Attendance | undefined): string => JSON.stringify([attendance?.voted, attendance?.missing])
  return a === b || text(a) === text(b)
}

/** Returns true if both rules are equal. */
export function sameCouncil(a: CouncilRule | undefined, b: CouncilRule | undefined): boolean {
  return a?.weight === b?.weight && a?.passesAt === b?.passesAt && a?.failsAt === b?.failsAt && a?.endsAt === b?.endsAt
}
