import { boundedJson, parsedJson } from '../../domain/text/boundedJson.js'
import { canonical, isJsonObject, type Json, type JsonObject } from '../../domain/text/json.js'
import type { UpgradeInfoProfile } from './UpgradeInfoProfile.js'

// What cosmovisor takes for no time.
const noTime = Date.parse('0001-01-01T00:00:00Z')

/** True where the reader of a profile rejects a plan that has this beside its name and height: it would not switch. */
export function isUnreadable(
  { info = null, time = null, upgraded_client_state: clientState = null }: JsonObject,
  profile: UpgradeInfoProfile | undefined,
): boolean {
  if (profile === 'wemixvisor') return info !== null && !isJsonObject(info)
  if (profile !== 'cosmovisor') return false
  const hasTime = time !== null && (typeof time !== 'string' || Date.parse(time) !== noTime)
  return hasTime || clientState !== null || (info !== null && typeof info !== 'string')
}

/** True where the file has an `info` of its own, and that means something else than the one of the plan. */
export function hasOtherInfo({ info = null }: JsonObject, ours: Json | undefined): boolean {
  const theirs = meaningOf(info)
  return theirs !== undefined && theirs !== meaningOf(ours)
}

/** Equal for what profiles write of one `info`, in whatever form; `undefined` of none. */
function meaningOf(info: unknown): string | undefined {
  if (info === undefined || info === null || info === '') return undefined
  if (isJsonObject(info) && Object.keys(info).join() === 'raw') return meaningOf(info['raw'])
  if (typeof info === 'string') {
    const value = boundedJson(parsedJson(info))
    return isJsonObject(value) ? meaningOf(value) : info
  }
  // What is nested too deep is nothing that we write.
  const value = boundedJson(info)
  return value === undefined ? 'nested too deep' : canonical(value)
}
