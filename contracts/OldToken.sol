// SPDX-License-Identifier: MIT
pragma solidity ^0.8.0;

import {ERC20} from "@openzeppelin/contracts-v4/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts-v4/token/ERC20/extensions/ERC20Permit.sol";
import {ERC20Votes} from "@openzeppelin/contracts-v4/token/ERC20/extensions/ERC20Votes.sol";

/// OpenZeppelin 4 voting token that also answers like Compound's COMP. Block clock, runs on London.
contract OldToken is ERC20Votes {
    constructor(address[] memory holders, uint256 each) ERC20("Old Vote", "OVOTE") ERC20Permit("Old Vote") {
        for (uint256 i = 0; i < holders.length; i++) {
            _mint(holders[i], each);
            _delegate(holders[i], holders[i]);
        }
    }

    function getPriorVotes(address account, uint256 blockNumber) external view returns (uint96) {
        return uint96(getPastVotes(account, blockNumber));
    }
}
