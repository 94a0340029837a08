import { parseAbi } from 'viem'

/** Events of every governor. OpenZeppelin and Compound Bravo share these topics; only parameter names differ. */
export const governorEvents = parseAbi([
  'event ProposalCreated(uint256 proposalId, address proposer, address[] targets, uint256[] values, string[] signatures, bytes[] calldatas, uint256 voteStart, uint256 voteEnd, string description)',
  'event ProposalCanceled(uint256 proposalId)',
  'event ProposalQueued(uint256 proposalId, uint256 etaSeconds)',
  'event ProposalExecuted(uint256 proposalId)',
  'event VoteCast(address indexed voter, uint256 proposalId, uint8 support, uint256 weight, string reason)',
  'event VoteCastWithParams(address indexed voter, uint256 proposalId, uint8 support, uint256 weight, string reason, bytes params)',
  'event ProposalExtended(uint256 indexed proposalId, uint64 extendedDeadline)',
  // The Nouns family: vetoes, and edits before the vote.
  'event ProposalVetoed(uint256 proposalId)',
  'event ProposalUpdated(uint256 indexed proposalId, address indexed proposer, address[] targets, uint256[] values, string[] signatures, bytes[] calldatas, string description, string updateMessage)',
  'event ProposalTransactionsUpdated(uint256 indexed proposalId, address indexed proposer, address[] targets, uint256[] values, string[] signatures, bytes[] calldatas, string updateMessage)',
  'event ProposalDescriptionUpdated(uint256 indexed proposalId, address indexed proposer, string description, string updateMessage)',
])

/** Events after which the rules must be read again. */
export const ruleEvents = parseAbi([
  'event QuorumNumeratorUpdated(uint256 oldQuorumNumerator, uint256 newQuorumNumerator)',
  'event VotingDelaySet(uint256 oldVotingDelay, uint256 newVotingDelay)',
  'event VotingPeriodSet(uint256 oldVotingPeriod, uint256 newVotingPeriod)',
  'event ProposalThresholdSet(uint256 oldProposalThreshold, uint256 newProposalThreshold)',
  'event TimelockChange(address oldTimelock, address newTimelock)',
  'event LateQuorumVoteExtensionSet(uint64 oldVoteExtension, uint64 newVoteExtension)',
  // Events of a proxy in front of the governor: EIP-1967, with a beacon, and Compound's own.
  'event Upgraded(address indexed implementation)',
  'event BeaconUpgraded(address indexed beacon)',
  'event NewImplementation(address oldImplementation, address newImplementation)',
])

/** Views of one proposal. */
export const proposalAbi = parseAbi([
  'function state(uint256 proposalId) view returns (uint8)',
  'function proposalDeadline(uint256 proposalId) view returns (uint256)',
  'function proposalEta(uint256 proposalId) view returns (uint256)',
  'function proposalVotes(uint256 proposalId) view returns (uint256 againstVotes, uint256 forVotes, uint256 abstainVotes)',
  'function proposals(uint256 id) view returns (uint256 id, address proposer, uint256 eta, uint256 startBlock, uint256 endBlock, uint256 forVotes, uint256 againstVotes, uint256 abstainVotes, bool canceled, bool executed)',
  'function quorum(uint256 timepoint) view returns (uint256)',
  'function hasVoted(uint256 proposalId, address account) view returns (bool)',
  'function getReceipt(uint256 proposalId, address voter) view returns ((bool hasVoted, uint8 support, uint96 votes))',
  'error GovernorNonexistentProposal(uint256 proposalId)',
  'error ERC5805FutureLookup(uint256 timepoint, uint48 clock)',
])

/** Views that confirm the content of a proposal. */
export const contentAbi = parseAbi([
  'function hashProposal(address[] targets, uint256[] values, bytes[] calldatas, bytes32 descriptionHash) view returns (uint256)',
  'function getProposalId(address[] targets, uint256[] values, bytes[] calldatas, bytes32 descriptionHash) view returns (uint256)',
  'function latestProposalId() view returns (uint256)',
  'function getActions(uint256 proposalId) view returns (address[] targets, uint256[] values, string[] signatures, bytes[] calldatas)',
])

/** Views of the rules. Not every governor has all of them. */
export const rulesAbi = parseAbi([
  'function name() view returns (string)',
  'function version() view returns (string)',
  'function COUNTING_MODE() view returns (string)',
  'function CLOCK_MODE() view returns (string)',
  'function clock() view returns (uint48)',
  'function votingDelay() view returns (uint256)',
  'function votingPeriod() view returns (uint256)',
  'function proposalThreshold() view returns (uint256)',
  'function quorumNumerator() view returns (uint256)',
  'function quorumDenominator() view returns (uint256)',
  'function quorumVotes() view returns (uint256)',
  'function quorum(uint256 timepoint) view returns (uint256)',
  'function proposalCount() view returns (uint256)',
  'function initialProposalId() view returns (uint256)',
  'function proposalVotes(uint256 proposalId) view returns (uint256 againstVotes, uint256 forVotes, uint256 abstainVotes)',
  'function state(uint256 proposalId) view returns (uint8)',
  'function proposalNeedsQueuing(uint256 proposalId) view returns (bool)',
  'function lateQuorumVoteExtension() view returns (uint64)',
  'function token() view returns (address)',
  'function comp() view returns (address)',
  'function uni() view returns (address)',
  'function timelock() view returns (address)',
  'error GovernorNonexistentProposal(uint256 proposalId)',
])

/** Views of ERC20Votes tokens and of the timelocks of both families. */
export const neighbourAbi = parseAbi([
  'function getPastTotalSupply(uint256 timepoint) view returns (uint256)',
  'function totalSupply() view returns (uint256)',
  'function getMinDelay() view returns (uint256)',
  'function delay() view returns (uint256)',
])
