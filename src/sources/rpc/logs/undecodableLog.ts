import { getAddress } from 'viem'
import { logNumber, type SourceLog } from './checkLogs.js'

/** The sentence about a log that a decoder does not understand. */
export function undecodableLog({ address, block, index }: Pick<SourceLog, 'address' | 'block' | 'index'>): string {
  const contract = getAddress(`0x${address.slice(2)}`)
  return `Log ${logNumber(index)} of block ${block} of ${contract} cannot be decoded and was left out.`
}
