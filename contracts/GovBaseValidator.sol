// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {GovBase} from "./GovBase.sol";

/// GovValidator: the gas tip, and which key of which operator validates.
contract GovBaseValidator is GovBase {
    bytes32 public constant ACTION_SET_GAS_TIP = keccak256("SET_GAS_TIP");

    event GasTipUpdated(uint256 oldTip, uint256 newTip, address indexed updater);

    uint256 public gasTip = 1 gwei;
    address[] private validators;
    mapping(address => address) public operatorToValidator;
    mapping(address => address) public validatorToOperator;

    constructor(address[] memory operators, uint32 quorum_, uint256 expiry) GovBase(operators, quorum_, expiry) {
        for (uint256 i = 0; i < operators.length; i++) _seat(operators[i], address(uint160(operators[i]) ^ 1));
    }

    function proposeGasTip(uint256 newTip) external returns (uint256) {
        return _propose(ACTION_SET_GAS_TIP, abi.encode(newTip));
    }

    /// No event tells it.
    function configureValidator(address newValidator, bytes calldata, bytes calldata) external onlyMember {
        address old = operatorToValidator[msg.sender];
        for (uint256 i = 0; i < validators.length; i++) if (validators[i] == old) validators[i] = newValidator;
        operatorToValidator[msg.sender] = newValidator;
        validatorToOperator[newValidator] = msg.sender;
        delete validatorToOperator[old];
    }

    function validatorList() external view returns (address[] memory) {
        return validators;
    }

    function validatorCount() external view returns (uint256) {
        return validators.length;
    }

    function isValidator(address validator) external view returns (bool) {
        return validatorToOperator[validator] != address(0);
    }

    function getGasTipGwei() external view returns (uint256) {
        return gasTip / 1 gwei;
    }

    function _seat(address operator, address validator) private {
        validators.push(validator);
        operatorToValidator[operator] = validator;
        validatorToOperator[validator] = operator;
    }

    function _act(bytes32 actionType, bytes memory callData) internal override returns (bool) {
        if (actionType != ACTION_SET_GAS_TIP) return super._act(actionType, callData);
        uint256 newTip = abi.decode(callData, (uint256));
        emit GasTipUpdated(gasTip, newTip, msg.sender);
        gasTip = newTip;
        return true;
    }
}
