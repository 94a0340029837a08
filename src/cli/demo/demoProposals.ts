import { type Address, encodeFunctionData, parseAbi, parseEther } from 'viem'
import type { Deployment } from '../../localChain/deployGovernor.js'
import type { ProposalDraft } from '../../localChain/governorActor.js'
import { planBlock } from '../../localChain/planBlock.js'
import { upgradeCall } from '../../localChain/upgradeCall.js'

export const upgradeHeight = 240

export interface DemoProposals {
  readonly upgrade: ProposalDraft
  readonly parameter: ProposalDraft
  readonly text: ProposalDraft
  readonly spending: ProposalDraft
  readonly mistake: ProposalDraft
}

const settingsAbi = parseAbi(['function setVotingPeriod(uint32 newVotingPeriod)'])
const auditors: Address = '0x00000000000000000000000000000000000A0d17'

/** One proposal of each kind that people make. */
export function demoProposals({ governor, registry }: Deployment): DemoProposals {
  const info = {
    binaries: { 'linux/amd64': `https://example.org/v2.0.0/node?checksum=sha256:${'c0ffee42'.repeat(8)}` },
    notes: 'Faster blocks, same rules.',
  }
  const plan = { name: 'v2.0.0', height: upgradeHeight, info }
  const schedule = upgradeCall(registry, { ...plan, info: JSON.stringify(info) })
  return {
    upgrade: {
      proposer: 0,
      targets: [schedule.target],
      calldatas: [schedule.calldata],
      description: `# Upgrade to v2.0.0\n\nFaster blocks, same rules.\n\n${planBlock(plan)}`,
    },
    parameter: {
      proposer: 1,
      targets: [governor],
      calldatas: [encodeFunctionData({ abi: settingsAbi, args: [100] })],
      description: '# Vote for 100 blocks from now on',
    },
    text: { proposer: 2, description: '# Thank the people who run testnets\n\nNothing is called. It is only said.' },
    spending: {
      proposer: 3,
      targets: [auditors],
      values: [parseEther('500')],
      description: '# Pay the auditors 500 ETH\n\nIn advance.',
    },
    mistake: { proposer: 4, description: '# Upgrade to v2.0.0 at block 24\n\nSorry, wrong draft.' },
  }
}
