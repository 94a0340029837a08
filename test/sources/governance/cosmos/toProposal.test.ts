import { describe, expect } from 'vitest'
import type { ProposalType } from '../../../../src/domain/proposals/proposal.js'
import type { ChainProposal } from '../../../support/servers/cosmos/chain.js'
import { legacyMessage, upgradeMessage } from '../../../support/servers/cosmos/messages.js'
import { follow } from './follow.js'
import { onCosmos as it } from './onCosmos.js'

describe('the type', () => {
  it.for<readonly [ProposalType, ChainProposal['messages']]>([
    ['upgrade', [upgradeMessage('v2', 9)]],
    ['upgrade', [{ '@type': '/cosmos.upgrade.v1beta1.MsgCancelUpgrade', authority: 'a' }]],
    ['upgrade', [legacyMessage('/cosmos.upgrade.v1beta1.CancelSoftwareUpgradeProposal')]],
    ['upgrade', [{ '@type': '/cosmos.authz.v1beta1.MsgExec', msgs: [upgradeMessage('v2', 9)] }]],
    ['parameter', [{ '@type': '/cosmos.staking.v1beta1.MsgUpdateParams' }]],
    ['parameter', [legacyMessage('/cosmos.params.v1beta1.ParameterChangeProposal')]],
    ['community', [{ '@type': '/cosmos.distribution.v1beta1.MsgCommunityPoolSpend', recipient: 'cosmos1r' }]],
    ['community', [legacyMessage('/cosmos.distribution.v1beta1.CommunityPoolSpendProposal')]],
    ['membership', [{ '@type': '/strangelove_ventures.poa.v1.MsgSetPower' }]],
    ['text', []],
    ['text', [legacyMessage('/cosmos.gov.v1beta1.TextProposal')]],
    ['other', [{ '@type': '/ibc.core.client.v1.MsgRecoverClient' }]],
    ['upgrade', [{ '@type': '/cosmos.distribution.v1beta1.MsgCommunityPoolSpend' }, upgradeMessage('v2', 9)]],
  ])('is %s', async ([type, messages], { server, hub }) => {
    server.put(1, { messages })
    await hub.poll()
    expect(hub.proposal(1)?.type).toBe(type)
  })

  it('is that of a matching rule of the operator', async ({ server, hub }) => {
    server.put(1, { title: 'Halt the bridge' })
    hub = follow({ rpc: [server.url], rest: [server.url], classify: [{ type: 'emergency', title: '^halt' }] })
    await hub.poll()
    expect(hub.proposal(1)?.type).toBe('emergency')
  })
})

describe('the texts', () => {
  it('come from legacy content if v1 has none', async ({ server, hub }) => {
    server.put(1, { title: '', summary: '', messages: [legacyMessage('/cosmos.gov.v1beta1.TextProposal')] })
    await hub.poll()
    expect(hub.proposal(1)).toMatchObject({ title: 'A title of old', description: 'A description of old' })
  })

  it('come from JSON in the metadata if there is nothing else', async ({ server, hub }) => {
    server.put(1, { title: '', summary: '', metadata: '{"title":"From metadata","summary":"More words"}' })
    server.put(2, {
      title: '',
      summary: '',
      metadata: 'ipfs://bafy',
      messages: [{ '@type': '/cosmos.staking.v1beta1.MsgUpdateParams' }],
    })
    await hub.poll()
    expect(hub.proposal(1)).toMatchObject({ title: 'From metadata', description: 'More words' })
    expect(hub.proposal(2)).toMatchObject({ title: 'MsgUpdateParams', description: '' })
  })

  it('leave the rest of the metadata as fields: its content, or its address', async ({ server, hub }) => {
    server.put(1, { metadata: '{"title":"A title","proposal_forum_url":"https://forum.example/t/7","authors":["a"]}' })
    server.put(2, { metadata: 'ipfs://bafy' })
    server.put(3, { metadata: 'Words that anybody can read' })
    await hub.poll()
    expect(hub.proposal(1)?.metadata).toStrictEqual({ proposal_forum_url: 'https://forum.example/t/7' })
    expect(hub.proposal(2)?.metadata).toStrictEqual({ metadata: 'ipfs://bafy' })
    expect(hub.proposal(3)).not.toHaveProperty('metadata')
  })

  it.for([
    [
      'words in the metadata',
      { metadata: 'Upgrade the hub to v18: faster, safer' },
      'Upgrade the hub to v18: faster, safer',
      'Upgrade the hub to v18: faster, safer',
    ],
    ['the first heading of them', { metadata: '# Gaia v18\n\nWhat is new' }, 'Gaia v18', '# Gaia v18\n\nWhat is new'],
    ['the plan if the metadata is an address', { metadata: 'ipfs://bafybeif a b' }, 'Upgrade v18', ''],
    ['the plan if the metadata is a code', { metadata: 'bafybeigdyrzt5sfp7udm7hu76uh7y26nf3' }, 'Upgrade v18', ''],
    ['the summary before the metadata', { summary: 'A summary', metadata: 'Other words' }, 'A summary', 'A summary'],
  ] as const)('of an upgrade without a title are %s', async ([_what, parts, title, description], { server, hub }) => {
    server.put(1, { title: '', summary: '', messages: [upgradeMessage('v18', 5_000)], ...parts })
    await hub.poll()
    expect(hub.proposal(1)).toMatchObject({ title, description })
  })

  it('are safe to print', async ({ server, hub }) => {
    server.put(1, { title: 'Up\u202egrade \u001b[31mnow\nor never', proposer: 'cosmos\u200b1p' })
    await hub.poll()
    expect(hub.proposal(1)).toMatchObject({ title: 'Upgrade now or never', proposer: 'cosmos1p' })
  })
})
