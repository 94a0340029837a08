import { boundedJson, parsedJson } from '../../domain/text/boundedJson.js'
import { checkPlan } from '../../domain/plans/checkPlan.js'
import { isJsonObject, type JsonObject } from '../../domain/text/json.js'
import type { Upgrade } from '../../domain/upgrades/upgrade.js'
import { maxUpgradeInfoBytes } from './parseUpgradeInfo.js'
import type { UpgradeInfoProfile } from './UpgradeInfoProfile.js'
import { defined } from '../../domain/defined.js'

export type Rendering =
  | { readonly ok: true; readonly text: string }
  /** Full sentences. */
  | { readonly ok: false; readonly problem: string }

/** Renders the file of one profile: `name`, `height` and `info` in this order, on one line that ends with a newline. */
export function renderUpgradeInfo(
  { name, height, info }: Pick<Upgrade, 'name' | 'height' | 'info'>,
  profile: UpgradeInfoProfile,
): Rendering {
  // Plans are checked when they are found; this check is the last one before the disk.
  const { problems } = checkPlan({ name, ...defined({ height }) }, { profile })
  if (problems.length > 0) return { ok: false, problem: problems.join(' ') }
  const shaped = shapeInfo(info, profile)
  if (shaped === unwritable) return { ok: false, problem: 'Its info is not JSON, or nested too deep.' }
  const text = `${JSON.stringify({ name, height, info: shaped })}\n`
  if (Buffer.byteLength(text) > maxUpgradeInfoBytes) return { ok: false, problem: 'Its info is too long.' }
  return { ok: true, text }
}

const unwritable = Symbol('unwritable')

function shapeInfo(
  info: string | JsonObject | undefined,
  profile: UpgradeInfoProfile,
): string | JsonObject | undefined | typeof unwritable {
  if (profile === 'portable' || info === undefined || info === '') return undefined
  if (typeof info === 'string') return profile === 'cosmovisor' ? info : objectOf(info)
  const bounded = boundedJson(info)
  if (!isJsonObject(bounded)) return unwritable
  return profile === 'cosmovisor' ? JSON.stringify(bounded) : bounded
}

/** wemixvisor supports only an object: text that is a JSON object is parsed, other text is wrapped. */
function objectOf(text: string): JsonObject | undefined {
  if (text.trim() === '') return undefined
  const value = boundedJson(parsedJson(text))
  return isJsonObject(value) ? value : { raw: text }
}
