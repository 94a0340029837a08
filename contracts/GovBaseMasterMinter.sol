// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {GovBase} from "./GovBase.sol";

/// GovMasterMinter: who may mint, and how much.
contract GovBaseMasterMinter is GovBase {
    event MinterConfigured(address indexed minter, uint256 allowance);
    event MinterRemoved(address indexed minter);
    event MaxMinterAllowanceUpdated(uint256 oldLimit, uint256 newLimit);

    bool public emergencyPaused;
    uint256 public maxMinterAllowance = 1_000_000 ether;

    constructor(address[] memory members_, uint32 quorum_, uint256 expiry) GovBase(members_, quorum_, expiry) {}

    function proposeConfigureMinter(address minter, uint256 allowance) external returns (uint256) {
        return _propose(keccak256("CONFIGURE_MINTER"), abi.encode(minter, allowance));
    }

    function proposeRemoveMinter(address minter) external returns (uint256) {
        return _propose(keccak256("REMOVE_MINTER"), abi.encode(minter));
    }

    function proposeUpdateMaxMinterAllowance(uint256 limit) external returns (uint256) {
        return _propose(keccak256("UPDATE_MAX_MINTER_ALLOWANCE"), abi.encode(limit));
    }

    function _act(bytes32 actionType, bytes memory callData) internal override returns (bool) {
        if (actionType == keccak256("CONFIGURE_MINTER")) {
            (address minter, uint256 allowance) = abi.decode(callData, (address, uint256));
            if (allowance > maxMinterAllowance) return false;
            emit MinterConfigured(minter, allowance);
            return true;
        }
        if (actionType == keccak256("REMOVE_MINTER")) {
            emit MinterRemoved(abi.decode(callData, (address)));
            return true;
        }
        if (actionType == keccak256("UPDATE_MAX_MINTER_ALLOWANCE")) {
            uint256 limit = abi.decode(callData, (uint256));
            emit MaxMinterAllowanceUpdated(maxMinterAllowance, limit);
            maxMinterAllowance = limit;
            return true;
        }
        return super._act(actionType, callData);
    }
}
