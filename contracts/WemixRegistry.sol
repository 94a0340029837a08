// SPDX-License-Identifier: MIT
pragma solidity ^0.8.0;

/// Where the contracts of a WEMIX3.0 chain find each other, as its nodes see it.
contract WemixRegistry {
    uint256 public constant magic = 0x57656d6978205265676973747279;

    mapping(bytes32 => address) public contracts;
    uint256 public modifiedBlock;
    address private immutable owner = msg.sender;

    event SetContractDomain(address setter, bytes32 indexed name, address indexed addr);

    function setContractDomain(bytes32 name, address addr) external {
        require(msg.sender == owner, "Ownable: caller is not the owner");
        contracts[name] = addr;
        modifiedBlock = block.number;
        emit SetContractDomain(msg.sender, name, addr);
    }

    function getContractAddress(bytes32 name) external view returns (address addr) {
        addr = contracts[name];
        require(addr != address(0), "address should be non-zero");
    }
}
