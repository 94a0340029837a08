// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Votes} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Votes.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

/// Voting token of a rollup: it counts in the blocks of the chain below, which anybody moves on here.
contract DistantToken is ERC20Votes {
    uint48 private distant;

    constructor(uint48 distant_, address[] memory holders, uint256 each) ERC20("Vote", "VOTE") EIP712("Vote", "1") {
        distant = distant_;
        for (uint256 i = 0; i < holders.length; i++) {
            _mint(holders[i], each);
            _delegate(holders[i], holders[i]);
        }
    }

    function moveOn(uint48 blocks) external {
        distant += blocks;
    }

    function clock() public view override returns (uint48) {
        return distant;
    }

    function CLOCK_MODE() public pure override returns (string memory) {
        return "mode=blocknumber&from=eip155:1";
    }
}
