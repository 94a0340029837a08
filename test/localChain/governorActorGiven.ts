import { parseAbi } from 'viem'
import type { Deployment } from '../../src/localChain/deployGovernor.js'

export const timelock = { minDelay: 60 }

const viewsAbi = parseAbi([
  'function CLOCK_MODE() view returns (string)',
  'function COUNTING_MODE() view returns (string)',
  'function proposalVotes(uint256 id) view returns (uint256, uint256, uint256)',
  'function proposalDeadline(uint256 id) view returns (uint256)',
  'function quorum(uint256 timepoint) view returns (uint256)',
  'function quorumVotes() view returns (uint256)',
  'function timelock() view returns (address)',
  'function proposalCount() view returns (uint256)',
  'function proposals(uint256 id) view returns (uint256 id, address proposer, uint256 eta, uint256 startBlock, uint256 endBlock, uint256 forVotes, uint256 againstVotes, uint256 abstainVotes, bool canceled, bool executed)',
  'function getActions(uint256 id) view returns (address[] targets, uint256[] values, string[] signatures, bytes[] calldatas)',
  'function getReceipt(uint256 id, address voter) view returns ((bool hasVoted, uint8 support, uint96 votes))',
])

export const readerOf = ({ governor: address }: Deployment) => ({ address, abi: viewsAbi }) as const
