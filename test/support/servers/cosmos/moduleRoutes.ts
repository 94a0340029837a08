import { type Answer, ok, unserved } from './answer.js'
import type { CosmosChain } from './chain.js'

/** The answers of the modules other than x/gov over REST; `undefined` if there is no such route. */
export function moduleRoute(chain: CosmosChain, pathname: string): Answer | undefined {
  return upgradeRoute(chain, pathname) ?? stakingRoute(pathname) ?? nodeRoute(chain, pathname)
}

function upgradeRoute({ plan, applied }: CosmosChain, pathname: string): Answer | undefined {
  if (pathname === '/cosmos/upgrade/v1beta1/current_plan') {
    return ok({ plan: plan === null ? null : { time: '0001-01-01T00:00:00Z', upgraded_client_state: null, ...plan } })
  }
  if (!pathname.startsWith('/cosmos/upgrade/v1beta1/applied_plan/')) return undefined
  const name = decodeURIComponent(pathname.slice('/cosmos/upgrade/v1beta1/applied_plan/'.length))
  // The gateway splits a path after it has decoded it, so that no route matches.
  return name === '' || name.includes('/') ? unserved : ok({ height: String(applied.get(name) ?? 0) })
}

function stakingRoute(pathname: string): Answer | undefined {
  if (pathname === '/cosmos/staking/v1beta1/pool')
    return ok({ pool: { not_bonded_tokens: '6592794544086', bonded_tokens: '1000000' } })
  if (pathname === '/cosmos/staking/v1beta1/params') return ok({ params: { bond_denom: 'uatom' } })
  if (pathname === '/cosmos/staking/v1beta1/validators') {
    return ok({
      validators: [
        { operator_address: 'cosmosvaloper1a', tokens: '600000' },
        { operator_address: 'cosmosvaloper1b', tokens: '400000' },
      ],
      pagination: { next_key: null, total: '2' },
    })
  }
  return undefined
}

function nodeRoute({ behaviour, height }: CosmosChain, pathname: string): Answer | undefined {
  const network = behaviour.network ?? 'cosmoshub-4'
  if (pathname === '/cosmos/base/tendermint/v1beta1/blocks/latest')
    return ok({ block_id: {}, block: { header: { chain_id: network, height: String(height) } }, sdk_block: {} })
  if (pathname !== '/cosmos/base/tendermint/v1beta1/node_info') return undefined
  return ok({
    default_node_info: { network, version: '0.37.6' },
    application_version: { name: 'gaia', version: 'v17.0.0', cosmos_sdk_version: 'v0.47.13' },
  })
}
