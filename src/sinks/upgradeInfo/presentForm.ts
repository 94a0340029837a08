import { boundedJson, parsedJson } from '../../domain/text/boundedJson.js'
import { canonical, isJsonObject, type Json, type JsonObject } from '../../domain/text/json.js'
import type { UpgradeInfoProfile } from './UpgradeInfoProfile.js'

// The zero time of Go, which cosmovisor treats as no time.
const noTime = Date.parse('0001-01-01T00:00:00Z')

/** True if the process manager of a profile rejects the file because of its other keys and would not switch. */
export function isUnreadable(
  { info = null, time = null, upgraded_client_state: clientState = null }: JsonObject,
  profile: UpgradeInfoProfile | undefined,
): boolean {
  if (profile === 'wemixvisor') return info !== null && !isJsonObject(info)
  if (profile !== 'cosmovisor') return false
  const hasTime = time !== null && (typeof time !== 'string' || Date.parse(time) !== noTime)
  return hasTime || clientState !== null || (info !== null && typeof info !== 'string')
}

/** True if the file has an `info` that differs in meaning from that of the plan. */
export function hasOtherInfo({ info = null }: JsonObject, ours: Json | undefined): boolean {
  const theirs = meaningOf(info)
  return theirs !== undefined && theirs !== meaningOf(ours)
}

/** A text that is equal for all forms in which profiles write one `info`; undefined if there is none. */
function meaningOf(info: unknown): string | undefined {
  if (info === undefined || info === null || info === '') return undefined
  if (isJsonObject(info) && Object.keys(info).join() === 'raw') return meaningOf(info['raw'])
  if (typeof info === 'string') {
    const value = boundedJson(parsedJson(info))
    return isJsonObject(value) ? meaningOf(value) : info
  }
  // An `info` that is nested too deep was not written by govstream.
  const value = boundedJson(info)
  return value === undefined ? 'nested too deep' : canonical(value)
}
