import { type LocalTime, utc } from '../text/localTime.js'
import { shownPlanName } from '../plans/plan.js'
import type { Tally } from '../proposals/proposal.js'
import { choiceNamesOf, hasAbstentions } from '../proposals/choiceNames.js'
import { quorumCountsText } from '../proposals/quorumCounts.js'
import { capital } from '../text/text.js'

/** Formats a share of one as a percentage. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`
}

/** Names a proposal in a sentence. The contract is included if it is an address, because there may be several. */
export function proposalText({
  contract,
  proposalId,
}: {
  readonly contract: string
  readonly proposalId: string | null
}): string {
  return `Proposal ${proposalId ?? ''}${contract.startsWith('0x') ? ` of ${contract}` : ''}`
}

/** Formats a number of things: "1 block", "2,000 blocks". */
export function amountText(count: bigint | number, one: string, many = `${one}s`): string {
  return `${countText(BigInt(count))} ${Number(count) === 1 ? one : many}`
}

/** Formats a number of blocks. */
export function blocksText(blocks: bigint | number): string {
  return amountText(blocks, 'block')
}

/** Formats a number of notifications. */
export function notificationsText(count: number): string {
  return amountText(count, 'notification')
}

/** Formats a height. The height in a plan need not be a whole number. */
export function heightText(height: number): string {
  return Number.isSafeInteger(height) ? countText(BigInt(height)) : String(height)
}

/**
 * Inserts commas into heights and numbers of blocks in a sentence of ours. A date after such a word is left alone, and
 * so is `quoted` text, such as names from others.
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

/** Capitalises a text that stands alone, unless it begins with the name of a plan, which is left as it is. */
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
 * Formats a count with commas; the last `decimals` digits are its fraction. A count below a thousand keeps two digits
 * of the fraction, one below 1 keeps its first two significant ones, down to a millionth. A very large count is given
 * in exponent form.
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

/** Units that add no information to a count of votes. */
const plainUnits: ReadonlySet<string> = new Set(['votes', 'tokens', 'members'])

/** Formats a count of votes, with its unit if that adds information. */
export function votesText(
  count: bigint,
  { unit, decimals }: Pick<Tally, 'unit'> & { readonly decimals?: number | undefined },
): string {
  return decimals === undefined && plainUnits.has(unit) ? countText(count) : `${countText(count, decimals)} ${unit}`
}

/** Returns a function that formats votes as a percentage of all cast votes, followed by their count. */
export function sharesOf(tally: Tally): (votes: bigint) => string {
  const { yes, no, abstain, veto = 0n } = tally
  const cast = yes + no + abstain + veto
  return (votes) =>
    `${cast === 0n ? '0 %' : percent(Number((votes * 10_000n) / cast) / 10_000)} (${votesText(votes, tally)})`
}

/**
 * Formats the tally in one line, in the words of its system: counts, and quorum and turnout if the chain reports them.
 */
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

/** Formats when a plan is due, as used after "for" or "before": its height, or its time. */
export function dueWords(plan: DueWords, clock: LocalTime = utc): string {
  // Data of former versions has no `time`, and always has a height.
  return plan.height === null ? clock.full(plan.time ?? '') : `height ${heightText(plan.height)}`
}

/** Formats when something happens to a plan that is due: "at height 5", or "on Tue 1 Dec 2026 11:00 UTC". */
export function atDue(plan: DueWords, clock: LocalTime = utc): string {
  return `${plan.height === null ? 'on' : 'at'} ${dueWords(plan, clock)}`
}

interface DueWords {
  readonly height: number | null
  /** ISO 8601; present if the plan has no height. */
  readonly time?: string | null
}

/** Formats the plan in one line, with its problems. */
export function planLine({ plan, problems }: PlanParts): string {
  const name = shownPlanName(plan) || '(no name)'
  return `Plan: ${name} ${atDue(plan)}${problems.length === 0 ? '' : `; not usable: ${problems.join(' ')}`}`
}

interface PlanParts {
  readonly plan: { readonly name: string } & DueWords
  readonly problems: readonly string[]
}

const longestId = 24

/** Shortens long ids, such as the 77 digits of a Governor's, to both ends, which still distinguish them. */
export function shortId(id: string): string {
  return id.length <= longestId ? id : `${id.slice(0, 10)}…${id.slice(-6)}`
}
