// SPDX-License-Identifier: MIT
pragma solidity ^0.8.0;

import {WemixRegistry} from "./WemixRegistry.sol";

/// The variables WEMIX3.0 votes on. Names are hashed; a name it does not know is ignored.
contract WemixEnvStorage {
    WemixRegistry private immutable reg;
    mapping(bytes32 => bytes) private values;
    mapping(bytes32 => bool) private known;

    constructor(WemixRegistry reg_, uint256 durationMin, uint256 durationMax) {
        reg = reg_;
        values[keccak256("ballotDurationMinMax")] = abi.encode(durationMin, durationMax);
        values[keccak256("stakingMinMax")] = abi.encode(1_500_000 ether, 1_500_000 ether);
        values[keccak256("blockCreationTime")] = abi.encode(uint256(1000));
        values[keccak256("blockRewardAmount")] = abi.encode(1 ether);
        values[keccak256("maxPriorityFeePerGas")] = abi.encode(100 gwei);
        values[keccak256("blockRewardDistribution")] = abi.encode(uint256(4000), uint256(1000), uint256(2500), uint256(2500));
        values[keccak256("gasLimitAndBaseFee")] = abi.encode(uint256(105_000_000), uint256(46), uint256(30));
        values[keccak256("maxBaseFee")] = abi.encode(50_000 gwei);
        values[keccak256("blocksPer")] = abi.encode(uint256(1));
        bytes32[9] memory names = [
            keccak256("ballotDurationMinMax"), keccak256("stakingMinMax"), keccak256("blockCreationTime"),
            keccak256("blockRewardAmount"), keccak256("maxPriorityFeePerGas"), keccak256("blockRewardDistribution"),
            keccak256("gasLimitAndBaseFee"), keccak256("maxBaseFee"), keccak256("blocksPer")
        ];
        for (uint256 i = 0; i < names.length; i++) known[names[i]] = true;
    }

    function setVariable(bytes32 name, bytes calldata value) external {
        require(msg.sender == reg.contracts("GovernanceContract"), "No Permission");
        if (known[name]) values[name] = value;
    }

    function getBallotDurationMinMax() public view returns (uint256, uint256) {
        return two("ballotDurationMinMax");
    }

    function getBallotDurationMin() external view returns (uint256 low) {
        (low, ) = getBallotDurationMinMax();
    }

    function getBallotDurationMax() external view returns (uint256 high) {
        (, high) = getBallotDurationMinMax();
    }

    function getStakingMinMax() external view returns (uint256, uint256) {
        return two("stakingMinMax");
    }

    function getBlockCreationTime() external view returns (uint256) {
        return one("blockCreationTime");
    }

    function getBlockRewardAmount() external view returns (uint256) {
        return one("blockRewardAmount");
    }

    function getMaxPriorityFeePerGas() external view returns (uint256) {
        return one("maxPriorityFeePerGas");
    }

    function getBlockRewardDistributionMethod() external view returns (uint256, uint256, uint256, uint256) {
        return abi.decode(values[keccak256("blockRewardDistribution")], (uint256, uint256, uint256, uint256));
    }

    function getGasLimitAndBaseFee() external view returns (uint256, uint256, uint256) {
        return abi.decode(values[keccak256("gasLimitAndBaseFee")], (uint256, uint256, uint256));
    }

    function getMaxBaseFee() external view returns (uint256) {
        return one("maxBaseFee");
    }

    function getBlocksPer() external view returns (uint256) {
        return one("blocksPer");
    }

    function one(string memory name) private view returns (uint256) {
        return abi.decode(values[keccak256(bytes(name))], (uint256));
    }

    function two(string memory name) private view returns (uint256, uint256) {
        return abi.decode(values[keccak256(bytes(name))], (uint256, uint256));
    }
}
