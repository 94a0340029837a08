// SPDX-License-Identifier: MIT
pragma solidity ^0.8.0;

import {WemixRegistry} from "./WemixRegistry.sol";
import {WemixBallotStorage} from "./WemixBallotStorage.sol";
import {WemixEnvStorage} from "./WemixEnvStorage.sol";

/// Governance of WEMIX3.0 in small: the views, the life of a ballot and its oddities are those of the real one.
/// Staking, fees and the limit on how often a member may propose are left out.
contract WemixGov {
    struct MemberInfo {
        address staker;
        address voter;
        address reward;
        bytes name;
        bytes enode;
        bytes ip;
        uint256 port;
        uint256 lockAmount;
        bytes memo;
        uint256 duration;
    }

    struct Node {
        bytes name;
        bytes enode;
        bytes ip;
        uint256 port;
    }

    struct Seat {
        address staker;
        address voter;
        address reward;
        Node node;
    }

    uint256 private constant denominator = 10_000;

    WemixRegistry public immutable reg;
    address public implementation;
    uint256 public modifiedBlock;
    uint256 public getMemberLength;
    uint256 public ballotLength;
    uint256 public voteLength;
    uint256 public getBallotInVoting;
    mapping(uint256 => Seat) private seats;
    mapping(address => uint256) public stakerIdx;
    mapping(address => uint256) public voterIdx;

    event MemberAdded(address indexed addr, address indexed voter);
    event MemberRemoved(address indexed addr, address indexed voter);
    event MemberChanged(address indexed oldAddr, address indexed newAddr, address indexed newVoter);
    event MemberUpdated(address indexed addr, address indexed voter);
    event EnvChanged(bytes32 envName, uint256 envType, bytes envVal);
    event NotApplicable(uint256 indexed ballotId, string reason);
    event Upgraded(address indexed implementation);

    /// A governance that takes over goes on with the counts of the one before.
    constructor(WemixRegistry reg_, address[] memory stakers, address[] memory voters, WemixGov before) {
        reg = reg_;
        implementation = address(this);
        modifiedBlock = block.number;
        for (uint256 i = 0; i < stakers.length; i++) {
            bytes memory name = abi.encodePacked("node", bytes1(uint8(49 + i)));
            put(++getMemberLength, Seat(stakers[i], voters[i], stakers[i], Node(name, new bytes(64), "127.0.0.1", 8589)));
        }
        if (address(before) == address(0)) return;
        (ballotLength, voteLength, getBallotInVoting) = (before.ballotLength(), before.voteLength(), before.getBallotInVoting());
    }

    modifier onlyMember() {
        require(stakerIdx[msg.sender] != 0, "No Permission");
        _;
    }

    function addProposalToAddMember(MemberInfo calldata info) external onlyMember returns (uint256 id) {
        require(stakerIdx[info.staker] == 0, "Already member");
        id = propose(1, info.memo, info.duration);
        ballots().setMember(id, memberIn(info, address(0)), 0, 0);
    }

    function addProposalToRemoveMember(
        address staker, uint256 lockAmount, bytes calldata memo, uint256 duration, uint256 unlockAmount, uint256 slashing
    ) external onlyMember returns (uint256 id) {
        require(stakerIdx[staker] != 0, "Non-member");
        id = propose(2, memo, duration);
        ballots().setMember(
            id, WemixBallotStorage.Member(staker, address(0), address(0), address(0), "", "", "", 0, lockAmount), unlockAmount, slashing
        );
    }

    function addProposalToChangeMember(MemberInfo calldata info, address oldStaker, uint256 unlockAmount, uint256 slashing)
        external onlyMember returns (uint256 id)
    {
        require(stakerIdx[oldStaker] != 0, "Non-member");
        id = propose(3, info.memo, info.duration);
        ballots().setMember(id, memberIn(info, oldStaker), unlockAmount, slashing);
        // A member that changes its own entry asks nobody.
        if (oldStaker == info.staker && oldStaker == msg.sender) {
            ballots().start(id, block.timestamp, block.timestamp + clamped(info.duration));
            apply_(id, 3);
            ballots().finalize(id, 3);
        }
    }

    function addProposalToChangeGov(address newGov, bytes calldata memo, uint256 duration) external onlyMember returns (uint256 id) {
        require(newGov != address(0), "Implementation cannot be zero");
        id = propose(4, memo, duration);
        ballots().setAddress(id, newGov);
    }

    function addProposalToChangeEnv(bytes32 name, uint256 kind, bytes calldata value, bytes calldata memo, uint256 duration)
        external onlyMember returns (uint256 id)
    {
        id = propose(5, memo, duration);
        ballots().setVariable(id, name, kind, value);
    }

    function vote(uint256 id, bool approval) external {
        require(voterIdx[msg.sender] != 0, "No Permission");
        require(getBallotInVoting == 0 || !isOver(getBallotInVoting), "Expired");
        (uint256 ballotType, uint256 state, ) = ballots().getBallotState(id);
        if (state == 1) {
            require(getBallotInVoting == 0, "Now in voting with different ballot");
            getBallotInVoting = id;
            (, , , , , , , , , , uint256 duration) = ballots().getBallotBasic(id);
            ballots().start(id, block.timestamp, block.timestamp + clamped(duration));
        } else {
            require(state == 2, "Expired");
            require(getBallotInVoting == id, "Now in voting with different ballot");
        }
        ballots().addVote(++voteLength, id, msg.sender, approval ? 1 : 2, denominator / getMemberLength);
        decide(id, ballotType);
    }

    /// The only way out after a vote that ended undecided.
    function finalizeEndedVote() external onlyMember {
        require(getBallotInVoting != 0, "Not in voting");
        require(isOver(getBallotInVoting), "Not expired");
        ballots().finalize(getBallotInVoting, 4);
        getBallotInVoting = 0;
    }

    function checkUnfinalized() external view returns (bool) {
        return getBallotInVoting != 0 && !isOver(getBallotInVoting);
    }

    function getThreshold() external pure returns (uint256) {
        return 5001;
    }

    function getMinVotingDuration() public view returns (uint256) {
        return env().getBallotDurationMin();
    }

    function getMaxVotingDuration() public view returns (uint256) {
        return env().getBallotDurationMax();
    }

    function getMinStaking() external view returns (uint256 low) {
        (low, ) = env().getStakingMinMax();
    }

    function getMaxStaking() external view returns (uint256 high) {
        (, high) = env().getStakingMinMax();
    }

    function getNodeLength() external view returns (uint256) {
        return getMemberLength;
    }

    function getMember(uint256 idx) external view returns (address) {
        return seats[idx].staker;
    }

    function getVoter(uint256 idx) external view returns (address) {
        return seats[idx].voter;
    }

    function getReward(uint256 idx) external view returns (address) {
        return seats[idx].reward;
    }

    function getNode(uint256 idx) external view returns (bytes memory name, bytes memory enode, bytes memory ip, uint256 port) {
        Node storage node = seats[idx].node;
        return (node.name, node.enode, node.ip, node.port);
    }

    function isMember(address addr) external view returns (bool) {
        return stakerIdx[addr] != 0;
    }

    function propose(uint256 ballotType, bytes calldata memo, uint256 duration) private returns (uint256 id) {
        id = ++ballotLength;
        ballots().create(id, ballotType, msg.sender, memo, duration);
    }

    function decide(uint256 id, uint256 ballotType) private {
        (, , , , , , uint256 accepts, uint256 rejects, , , ) = ballots().getBallotBasic(id);
        if (accepts < 5001 && rejects < 5001 && accepts + rejects != denominator) return;
        bool accepted = accepts >= 5001;
        ballots().finalize(id, accepted && apply_(id, ballotType) ? 3 : 4);
        getBallotInVoting = 0;
    }

    /// False where the vote passed but the world has moved on.
    function apply_(uint256 id, uint256 ballotType) private returns (bool) {
        if (ballotType == 4) {
            implementation = ballots().getBallotAddress(id);
            emit Upgraded(implementation);
        } else if (ballotType == 5) {
            (bytes32 name, uint256 kind, bytes memory value) = ballots().getBallotVariable(id);
            env().setVariable(name, value);
            emit EnvChanged(name, kind, value);
        } else if (!applyMember(id, ballotType)) {
            return false;
        }
        modifiedBlock = block.number;
        return true;
    }

    function applyMember(uint256 id, uint256 ballotType) private returns (bool) {
        (address old, Seat memory next) = seatIn(id);
        if (ballotType == 1) {
            if (stakerIdx[next.staker] != 0) return notApplicable(id, "Already a member");
            put(++getMemberLength, next);
            emit MemberAdded(next.staker, next.voter);
            return true;
        }
        uint256 place = stakerIdx[old];
        // A removal counts as accepted all the same.
        if (place == 0) return notApplicable(id, "Not a member") || ballotType == 2;
        address oldVoter = seats[place].voter;
        (stakerIdx[old], voterIdx[oldVoter]) = (0, 0);
        if (ballotType == 2) {
            uint256 last = getMemberLength--;
            if (place != last) put(place, seats[last]);
            delete seats[last];
            emit MemberRemoved(old, oldVoter);
            return true;
        }
        put(place, next);
        if (old == next.staker) emit MemberUpdated(old, next.voter);
        else emit MemberChanged(old, next.staker, next.voter);
        return true;
    }

    function seatIn(uint256 id) private view returns (address old, Seat memory seat) {
        (old, seat.staker, seat.voter, seat.reward, seat.node.name, seat.node.enode, seat.node.ip, seat.node.port, ) =
            ballots().getBallotMember(id);
    }

    function notApplicable(uint256 id, string memory reason) private returns (bool) {
        emit NotApplicable(id, reason);
        return false;
    }

    function put(uint256 place, Seat memory seat) private {
        seats[place] = seat;
        (stakerIdx[seat.staker], voterIdx[seat.voter]) = (place, place);
    }

    function memberIn(MemberInfo calldata info, address old) private pure returns (WemixBallotStorage.Member memory) {
        return WemixBallotStorage.Member(
            old, info.staker, info.voter, info.reward, info.name, info.enode, info.ip, info.port, info.lockAmount
        );
    }

    function isOver(uint256 id) private view returns (bool) {
        (, uint256 endTime, , , , , , , uint256 state, , ) = ballots().getBallotBasic(id);
        return state == 2 && endTime < block.timestamp;
    }

    function clamped(uint256 duration) private view returns (uint256) {
        if (duration < getMinVotingDuration()) return getMinVotingDuration();
        return duration > getMaxVotingDuration() ? getMaxVotingDuration() : duration;
    }

    function ballots() private view returns (WemixBallotStorage) {
        return WemixBallotStorage(reg.getContractAddress("BallotStorage"));
    }

    function env() private view returns (WemixEnvStorage) {
        return WemixEnvStorage(reg.getContractAddress("EnvStorage"));
    }
}
