// SPDX-License-Identifier: MIT
pragma solidity ^0.8.0;

/// The call an upgrade proposal makes: it says what nodes shall run from which block.
contract UpgradeRegistry {
    event UpgradeScheduled(string name, uint256 height, string info);

    function scheduleUpgrade(string calldata name, uint256 height, string calldata info) external {
        emit UpgradeScheduled(name, height, info);
    }
}
