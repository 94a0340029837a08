import { parseAbi } from 'viem'

/** Views every contract of the family has. */
export const govBaseAbi = parseAbi([
  'struct Proposal { bytes32 actionType; uint256 memberVersion; uint256 votedBitmap; uint256 createdAt; uint256 executedAt; address proposer; uint32 requiredApprovals; uint32 approved; uint32 rejected; uint8 status; bytes callData; }',
  'function getProposal(uint256 proposalId) view returns (Proposal)',
  'function currentProposalId() view returns (uint256)',
  'function proposalExpiry() view returns (uint256)',
  'function memberVersion() view returns (uint256)',
  'function quorum() view returns (uint32)',
  'function getMemberCount(uint256 targetVersion) view returns (uint256)',
  'function getMemberAt(uint256 targetVersion, uint256 index) view returns (address)',
  'function canExecuteProposal(uint256 proposalId) view returns (uint8 result, uint256 attemptsLeft)',
  'function maxActiveProposalsPerMember() view returns (uint256)',
  'function MAX_RETRY_COUNT() view returns (uint256)',
  'error InvalidProposal()',
])

/** Views only some of them have: they tell which one it is. */
export const ownAbi = parseAbi([
  'function validatorList() view returns (address[])',
  'function gasTip() view returns (uint256)',
  'function getBlacklistCount() view returns (uint256)',
  'function getAuthorizedAccountCount() view returns (uint256)',
  'function maxMinterAllowance() view returns (uint256)',
  'function emergencyPaused() view returns (bool)',
  'function ncpList() view returns (address[])',
])

/**
 * What the state does not tell: who voted how, where a proposal came from, what its execution passed over, that a seat
 * changed hands, and that what had silently expired is written down as such.
 */
export const govBaseEvents = parseAbi([
  'event ProposalCreated(uint256 indexed proposalId, address indexed proposer, bytes32 actionType, uint256 memberVersion, uint256 requiredApprovals, bytes callData)',
  'event ProposalVoted(uint256 indexed proposalId, address indexed voter, bool approval, uint256 approved, uint256 rejected)',
  'event ProposalExecuted(uint256 indexed proposalId, address indexed executor, bool success)',
  // The id in it is that of the newest proposal, whichever is executed.
  'event ProposalExecutionSkipped(address indexed account, uint256 indexed proposalId, string reason)',
  'event ProposalExpired(uint256 indexed proposalId, address indexed executor)',
  'event MemberChanged(address indexed oldMember, address indexed newMember)',
])
