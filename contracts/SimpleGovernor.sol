// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {Governor} from "@openzeppelin/contracts/governance/Governor.sol";
import {GovernorCountingSimple} from "@openzeppelin/contracts/governance/extensions/GovernorCountingSimple.sol";
import {GovernorSettings} from "@openzeppelin/contracts/governance/extensions/GovernorSettings.sol";
import {GovernorVotes} from "@openzeppelin/contracts/governance/extensions/GovernorVotes.sol";
import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";

/// OpenZeppelin 5 governor without a timelock. Its clock is the token's.
contract SimpleGovernor is GovernorSettings, GovernorCountingSimple, GovernorVotes {
    uint256 private immutable quorumVotes;

    constructor(IVotes token_, uint48 votingDelay_, uint32 votingPeriod_, uint256 quorum_)
        Governor("SimpleGovernor")
        GovernorSettings(votingDelay_, votingPeriod_, 0)
        GovernorVotes(token_)
    {
        quorumVotes = quorum_;
    }

    function quorum(uint256) public view override returns (uint256) {
        return quorumVotes;
    }

    function proposalThreshold() public view virtual override(Governor, GovernorSettings) returns (uint256) {
        return super.proposalThreshold();
    }
}
