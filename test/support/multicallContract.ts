import { readFileSync } from 'node:fs'
import { multicallAddress } from '../../src/sources/rpc/standingMulticall.js'
import type { Chain } from './chain.js'

const deployer = '0x05f32b3cc3888453ff71b01135b34ff8e41263f2'
// As published by its authors (MIT) for all chains: without a chain id, so that the contract
// has the same address everywhere.
const transaction = new URL('./multicall3Transaction.hex', import.meta.url)

/** Deploys Multicall3 as on most chains. */
export async function standMulticall({ client }: Pick<Chain, 'client'>): Promise<void> {
  await client.setBalance({ address: deployer, value: 10n ** 18n })
  const serializedTransaction = `0x${readFileSync(transaction, 'utf8').trim().slice(2)}` as const
  await client.sendRawTransactionSync({ serializedTransaction })
  const code = await client.getCode({ address: multicallAddress })
  if (code === undefined) throw new Error('Multicall3 was not deployed.')
}
