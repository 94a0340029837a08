// SPDX-License-Identifier: MIT
pragma solidity ^0.8.0;

/// How Story and Omni announce an upgrade of their nodes: by an event, without a check and without a vote.
contract UpgradeEntrypoint {
    struct Plan {
        string name;
        uint64 height;
        string info;
    }

    event SoftwareUpgrade(string name, int64 height, string info);
    event PlanUpgrade(string name, uint64 height, string info);
    event CancelUpgrade();
    event Unrelated(string name, int64 height, string info);

    address public owner = msg.sender;

    modifier onlyOwner() {
        require(msg.sender == owner, "not the owner");
        _;
    }

    /// As on Story.
    function planUpgrade(string calldata name, int64 height, string calldata info) external onlyOwner {
        emit SoftwareUpgrade(name, height, info);
    }

    /// As on Omni.
    function planUpgrade(Plan calldata plan) external onlyOwner {
        emit PlanUpgrade(plan.name, plan.height, plan.info);
    }

    function cancelUpgrade() external onlyOwner {
        emit CancelUpgrade();
    }

    /// Cancels and announces in one transaction.
    function replaceUpgrade(string calldata name, int64 height, string calldata info) external onlyOwner {
        emit CancelUpgrade();
        emit SoftwareUpgrade(name, height, info);
    }

    function unrelated(string calldata name, int64 height, string calldata info) external {
        emit Unrelated(name, height, info);
    }
}
