// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Votes} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Votes.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Time} from "@openzeppelin/contracts/utils/types/Time.sol";

/// OpenZeppelin 5 voting token; every holder votes for itself from the start.
contract Token is ERC20Votes {
    bool private immutable byTime;

    constructor(bool byTime_, address[] memory holders, uint256 each) ERC20("Vote", "VOTE") EIP712("Vote", "1") {
        byTime = byTime_;
        for (uint256 i = 0; i < holders.length; i++) {
            _mint(holders[i], each);
            _delegate(holders[i], holders[i]);
        }
    }

    function clock() public view override returns (uint48) {
        return byTime ? Time.timestamp() : Time.blockNumber();
    }

    function CLOCK_MODE() public view override returns (string memory) {
        return byTime ? "mode=timestamp" : "mode=blocknumber&from=default";
    }
}
