import { defined } from '../defined.js'
import type { Plan } from '../plans/plan.js'
import { readPlan } from '../plans/readPlan.js'
import { cleanLine } from '../text/text.js'
import { type Machine, platformText } from './machine.js'

/** The checksum that a plan requires. */
export interface Checksum {
  readonly type: HashType
  /** Lower-case hex digits. */
  readonly hex: string
}

/** The number of hex digits of each type. The first two types can be forged. */
const hexDigits = { md5: 32, sha1: 40, sha256: 64, sha512: 128 } as const
export type HashType = keyof typeof hexDigits

/** The download of a plan for a machine. */
export interface PlannedDownload {
  /** As the plan names it, such as `linux/amd64` or `any`. */
  readonly platform: string
  /** The address to request, without the parameters that only say how to read the answer. */
  readonly url: URL
  readonly checksum?: Checksum
  /** The archive format; the checksum is that of the archive. Absent for a plain program. */
  readonly archive?: string
  /** The directory in the archive, if the address names one after `//`. */
  readonly subdirectory?: string
}

/** What the plan names for a machine: a download, nothing, or something unusable. */
export type DownloadFinding =
  | { readonly kind: 'download'; readonly download: PlannedDownload }
  /** `named`: the platforms that the plan has a download for, at most ten; empty if it names no binaries. */
  | { readonly kind: 'none'; readonly named: readonly string[] }
  /** `problem` completes a sentence that begins with the download. */
  | { readonly kind: 'unusable'; readonly platform: string; readonly problem: string }

const maxUrl = 4_096
const maxNamed = 10
// The longest suffixes come first, because `.tar.gz` also ends with `.gz`.
const packages = [
  'tar.gz',
  'tar.bz2',
  'tar.xz',
  'tar.zst',
  'tbz2',
  'tzst',
  'tgz',
  'txz',
  'tar',
  'zip',
  'zst',
  'bz2',
  'gz',
  'xz',
]
const asTar: Readonly<Record<string, string>> = { tgz: 'tar.gz', tbz2: 'tar.bz2', txz: 'tar.xz', tzst: 'tar.zst' }

/** Returns the download that cosmovisor would use on this machine: that of its platform, or the one for `any`. */
export function downloadFor(plan: Plan, machine: Machine): DownloadFinding {
  const { binaries = {} } = readPlan(plan).plan
  const platform = [platformText(machine), 'any'].find((one) => Object.hasOwn(binaries, one))
  const written = platform === undefined ? undefined : binaries[platform]
  if (platform === undefined || written === undefined) {
    return {
      kind: 'none',
      named: Object.keys(binaries)
        .slice(0, maxNamed)
        .map((one) => cleanLine(one, 60)),
    }
  }
  const address = addressOf(written)
  if (address === undefined) return { kind: 'unusable', platform, problem: 'is not an http or https address' }
  const found = checksumOf(address)
  if ('problem' in found) return { kind: 'unusable', platform, ...found }
  return { kind: 'download', download: { platform, ...placeOf(address), ...found } }
}

/** Returns the address in an `info` that consists of one. Without a checksum, no vote covers what is found there. */
export function infoAddress({ info }: Pick<Plan, 'info'>): URL | undefined {
  return typeof info === 'string' ? addressOf(info.trim()) : undefined
}

/** Returns the checksum in an address, if there is one. `problem` is a part of a sentence about the address. */
export function checksumOf(address: URL): { readonly checksum?: Checksum } | { readonly problem: string } {
  const [written, second] = address.searchParams.getAll('checksum')
  if (second !== undefined) return { problem: 'has more than one checksum' }
  const checksum = written === undefined ? undefined : checksumIn(written)
  if (checksum === 'unreadable') return { problem: 'has a checksum that cannot be read' }
  return defined({ checksum })
}

/** Returns true for the types that cannot be forged. */
export function isStrong({ type }: Checksum): boolean {
  return type === 'sha256' || type === 'sha512'
}

function addressOf(written: string): URL | undefined {
  if (written.length > maxUrl || !/^https?:\/\/[^/?#\s]/i.test(written) || /[\s\p{Cc}\\]/u.test(written))
    return undefined
  return URL.canParse(written) ? new URL(written) : undefined
}

/** Returns `undefined` for a checksum that is itself a download, because it can change after the vote. */
function checksumIn(written: string): Checksum | 'unreadable' | undefined {
  if (/^file:\S/.test(written)) return undefined
  const [, named, hex = ''] = /^(?:([a-z0-9]{1,10}):)?([0-9a-f]{1,128})$/i.exec(written) ?? []
  const kind = named?.toLowerCase()
  const type = hashTypes.find((one) => hexDigits[one] === hex.length && (kind === undefined || kind === one))
  return type === undefined ? 'unreadable' : { type, hex: hex.toLowerCase() }
}

const hashTypes: readonly HashType[] = ['md5', 'sha1', 'sha256', 'sha512']

/** Interprets an address like go-getter: the URL that is requested, and how the answer is unpacked. */
function placeOf(address: URL): Pick<PlannedDownload, 'url' | 'archive' | 'subdirectory'> {
  const url = new URL(address.href)
  const forced = url.searchParams.get('archive') ?? ''
  for (const key of ['checksum', 'archive']) url.searchParams.delete(key)
  url.hash = ''
  const at = url.pathname.indexOf('//')
  const subdirectory = at < 0 ? undefined : url.pathname.slice(at + 2).replace(/\/+$/, '')
  if (at >= 0) url.pathname = url.pathname.slice(0, at)
  const { pathname } = url
  const packed =
    forced === '' ? packages.find((one) => pathname.endsWith(`.${one}`)) : packages.find((one) => one === forced)
  const archive = packed === undefined ? undefined : (asTar[packed] ?? packed)
  return { url, ...defined({ archive, subdirectory }) }
}
