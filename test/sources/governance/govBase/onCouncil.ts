import { onSharedChain } from '../../../support/fixtures.js'
import { deployGovBase } from './govBaseChain.js'

/** Tests of one file that share a chain with a council, `council`, which has one open proposal. */
export const onCouncil = onSharedChain.extend('council', { scope: 'file' }, async ({ chain }) => {
  const council = await deployGovBase(chain, 'GovBaseCouncil')
  await council.propose(0, 'proposeAddBlacklist', council.stranger)
  return council
})
