import { type Hex, hexToBytes } from 'viem'

const decoder = new TextDecoder('utf-8')

/**
 * Bytes a member wrote, as text. What is no UTF-8 becomes replacement characters, and NUL, with which short texts
 * are padded, goes. Not yet safe to show.
 */
export function readText(bytes: Hex): string {
  return decoder.decode(hexToBytes(bytes)).replaceAll('\u0000', '')
}
