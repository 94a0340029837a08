import { parsedJson } from '../text/boundedJson.js'
import { binariesIn } from '../plans/binaryFindings.js'
import { isJsonObject } from '../text/json.js'
import { type Check, ready, unknown } from './check.js'

/** What was found at the address that a plan gives as its info. `problem` is a part of a sentence. */
export type InfoFacts =
  { readonly host: string; readonly text: string } | { readonly host: string; readonly problem: string }

/** Reports the linked info. It can change after the vote, so its content counts neither for nor against the plan. */
export function judgeInfo(facts: InfoFacts): Check {
  const where = `The plan's info is an address at ${facts.host}`
  if ('problem' in facts)
    return unknown('info', `${where}, which cannot be fetched: ${facts.problem}.`, 'Stage the binary by hand.')
  const value = parsedJson(facts.text)
  const binaries = isJsonObject(value) ? binariesIn(value) : undefined
  const holds = isJsonObject(binaries)
    ? `that names downloads for ${platformsText(Object.keys(binaries).length)}`
    : 'where no downloads are named that a program could read'
  return ready('info', `${where} ${holds}. No vote decided on what lies there: it can change at any time.`)
}

function platformsText(count: number): string {
  return count === 1 ? '1 platform' : `${count} platforms`
}
