import { amountText } from '../notifications/phrases.js'
import { parsedJson } from '../text/boundedJson.js'
import { binariesIn } from '../plans/binaryFindings.js'
import { isJsonObject } from '../text/json.js'
import { type Check, ready, unknown } from './check.js'
import { type Checksum, isStrong } from './plannedDownload.js'

/** The checksum in the address, and the hash of that type of what was found there, in lower-case hex digits. */
interface Sum {
  readonly checksum: Checksum
  readonly hash: string
}

/** What was found at the address that a plan gives as its info. `problem` is a part of a sentence. */
export type InfoFacts =
  | { readonly host: string; readonly text: string; readonly sum?: Sum }
  | { readonly host: string; readonly problem: string }

/**
 * Reports the linked info. It is only shown: with a checksum of its own it is what the vote decided on, without one it
 * can change after the vote, so its content never counts against the plan.
 */
export function judgeInfo(facts: InfoFacts): Check {
  const where = `The plan's info is an address at ${facts.host}`
  if ('problem' in facts)
    return unknown('info', `${where}, which cannot be fetched: ${facts.problem}.`, 'Stage the binary by hand.')
  const { text, sum } = facts
  if (sum !== undefined && sum.hash !== sum.checksum.hex)
    return unknown(
      'info',
      `${where}, and what lies there is not what the plan names: its ${sum.checksum.type} is ${sum.hash}, and the plan says ${sum.checksum.hex}.`,
      'Do not use what lies there: stage the binary by hand.',
    )
  const value = parsedJson(text)
  const binaries = isJsonObject(value) ? binariesIn(value) : undefined
  const holds = isJsonObject(binaries)
    ? `that names downloads for ${platformsText(Object.keys(binaries).length)}`
    : 'where no downloads are named that a program could read'
  return ready('info', `${where} ${holds}. ${vouchedText(sum)}`)
}

function vouchedText(sum: Sum | undefined): string {
  if (sum === undefined) return 'No vote decided on what lies there: it can change at any time.'
  const { checksum } = sum
  return `It has the ${checksum.type} that the plan names${isStrong(checksum) ? '' : ', but such a sum can be forged'}.`
}

function platformsText(count: number): string {
  return amountText(count, 'platform')
}
