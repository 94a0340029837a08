// SPDX-License-Identifier: MIT
pragma solidity ^0.8.0;

/// A contract that is no governor.
contract Plain {
    uint256 public number = 42;
}
