// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {GovBase} from "./GovBase.sol";

/// GovMinter: what is minted against a deposit and burned, and the emergency brake.
contract GovBaseMinter is GovBase {
    event DepositMintProposed(uint256 indexed proposalId, string indexed depositId, address indexed requester, address beneficiary, uint256 amount, string bankReference);
    event BurnExecuted(address indexed from, uint256 indexed amount, string withdrawalId);
    event EmergencyPaused(uint256 indexed proposalId);
    event EmergencyUnpaused(uint256 indexed proposalId);

    bool public emergencyPaused;

    constructor(address[] memory members_, uint32 quorum_, uint256 expiry) GovBase(members_, quorum_, expiry) {}

    function proposeMint(address beneficiary, uint256 amount, string calldata depositId) external returns (uint256 proposalId) {
        proposalId = _propose(keccak256("MINT_WITH_DEPOSIT"), abi.encode(beneficiary, amount, depositId));
        emit DepositMintProposed(proposalId, depositId, msg.sender, beneficiary, amount, "");
    }

    function proposeBurn(address from, uint256 amount, string calldata withdrawalId) external returns (uint256) {
        return _propose(keccak256("BURN"), abi.encode(from, amount, withdrawalId));
    }

    function proposePause() external returns (uint256) {
        return _propose(keccak256("PAUSE"), "");
    }

    function proposeUnpause() external returns (uint256) {
        return _propose(keccak256("UNPAUSE"), "");
    }

    function _act(bytes32 actionType, bytes memory callData) internal override returns (bool) {
        if (actionType == keccak256("PAUSE") || actionType == keccak256("UNPAUSE")) {
            emergencyPaused = actionType == keccak256("PAUSE");
            // The newest id, whichever proposal is carried out.
            if (emergencyPaused) emit EmergencyPaused(currentProposalId);
            else emit EmergencyUnpaused(currentProposalId);
            return true;
        }
        if (emergencyPaused) return false;
        if (actionType == keccak256("BURN")) {
            (address from, uint256 amount, string memory withdrawalId) = abi.decode(callData, (address, uint256, string));
            emit BurnExecuted(from, amount, withdrawalId);
            return true;
        }
        return actionType == keccak256("MINT_WITH_DEPOSIT") || super._act(actionType, callData);
    }
}
