import { hasSoundChecksum } from '../schema/eip55.js'
import { brokenChecksum } from '../schema/scalars.js'

// Checks of typed texts. They return what is wrong, in the words of a configuration error; `undefined` if nothing is.

export function urlProblem(text: string): string | undefined {
  return /^https?:$/.test(URL.canParse(text) ? new URL(text).protocol : '')
    ? undefined
    : 'expected an http:// or https:// URL'
}

export function addressProblem(text: string): string | undefined {
  if (!/^0x[0-9a-fA-F]{40}$/.test(text)) return 'expected a 0x address of 40 hex digits'
  return hasSoundChecksum(text) ? undefined : brokenChecksum
}
