// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {GovBase} from "./GovBase.sol";

/// GovCouncil: who may not pay, and who may do more. Its events carry the newest proposal id, not the executed one.
contract GovBaseCouncil is GovBase {
    event AddressBlacklisted(address indexed account, uint256 indexed proposalId);
    event AddressUnblacklisted(address indexed account, uint256 indexed proposalId);
    event AuthorizedAccountAdded(address indexed account, uint256 indexed proposalId);
    event AuthorizedAccountRemoved(address indexed account, uint256 indexed proposalId);
    event ProposalExecutionSkipped(address indexed account, uint256 indexed proposalId, string reason);

    uint256 public getBlacklistCount;
    uint256 public getAuthorizedAccountCount;
    mapping(address => bool) private blacklisted;
    mapping(address => bool) private authorized;

    constructor(address[] memory members_, uint32 quorum_, uint256 expiry) GovBase(members_, quorum_, expiry) {}

    function proposeAddBlacklist(address account) external returns (uint256) {
        return _propose(keccak256("ADD_BLACKLIST"), abi.encode(account));
    }

    function proposeRemoveBlacklist(address account) external returns (uint256) {
        return _propose(keccak256("REMOVE_BLACKLIST"), abi.encode(account));
    }

    function proposeAddBlacklistBatch(address[] calldata accounts) external returns (uint256) {
        return _propose(keccak256("ADD_BLACKLIST_BATCH"), abi.encode(accounts));
    }

    function proposeAddAuthorizedAccount(address account) external returns (uint256) {
        return _propose(keccak256("ADD_AUTHORIZED_ACCOUNT"), abi.encode(account));
    }

    function _act(bytes32 actionType, bytes memory callData) internal override returns (bool) {
        if (actionType == keccak256("ADD_BLACKLIST")) return _blacklist(abi.decode(callData, (address)));
        if (actionType == keccak256("ADD_BLACKLIST_BATCH")) {
            address[] memory accounts = abi.decode(callData, (address[]));
            for (uint256 i = 0; i < accounts.length; i++) _blacklist(accounts[i]);
            return true;
        }
        if (actionType == keccak256("REMOVE_BLACKLIST")) {
            address account = abi.decode(callData, (address));
            if (!blacklisted[account]) return _skip(account, "not blacklisted");
            blacklisted[account] = false;
            getBlacklistCount--;
            emit AddressUnblacklisted(account, currentProposalId);
            return true;
        }
        if (actionType == keccak256("ADD_AUTHORIZED_ACCOUNT")) {
            address account = abi.decode(callData, (address));
            if (authorized[account]) return _skip(account, "already authorized");
            authorized[account] = true;
            getAuthorizedAccountCount++;
            emit AuthorizedAccountAdded(account, currentProposalId);
            return true;
        }
        return super._act(actionType, callData);
    }

    function _blacklist(address account) private returns (bool) {
        if (blacklisted[account]) return _skip(account, "already blacklisted");
        blacklisted[account] = true;
        getBlacklistCount++;
        emit AddressBlacklisted(account, currentProposalId);
        return true;
    }

    function _skip(address account, string memory reason) private returns (bool) {
        emit ProposalExecutionSkipped(account, currentProposalId, reason);
        return false;
    }
}
