import { parsedJson } from '../text/boundedJson.js'
import { isJsonObject } from '../text/json.js'
import type { Plan } from './plan.js'
import { cleanLine } from '../text/text.js'

/** The findings about a plan: `problems` refuse it, `warnings` are for the operator's attention. One sentence each. */
export interface PlanFaults {
  readonly problems: readonly string[]
  readonly warnings: readonly string[]
}

// Maximum length of an address; servers accept less. Normalising the host of a URL takes quadratic time in its length.
const maxUrl = 4_096

const hexDigits: Readonly<Record<string, number>> = { md5: 32, sha1: 40, sha256: 64, sha512: 128 }

/**
 * Returns what is wrong with the downloads that a plan names, if it names any. Free text is not a fault, because most
 * chains write prose. The sentences name the platform and never the address, because an address may contain a key.
 */
export function binaryFindings({ info, binaries }: Plan): PlanFaults {
  const named = info === undefined ? binaries : binariesIn(info)
  if (named === undefined) return { problems: [], warnings: typeof info === 'string' ? textWarnings(info) : [] }
  if (!isJsonObject(named) || Object.keys(named).length === 0) {
    return {
      problems: [],
      warnings: ['The plan\'s info has "binaries" but names no platform: nothing can be downloaded from it.'],
    }
  }
  const verdicts = Object.entries(named).map(([platform, url]) => verdictOf(cleanLine(platform, 60), url))
  return {
    problems: verdicts.flatMap(({ problems }) => problems),
    warnings: verdicts.flatMap(({ warnings }) => warnings),
  }
}

/** Returns the value of `binaries` in a plan's info, if the info is a JSON object or the text of one. */
export function binariesIn(info: NonNullable<Plan['info']>): unknown {
  const value: unknown = typeof info === 'string' ? parsedJson(info) : info
  return isJsonObject(value) && Object.hasOwn(value, 'binaries') ? value['binaries'] : undefined
}

function textWarnings(info: string): readonly string[] {
  const text = info.trim()
  if (text.startsWith('{') && parsedJson(text) === undefined) {
    return ["The plan's info looks like JSON but cannot be read as such: its binaries are unknown."]
  }
  if (/^https?:\/\/\S+$/i.test(text) && !text.includes('checksum=')) {
    return ["The plan's info is an address without a checksum: what it leads to can change after the vote."]
  }
  return []
}

function verdictOf(platform: string, url: unknown): PlanFaults {
  const refuse = (problem: string): PlanFaults => ({ problems: [problem], warnings: [] })
  const warn = (...warnings: readonly string[]): PlanFaults => ({ problems: [], warnings })
  if (platform !== 'any' && !/^[a-z0-9]+\/[a-z0-9]+$/.test(platform)) {
    return warn(
      `"${platform}" in the plan's binaries is not a platform such as "linux/amd64": no download tool will use it.`,
    )
  }
  const address = addressOf(url)
  if (address === undefined) return refuse(`The download address for ${platform} is not an http or https address.`)
  const [checksum, second] = address.searchParams.getAll('checksum')
  if (checksum === undefined) {
    return warn(
      address.href.includes('checksum=')
        ? `The checksum for ${platform} is in the wrong place: without "?" before it, it checks nothing.`
        : `The download for ${platform} has no checksum.`,
    )
  }
  if (second !== undefined) return refuse(`The download address for ${platform} has more than one checksum.`)
  if (/^file:\S+$/.test(checksum))
    return warn(`The checksum for ${platform} is itself a download: it can change after the vote.`)
  const problem = checksumProblem(checksum)
  if (problem !== undefined) return refuse(`The checksum for ${platform} ${problem}`)
  const isWeak = /^(?:md5:|sha1:)|^(?:.{32}|.{40})$/i.test(checksum)
  return isWeak ? warn(`The checksum for ${platform} is of a kind that can be forged (md5 or sha1).`) : warn()
}

function addressOf(url: unknown): URL | undefined {
  if (
    typeof url !== 'string' ||
    url.length > maxUrl ||
    !/^https?:\/\/[^/?#\s]/i.test(url) ||
    /[\s\p{Cc}\\]/u.test(url) ||
    !URL.canParse(url)
  )
    return undefined
  return new URL(url)
}

function checksumProblem(checksum: string): string | undefined {
  const [, named, hex] = /^(?:([^:]*):)?(.*)$/s.exec(checksum) ?? []
  const type = named?.toLowerCase()
  const lengths =
    type === undefined ? Object.values(hexDigits) : [Object.hasOwn(hexDigits, type) ? hexDigits[type] : undefined]
  if (lengths[0] === undefined) return 'is of an unknown kind: md5, sha1, sha256 and sha512 are known.'
  if (hex === undefined || !/^[0-9a-f]*$/i.test(hex)) return 'holds characters that are not hex digits.'
  if (lengths.includes(hex.length)) return undefined
  return `has ${hex.length} hex digits${type === undefined ? ', which fits no known kind.' : ` instead of ${lengths.join('')}.`}`
}
