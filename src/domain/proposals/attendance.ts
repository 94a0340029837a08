/** Who has voted, as the chain itself says at the block of the snapshot. Of who is in neither list it says nothing. */
export interface Attendance {
  readonly voted: readonly string[]
  readonly missing: readonly string[]
}

/** How a council decides. All in the unit of the tally. */
export interface CouncilRule {
  /** What the vote of one member counts. */
  readonly weight: bigint
  /** So much of yes passes it. */
  readonly passesAt: bigint
  /** So much of no ends it. */
  readonly failsAt: bigint
  /** So much of yes and no together ends it, even where neither has decided it. @defaultValue that does not */
  readonly endsAt?: bigint
}

/** A vote, as far as it is known who may take part in it. */
interface Electorate {
  readonly attendance?: Attendance
  readonly council?: CouncilRule
}

/** What is known of the vote of one account: an answer that is missing is not a vote that is missing. */
export interface OwnVote {
  readonly address: string
  readonly vote: 'voted' | 'not_voted' | 'unknown'
}

/** What is known of the votes of these accounts, in their order; letter case tells no two accounts apart. */
export function ownVotes(attendance: Attendance | undefined, voters: readonly string[]): readonly OwnVote[] {
  const voted = lowered(attendance?.voted)
  const missing = lowered(attendance?.missing)
  return voters.map((address) => {
    const key = address.toLowerCase()
    return { address, vote: voted.has(key) ? 'voted' : missing.has(key) ? 'not_voted' : 'unknown' }
  })
}

/**
 * False for who has no vote here: an account that is none of the council's, or one of another Cosmos chain, whose
 * prefix is not that of the accounts of this one.
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

/** What the accounts of a Cosmos chain begin with. */
function prefixOf(account: string): string | undefined {
  return /^0x/i.test(account) ? undefined : /^(.+)1[^1]+$/.exec(account)?.[1]
}

function lowered(addresses: readonly string[] = []): ReadonlySet<string> {
  return new Set(addresses.map((address) => address.toLowerCase()))
}

/** How the vote of a council stands. */
export interface CouncilStanding extends Attendance {
  /** Further approvals that pass it; absent where as many as are missing would not. */
  readonly toPass?: number
  /** Further rejections that end it; absent where as many as are missing would not. */
  readonly toFail?: number
}

/** How the vote stands, where a council decides and all of its members are known. */
export function councilStanding({
  attendance,
  council,
  tally,
}: Electorate & { readonly tally?: { readonly yes: bigint; readonly no: bigint } }): CouncilStanding | undefined {
  if (attendance === undefined || council === undefined || tally === undefined || council.weight <= 0n) return undefined
  const { missing } = attendance
  const further = (bar: bigint, have: bigint): number | undefined => {
    const lacking = bar > have ? bar - have : 0n
    const votes = (lacking + council.weight - 1n) / council.weight
    return votes <= BigInt(missing.length) ? Number(votes) : undefined
  }
  const toPass = further(council.passesAt, tally.yes)
  const whole = council.endsAt === undefined ? undefined : further(council.endsAt, tally.yes + tally.no)
  const toFail = fewer(further(council.failsAt, tally.no), whole)
  return { ...attendance, ...(toPass !== undefined && { toPass }), ...(toFail !== undefined && { toFail }) }
}

function fewer(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b)
}

/** True where both say the same. */
export function sameAttendance(a: Attendance | undefined, b: Attendance | undefined): boolean {
  const text = (attendance: Attendance | undefined): string => JSON.stringify([attendance?.voted, attendance?.missing])
  return a === b || text(a) === text(b)
}

/** True where both rules are the same. */
export function sameCouncil(a: CouncilRule | undefined, b: CouncilRule | undefined): boolean {
  return a?.weight === b?.weight && a?.passesAt === b?.passesAt && a?.failsAt === b?.failsAt && a?.endsAt === b?.endsAt
}
