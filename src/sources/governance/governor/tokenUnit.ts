import { type Address, hexToString, isHex, parseAbi, type Client } from 'viem'
import { defined } from '../../../domain/defined.js'
import { cleanLine } from '../../../domain/text/text.js'
import { readAgreed } from '../../readAgreed.js'
import { readCalls } from '../../rpc/readCalls.js'
import type { GovernorRules, RuleBook, TokenUnit } from './context.js'

const tokenAbi = parseAbi(['function decimals() view returns (uint8)', 'function symbol() view returns (string)'])
// Very old tokens return the symbol as bytes32.
const oldAbi = parseAbi(['function symbol() view returns (bytes32)'])

// Maximum decimals accepted. No real token has more, and a hostile one could make every count look like zero.
const mostDecimals = 36
const maxSymbol = 16

/** Reads the unit of a token, with all calls in the same tick. */
async function readTokenUnit(client: Client, token: Address): Promise<TokenUnit> {
  const [decimals, symbol, old] = await readCalls(client, [
    { address: token, abi: tokenAbi, functionName: 'decimals' },
    { address: token, abi: tokenAbi, functionName: 'symbol' },
    { address: token, abi: oldAbi, functionName: 'symbol' },
  ])
  const digits = decimals?.ok === true ? decimals.value : undefined
  if (typeof digits !== 'number' || digits > mostDecimals) return {}
  const shown = symbolIn(
    symbol?.ok === true ? symbol.value : old?.ok === true && isHex(old.value) ? hexToString(old.value) : undefined,
  )
  return { decimals: digits, ...defined({ symbol: shown }) }
}

/** A symbol that can be shown after a number: letters, digits and currency signs, at least one of them not a digit. */
export function symbolIn(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  const symbol = cleanLine(value.slice(0, 256).replace(/[^\p{L}\p{N}\p{Sc}.-]/gu, ''), maxSymbol)
  return /[\p{L}\p{Sc}]/u.test(symbol) ? symbol : undefined
}

/**
 * Adds the units of their tokens to the rules. Each token is read once, in two readings that agree. The calls are made
 * in the current tick, so they share the request of others. If the node does not answer, the next reading asks again.
 */
export async function withUnits(client: Client, rules: RuleBook): Promise<RuleBook> {
  const all = await Promise.all(
    [...rules].map(async ([key, its]): Promise<readonly [string, GovernorRules]> => {
      if (its.countedIn === undefined || its.unit !== undefined) return [key, its]
      const token = its.countedIn
      const unit = await readAgreed(() => readTokenUnit(client, token), undefined, {
        where: token,
        meaningOf: JSON.stringify,
      }).catch(() => undefined)
      return [key, unit === undefined ? its : { ...its, unit }]
    }),
  )
  return new Map(all)
}
