// SPDX-License-Identifier: MIT
pragma solidity ^0.8.0;

import {WemixRegistry} from "./WemixRegistry.sol";

/// Ballots and votes of WEMIX3.0. Ids start at 1; what does not exist reads as zeros.
contract WemixBallotStorage {
    struct Ballot {
        uint256 id;
        uint256 startTime;
        uint256 endTime;
        uint256 ballotType;
        address creator;
        bytes memo;
        uint256 totalVoters;
        uint256 powerOfAccepts;
        uint256 powerOfRejects;
        uint256 state;
        bool isFinalized;
        uint256 duration;
    }

    struct Member {
        address oldStaker;
        address newStaker;
        address newVoter;
        address newReward;
        bytes name;
        bytes enode;
        bytes ip;
        uint256 port;
        uint256 lockAmount;
    }

    struct Variable {
        bytes32 name;
        uint256 kind;
        bytes value;
    }

    struct Vote {
        uint256 voteId;
        uint256 ballotId;
        address voter;
        uint256 decision;
        uint256 power;
        uint256 time;
    }

    WemixRegistry private immutable reg;
    address private immutable previous;
    uint256 public getBallotCount;
    mapping(uint256 => Ballot) private ballots;
    mapping(uint256 => Member) private memberOf;
    mapping(uint256 => uint256[2]) private exitOf;
    mapping(uint256 => address) private addressOf;
    mapping(uint256 => Variable) private variableOf;
    mapping(uint256 => Vote) private votes;
    mapping(uint256 => mapping(address => bool)) private voted;

    event BallotCreated(uint256 indexed ballotId, uint256 indexed ballotType, address indexed creator);
    event BallotStarted(uint256 indexed ballotId, uint256 indexed startTime, uint256 indexed endTime);
    event Voted(uint256 indexed voteid, uint256 indexed ballotId, address indexed voter, uint256 decision);
    event BallotFinalized(uint256 indexed ballotId, uint256 state);
    event BallotCanceled(uint256 indexed ballotId);
    event BallotUpdated(uint256 indexed ballotId, address indexed updatedBy);

    constructor(WemixRegistry reg_, address previous_) {
        reg = reg_;
        previous = previous_;
    }

    modifier onlyGov() {
        require(msg.sender == reg.contracts("GovernanceContract"), "No Permission");
        _;
    }

    modifier onlyCreator(uint256 id) {
        require(ballots[id].creator == msg.sender, "No Permission");
        _;
    }

    function create(uint256 id, uint256 ballotType, address creator, bytes calldata memo, uint256 duration) external onlyGov {
        require(ballots[id].creator == address(0), "already existed ballot");
        Ballot storage ballot = ballots[id];
        (ballot.id, ballot.ballotType, ballot.creator, ballot.memo, ballot.duration) = (id, ballotType, creator, memo, duration);
        ballot.state = 1;
        getBallotCount++;
        emit BallotCreated(id, ballotType, creator);
        emit BallotUpdated(id, creator);
    }

    function setMember(uint256 id, Member calldata member, uint256 unlockAmount, uint256 slashing) external onlyGov {
        memberOf[id] = member;
        exitOf[id] = [unlockAmount, slashing];
    }

    function setAddress(uint256 id, address newGovernance) external onlyGov {
        addressOf[id] = newGovernance;
    }

    function setVariable(uint256 id, bytes32 name, uint256 kind, bytes calldata value) external onlyGov {
        require(kind > 0 && kind <= 9, "Invalid value");
        variableOf[id] = Variable(name, kind, value);
    }

    function start(uint256 id, uint256 startTime, uint256 endTime) external onlyGov {
        Ballot storage ballot = ballots[id];
        require(ballot.state == 1, "Only Ready can be started");
        (ballot.startTime, ballot.endTime, ballot.state) = (startTime, endTime, 2);
        emit BallotStarted(id, startTime, endTime);
    }

    function addVote(uint256 voteId, uint256 id, address voter, uint256 decision, uint256 power) external onlyGov {
        require(!voted[id][voter], "already voted");
        voted[id][voter] = true;
        votes[voteId] = Vote(voteId, id, voter, decision, power, block.timestamp);
        Ballot storage ballot = ballots[id];
        ballot.totalVoters++;
        if (decision == 1) ballot.powerOfAccepts += power;
        else ballot.powerOfRejects += power;
        emit Voted(voteId, id, voter, decision);
    }

    function finalize(uint256 id, uint256 state) external onlyGov {
        Ballot storage ballot = ballots[id];
        require(!ballot.isFinalized, "already finalized");
        (ballot.state, ballot.isFinalized) = (state, true);
        emit BallotFinalized(id, state);
    }

    /// A canceled ballot is never finalized.
    function cancelBallot(uint256 id) external onlyCreator(id) {
        require(ballots[id].state == 1, "Only Ready can be canceled");
        ballots[id].state = 5;
        emit BallotCanceled(id);
    }

    /// Works as long as the ballot is not finalized, votes or no votes; on a canceled one for ever.
    function updateBallotMemo(uint256 id, bytes calldata memo) external onlyCreator(id) {
        require(!ballots[id].isFinalized, "already finalized");
        ballots[id].memo = memo;
        emit BallotUpdated(id, msg.sender);
    }

    function getBallotBasic(uint256 id) external view returns (
        uint256 startTime, uint256 endTime, uint256 ballotType, address creator, bytes memory memo, uint256 totalVoters,
        uint256 powerOfAccepts, uint256 powerOfRejects, uint256 state, bool isFinalized, uint256 duration
    ) {
        Ballot storage b = ballots[id];
        startTime = b.startTime;
        endTime = b.endTime;
        ballotType = b.ballotType;
        creator = b.creator;
        memo = b.memo;
        totalVoters = b.totalVoters;
        powerOfAccepts = b.powerOfAccepts;
        powerOfRejects = b.powerOfRejects;
        state = b.state;
        isFinalized = b.isFinalized;
        duration = b.duration;
    }

    function getBallotMember(uint256 id) external view returns (
        address oldStakerAddress, address newStakerAddress, address newVoterAddress, address newRewardAddress,
        bytes memory newNodeName, bytes memory newNodeId, bytes memory newNodeIp, uint256 newNodePort, uint256 lockAmount
    ) {
        Member storage m = memberOf[id];
        oldStakerAddress = m.oldStaker;
        newStakerAddress = m.newStaker;
        newVoterAddress = m.newVoter;
        newRewardAddress = m.newReward;
        newNodeName = m.name;
        newNodeId = m.enode;
        newNodeIp = m.ip;
        newNodePort = m.port;
        lockAmount = m.lockAmount;
    }

    function getBallotAddress(uint256 id) external view returns (address newGovernanceAddress) {
        return addressOf[id];
    }

    function getBallotVariable(uint256 id) external view returns (bytes32 envVariableName, uint256 envVariableType, bytes memory envVariableValue) {
        Variable storage v = variableOf[id];
        return (v.name, v.kind, v.value);
    }

    function getBallotForExit(uint256 id) external view returns (uint256 unlockAmount, uint256 slashing) {
        return (exitOf[id][0], exitOf[id][1]);
    }

    function getBallotState(uint256 id) external view returns (uint256 ballotType, uint256 state, bool isFinalized) {
        return (ballots[id].ballotType, ballots[id].state, ballots[id].isFinalized);
    }

    function getVote(uint256 id) external view returns (
        uint256 voteId, uint256 ballotId, address voter, uint256 decision, uint256 power, uint256 time
    ) {
        require(id == 0 || votes[id].voteId == id, "not existed voteId");
        Vote storage v = votes[id];
        return (v.voteId, v.ballotId, v.voter, v.decision, v.power, v.time);
    }

    function hasAlreadyVoted(uint56 id, address voter) external view returns (bool) {
        return voted[id][voter];
    }

    function getPreviousBallotStorage() external view returns (address) {
        return previous;
    }
}
