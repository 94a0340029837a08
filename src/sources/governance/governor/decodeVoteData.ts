import { decodeAbiParameters, type Hex, hexToBytes, parseAbiParameters } from 'viem'

const parameters = parseAbiParameters('uint256, uint8, uint256, string')
// Where the reason begins: behind four words.
const reasonOffset = (4 * 32).toString(16).padStart(64, '0')
const utf8 = new TextDecoder()

/** Id, support, weight and reason of a vote. */
type VoteData = readonly [id: bigint, support: number, weight: bigint, reason: string]

/**
 * Decodes the data of a `VoteCast`. Votes are most of a long history: the layout that compilers give them is read as it
 * stands, any other by the library.
 *
 * @throws where the data is not that of a vote.
 */
export function decodeVoteData(data: Hex): VoteData {
  return decodeUsual(data) ?? decodeAbiParameters(parameters, data)
}

/** One word each, then the length of the reason and the reason, filled up to whole words. */
function decodeUsual(data: Hex): VoteData | undefined {
  const word = (index: number): string => data.slice(2 + 64 * index, 66 + 64 * index)
  const support = Number.parseInt(word(1), 16)
  const length = Number.parseInt(word(4), 16)
  const whole = Math.ceil(length / 32) + 5
  if (word(3) !== reasonOffset || support > 255 || data.length !== 2 + 64 * whole || !/^0x[0-9a-f]+$/i.test(data))
    return undefined
  const reason = utf8.decode(hexToBytes(`0x${data.slice(322, 322 + 2 * length)}`))
  return [BigInt(`0x${word(0)}`), support, BigInt(`0x${word(2)}`), reason]
}
