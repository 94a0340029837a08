import { type LocalTime, utc } from '../text/localTime.js'
import { shownPlanName } from '../plans/plan.js'
import type { Tally } from '../proposals/proposal.js'
import { choiceNamesOf, hasAbstentions } from '../proposals/choiceNames.js'
import { quorumCountsText } from '../proposals/quorumCounts.js'
import { capital } from '../text/text.js'

/** A share of one as a percentage for people. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`
}

/** A proposal in a sentence: with its contract where there may be several, which then have addresses. */
export function proposalText({
  contract,
  proposalId,
}: {
  readonly contract: string
  readonly proposalId: string | null
}): string {
  return `Proposal ${proposalId ?? ''}${contract.startsWith('0x') ? ` of ${contract}` : ''}`
}

/** A count of blocks for people. */
export function blocksText(blocks: bigint | number): string {
  return `${countText(BigInt(blocks))} block${Number(blocks) === 1 ? '' : 's'}`
}

/** A height for people. The height in a plan need not be a number. */
export function heightText(height: number): string {
  return Number.isSafeInteger(height) ? countText(BigInt(height)) : String(height)
}

/**
 * A sentence of ours with commas in its heights and counts of blocks; a date after one of these words stays, and so
 * does what is quoted: names, whoever chose them.
 */
export function withCommas(sentence: string, quoted: readonly string[] = []): string {
  const [name, ...others] = quoted
    .filter((one) => sentence.includes(one) && commasIn(one) !== one)
    .toSorted((one, other) => other.length - one.length)
  return name === undefined
    ? commasIn(sentence)
    : sentence
        .split(name)
        .map((part) => withCommas(part, others))
        .join(name)
}

/** What stands by itself begins with a capital, unless with the name of a plan, which stays as it is. */
export function asSentence(text: string, planName: string): string {
  return planName !== '' && text.startsWith(planName) ? text : capital(text)
}

function commasIn(sentence: string): string {
  return sentence
    .replace(
      /\b((?:blocks?|heights?|head) )(\d{4,15})\b(?!-\d)(?:((?: to| and) )(\d{4,15})\b(?!-\d))?/gi,
      (_, what: string, first: string, joint = '', second?: string) =>
        `${what}${heightText(Number(first))}${joint}${second === undefined ? '' : heightText(Number(second))}`,
    )
    .replace(/\b\d{4,15}(?= blocks\b)/g, (blocks) => countText(BigInt(blocks)))
}

/**
 * A count for people, with commas; `decimals` of its digits stand after the point. What is below a thousand keeps two
 * of those, what is below one its first two, down to a millionth; what is larger than anybody reads is given by its
 * size.
 */
export function countText(count: bigint, decimals = 0): string {
  const digits = String(count).padStart(decimals + 1, '0')
  const whole = digits.slice(0, digits.length - decimals)
  if (whole.length > (decimals === 0 ? 12 : 15)) return `${whole.slice(0, 1)}.${whole.slice(1, 4)}e${whole.length - 1}`
  const fraction = digits.slice(digits.length - decimals)
  if (whole === '0' && /^0{6}\d*[1-9]/.test(fraction)) return '<0.000001'
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ',')}${pointed(whole, fraction)}`
}

function pointed(whole: string, fraction: string): string {
  const first = fraction.search(/[1-9]/)
  if (first < 0 || whole.length > 3) return ''
  const kept = fraction.slice(0, whole === '0' ? first + 2 : 2).replace(/0+$/, '')
  return kept === '' ? '' : `.${kept}`
}

/** Units that say no more than that votes are counted. */
const plainUnits: ReadonlySet<string> = new Set(['votes', 'tokens', 'members'])

/** A count of votes, in its unit where that says something. */
export function votesText(
  count: bigint,
  { unit, decimals }: Pick<Tally, 'unit'> & { readonly decimals?: number | undefined },
): string {
  return decimals === undefined && plainUnits.has(unit) ? countText(count) : `${countText(count, decimals)} ${unit}`
}

/** What some of the votes of a tally are of all that were cast, in percent, and how many they are. */
export function sharesOf(tally: Tally): (votes: bigint) => string {
  const { yes, no, abstain, veto = 0n } = tally
  const cast = yes + no + abstain + veto
  return (votes) =>
    `${cast === 0n ? '0 %' : percent(Number((votes * 10_000n) / cast) / 10_000)} (${votesText(votes, tally)})`
}

/** The tally in one line, in the words of its system: counts, quorum and turnout as far as the chain tells them. */
export function tallyLine(tally: Tally, system: string | undefined): string {
  const { yes, no, abstain, veto, quorum, quorumMissing, quorumReached, turnout } = tally
  const share = sharesOf(tally)
  const names = choiceNamesOf(system)
  const part = (name: string, votes: bigint): string => `${name} ${share(votes)}`
  const missing = quorumMissing === undefined ? '' : `, ${votesText(quorumMissing, tally)} missing`
  return [
    part(capital(names.yes), yes),
    part(names.no, no),
    ...(hasAbstentions(tally, system) ? [part(names.abstain, abstain)] : []),
    ...(veto === undefined ? [] : [part(names.veto, veto)]),
    ...(quorum === undefined
      ? []
      : [
          `quorum ${votesText(quorum, tally)}${quorumCountsText(tally.quorumCounts, names)}${quorumReached === undefined ? '' : quorumReached ? ' reached' : ` not reached${missing}`}`,
        ]),
    ...(turnout === undefined ? [] : [`turnout ${percent(turnout)}`]),
  ].join(', ')
}

/** When a plan is due, for people, as it stands after "at" or "for": its height, or its time. */
export function dueWords(plan: DueWords, clock: LocalTime = utc): string {
  // Former versions of the data have no `time`, and all of those have a height.
  return plan.height === null ? clock.full(plan.time ?? '') : `height ${heightText(plan.height)}`
}

interface DueWords {
  readonly height: number | null
  /** ISO 8601; there where it has no height. */
  readonly time?: string | null
}

/** The plan in one line, with what is wrong with it. */
export function planLine({ plan, problems }: PlanParts): string {
  const name = shownPlanName(plan) || '(no name)'
  return `Plan: ${name} at ${dueWords(plan)}${problems.length === 0 ? '' : `; not usable: ${problems.join(' ')}`}`
}

interface PlanParts {
  readonly plan: { readonly name: string } & DueWords
  readonly problems: readonly string[]
}

const longestId = 24

/** The ids of a Governor have 77 digits: both ends tell them apart. */
export function shortId(id: string): string {
  return id.length <= longestId ? id : `${id.slice(0, 10)}…${id.slice(-6)}`
}
