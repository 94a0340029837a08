import { parseAbi } from 'viem'

/** The one contract that names the others. `contracts` gives zero for a name that is not set. */
export const registryAbi = parseAbi([
  'function magic() view returns (uint256)',
  'function contracts(bytes32 name) view returns (address)',
])

export const govAbi = parseAbi([
  'function ballotLength() view returns (uint256)',
  'function voteLength() view returns (uint256)',
  'function getBallotInVoting() view returns (uint256)',
  'function getThreshold() view returns (uint256)',
  'function getMemberLength() view returns (uint256)',
  'function getMember(uint256 idx) view returns (address)',
  'function getVoter(uint256 idx) view returns (address)',
  'function getNode(uint256 idx) view returns (bytes name, bytes enode, bytes ip, uint256 port)',
  'function implementation() view returns (address)',
])

/** The answer of `getBallotBasic` has no id in front, unlike the struct in the storage. */
export const ballotAbi = parseAbi([
  'function getBallotBasic(uint256 id) view returns (uint256 startTime, uint256 endTime, uint256 ballotType, address creator, bytes memo, uint256 totalVoters, uint256 powerOfAccepts, uint256 powerOfRejects, uint256 state, bool isFinalized, uint256 duration)',
  'function getBallotMember(uint256 id) view returns (address oldStaker, address newStaker, address newVoter, address newReward, bytes nodeName, bytes nodeId, bytes nodeIp, uint256 nodePort, uint256 lockAmount)',
  'function getBallotAddress(uint256 id) view returns (address newGovernance)',
  'function getBallotVariable(uint256 id) view returns (bytes32 name, uint256 kind, bytes value)',
  'function getBallotForExit(uint256 id) view returns (uint256 unlockAmount, uint256 slashing)',
  'function getVote(uint256 id) view returns (uint256 voteId, uint256 ballotId, address voter, uint256 decision, uint256 power, uint256 time)',
])

export const envAbi = parseAbi([
  'function getBallotDurationMinMax() view returns (uint256, uint256)',
  'function getStakingMinMax() view returns (uint256, uint256)',
  'function getBlockCreationTime() view returns (uint256)',
  'function getBlockRewardAmount() view returns (uint256)',
  'function getMaxPriorityFeePerGas() view returns (uint256)',
  'function getBlockRewardDistributionMethod() view returns (uint256, uint256, uint256, uint256)',
  'function getGasLimitAndBaseFee() view returns (uint256, uint256, uint256)',
  'function getMaxBaseFee() view returns (uint256)',
  'function getBlocksPer() view returns (uint256)',
])
