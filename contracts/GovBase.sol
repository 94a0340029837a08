// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

/// The governance base of the WBFT system contracts, written anew from what their shipped form does on a live node:
/// same ABI, same events, same silences. `GovValidator`, `GovCouncil`, `GovMinter` and `GovMasterMinter` build on it.
abstract contract GovBase {
    enum Status { None, Voting, Approved, Executed, Cancelled, Expired, Failed, Rejected }

    struct Proposal {
        bytes32 actionType;
        uint256 memberVersion;
        uint256 votedBitmap;
        uint256 createdAt;
        uint256 executedAt;
        address proposer;
        uint32 requiredApprovals;
        uint32 approved;
        uint32 rejected;
        Status status;
        bytes callData;
    }

    struct Member {
        bool isActive;
        uint32 joinedAt;
    }

    error InvalidProposal();
    error AlreadyAMember();
    error NotAMember();
    error InvalidQuorum();
    error InvalidState();
    error AlreadyVoted();
    error TooManyActiveProposals();

    event ProposalCreated(uint256 indexed proposalId, address indexed proposer, bytes32 actionType, uint256 memberVersion, uint256 requiredApprovals, bytes callData);
    event ProposalVoted(uint256 indexed proposalId, address indexed voter, bool approval, uint256 approved, uint256 rejected);
    event ProposalApproved(uint256 indexed proposalId, address indexed approver, uint256 approved, uint256 rejected);
    event ProposalRejected(uint256 indexed proposalId, address indexed rejector, uint256 approved, uint256 rejected);
    event ProposalExecuted(uint256 indexed proposalId, address indexed executor, bool success);
    event ProposalFailed(uint256 indexed proposalId, address indexed executor, bytes reason);
    event ProposalExpired(uint256 indexed proposalId, address indexed executor);
    event ProposalCancelled(uint256 indexed proposalId, address indexed canceller);
    event MemberAdded(address indexed member, uint256 totalMembers, uint32 newQuorum);
    event MemberRemoved(address indexed member, uint256 totalMembers, uint32 newQuorum);
    event MemberChanged(address indexed oldMember, address indexed newMember);
    event QuorumUpdated(uint32 oldQuorum, uint32 newQuorum);
    event MaxProposalsPerMemberUpdated(uint256 oldMax, uint256 newMax);

    bytes32 public constant ACTION_ADD_MEMBER = keccak256("ACTION_ADD_MEMBER");
    bytes32 public constant ACTION_REMOVE_MEMBER = keccak256("ACTION_REMOVE_MEMBER");
    bytes32 public constant ACTION_CHANGE_MEMBER = keccak256("ACTION_CHANGE_MEMBER");
    bytes32 public constant ACTION_CHANGE_QUORUM = keccak256("ACTION_CHANGE_QUORUM");
    bytes32 public constant ACTION_CHANGE_MAX_PROPOSALS = keccak256("ACTION_CHANGE_MAX_PROPOSALS");
    uint256 public constant MAX_MEMBER_INDEX = 255;
    uint256 public constant MAX_RETRY_COUNT = 3;
    uint256 public constant INITIAL_MEMBER_VERSION = 1;

    uint256 public immutable proposalExpiry;
    uint256 public currentProposalId;
    uint256 public memberVersion = INITIAL_MEMBER_VERSION;
    uint256 public maxActiveProposalsPerMember = 50;
    mapping(uint256 => Proposal) public proposals;
    mapping(uint256 => uint256) public proposalExecutionCount;
    mapping(address => Member) public members;
    mapping(address => uint256) public memberActiveProposalCount;
    mapping(uint256 => address[]) public versionedMemberList;
    mapping(uint256 => uint32) public getQuorum;

    constructor(address[] memory genesisMembers, uint32 genesisQuorum, uint256 expiry) {
        versionedMemberList[memberVersion] = genesisMembers;
        for (uint256 i = 0; i < genesisMembers.length; i++) members[genesisMembers[i]] = Member(true, 0);
        getQuorum[memberVersion] = genesisQuorum;
        proposalExpiry = expiry;
    }

    modifier onlyMember() {
        if (!members[msg.sender].isActive) revert NotAMember();
        _;
    }

    // ---- proposals

    function proposeAddMember(address newMember, uint32 newQuorum) external returns (uint256) {
        return _propose(ACTION_ADD_MEMBER, abi.encode(newMember, newQuorum));
    }

    function proposeRemoveMember(address member, uint32 newQuorum) external returns (uint256) {
        return _propose(ACTION_REMOVE_MEMBER, abi.encode(member, newQuorum));
    }

    function proposeChangeQuorum(uint32 newQuorum) external returns (uint256) {
        return _propose(ACTION_CHANGE_QUORUM, abi.encode(newQuorum));
    }

    function proposeChangeMaxProposals(uint256 newMax) external returns (uint256) {
        return _propose(ACTION_CHANGE_MAX_PROPOSALS, abi.encode(newMax));
    }

    /// Not in the shipped contracts: stands for whatever a later release may propose.
    function proposeAnything(bytes32 actionType, bytes calldata callData) external returns (uint256) {
        return _propose(actionType, callData);
    }

    function approveProposal(uint256 proposalId) external onlyMember {
        _vote(proposalId, true);
    }

    function disapproveProposal(uint256 proposalId) external onlyMember {
        _vote(proposalId, false);
    }

    /// Tries again what was approved and failed. The fourth attempt gives up, with an event.
    function executeProposal(uint256 proposalId) external onlyMember returns (bool) {
        if (_expires(proposalId)) return false;
        if (_known(proposalId).status != Status.Approved) revert InvalidState();
        if (proposalExecutionCount[proposalId] >= MAX_RETRY_COUNT) {
            _close(proposalId, Status.Failed);
            emit ProposalFailed(proposalId, msg.sender, "Max retry count reached");
            return false;
        }
        return _execute(proposalId);
    }

    /// Tries for the last time. A failure is final, and no ProposalFailed tells it.
    function executeWithFailure(uint256 proposalId) external onlyMember returns (bool) {
        if (_expires(proposalId)) return false;
        if (_known(proposalId).status != Status.Approved) revert InvalidState();
        bool success = _execute(proposalId);
        if (!success) _close(proposalId, Status.Failed);
        return success;
    }

    function cancelProposal(uint256 proposalId) external onlyMember {
        if (_expires(proposalId)) return;
        Proposal storage proposal = _known(proposalId);
        bool alone = proposal.approved + proposal.rejected == 1;
        if (proposal.status != Status.Voting || proposal.proposer != msg.sender || !alone) revert InvalidState();
        _close(proposalId, Status.Cancelled);
        emit ProposalCancelled(proposalId, msg.sender);
    }

    function expireProposal(uint256 proposalId) external onlyMember returns (bool) {
        return _expires(proposalId);
    }

    /// Hands a seat over: no proposal, and the list of the current version is edited in place.
    function changeMember(address newMember) external onlyMember {
        if (members[newMember].isActive) revert AlreadyAMember();
        address[] storage list = versionedMemberList[memberVersion];
        for (uint256 i = 0; i < list.length; i++) if (list[i] == msg.sender) list[i] = newMember;
        members[newMember] = Member(true, uint32(block.timestamp));
        members[msg.sender].isActive = false;
        emit MemberChanged(msg.sender, newMember);
    }

    // ---- views

    function getProposal(uint256 proposalId) external view returns (Proposal memory) {
        return _known(proposalId);
    }

    function quorum() public view returns (uint32) {
        return getQuorum[memberVersion];
    }

    function getMemberCount(uint256 targetVersion) external view returns (uint256) {
        return versionedMemberList[targetVersion].length;
    }

    function getMemberAt(uint256 targetVersion, uint256 index) external view returns (address) {
        return versionedMemberList[targetVersion][index];
    }

    function isMember(address account, uint256 targetVersion) external view returns (bool) {
        (bool found, ) = _seatOf(account, targetVersion);
        return found;
    }

    function hasApproved(address member, uint256 proposalId) external view returns (bool) {
        Proposal storage proposal = _known(proposalId);
        (bool found, uint256 seat) = _seatOf(member, proposal.memberVersion);
        return found && (proposal.votedBitmap >> seat) & 1 == 1;
    }

    function isProposalInVoting(uint256 proposalId) external view returns (bool) {
        return _known(proposalId).status == Status.Voting && !_isPast(proposalId);
    }

    function isProposalExecutable(uint256 proposalId) external view returns (bool) {
        (uint8 result, ) = canExecuteProposal(proposalId);
        return result == 0;
    }

    /// 0 executable, 1 no such proposal, 2 not approved, 3 expired, 4 too many attempts.
    function canExecuteProposal(uint256 proposalId) public view returns (uint8 result, uint256 attemptsLeft) {
        if (proposalId == 0 || proposalId > currentProposalId) return (1, 0);
        if (proposals[proposalId].status != Status.Approved) return (2, 0);
        if (_isPast(proposalId)) return (3, 0);
        uint256 tried = proposalExecutionCount[proposalId];
        return tried >= MAX_RETRY_COUNT ? (4, 0) : (0, MAX_RETRY_COUNT - tried);
    }

    function getMemberActiveProposalCount(address member) external view returns (uint256) {
        return memberActiveProposalCount[member];
    }

    function canCreateProposal(address member) public view returns (bool) {
        return members[member].isActive && memberActiveProposalCount[member] < maxActiveProposalsPerMember;
    }

    // ---- the inside

    /// What the contract itself can do. False where it cannot be done; a revert takes the deciding vote with it.
    function _act(bytes32 actionType, bytes memory callData) internal virtual returns (bool) {
        if (actionType == ACTION_ADD_MEMBER) {
            (address member, uint32 newQuorum) = abi.decode(callData, (address, uint32));
            if (members[member].isActive) revert AlreadyAMember();
            address[] memory list = versionedMemberList[memberVersion];
            memberVersion++;
            versionedMemberList[memberVersion] = list;
            versionedMemberList[memberVersion].push(member);
            members[member] = Member(true, uint32(block.timestamp));
            emit MemberAdded(member, list.length + 1, newQuorum);
            return _setQuorum(quorumBefore(), newQuorum);
        }
        if (actionType == ACTION_REMOVE_MEMBER) {
            (address member, uint32 newQuorum) = abi.decode(callData, (address, uint32));
            if (!members[member].isActive) revert NotAMember();
            address[] memory list = versionedMemberList[memberVersion];
            memberVersion++;
            for (uint256 i = 0; i < list.length; i++) if (list[i] != member) versionedMemberList[memberVersion].push(list[i]);
            members[member].isActive = false;
            emit MemberRemoved(member, list.length - 1, newQuorum);
            return _setQuorum(quorumBefore(), newQuorum);
        }
        if (actionType == ACTION_CHANGE_QUORUM) return _setQuorum(quorum(), abi.decode(callData, (uint32)));
        if (actionType == ACTION_CHANGE_MAX_PROPOSALS) {
            uint256 newMax = abi.decode(callData, (uint256));
            emit MaxProposalsPerMemberUpdated(maxActiveProposalsPerMember, newMax);
            maxActiveProposalsPerMember = newMax;
            return true;
        }
        return false;
    }

    function quorumBefore() private view returns (uint32) {
        return getQuorum[memberVersion - 1];
    }

    function _setQuorum(uint32 oldQuorum, uint32 newQuorum) private returns (bool) {
        if (newQuorum == 0 || newQuorum > versionedMemberList[memberVersion].length) revert InvalidQuorum();
        getQuorum[memberVersion] = newQuorum;
        emit QuorumUpdated(oldQuorum, newQuorum);
        return true;
    }

    function _propose(bytes32 actionType, bytes memory callData) internal onlyMember returns (uint256 proposalId) {
        if (!canCreateProposal(msg.sender)) revert TooManyActiveProposals();
        proposalId = ++currentProposalId;
        memberActiveProposalCount[msg.sender]++;
        uint32 required = quorum();
        proposals[proposalId] = Proposal(
            actionType, memberVersion, 0, block.timestamp, 0, msg.sender, required, 0, 0, Status.Voting, callData
        );
        emit ProposalCreated(proposalId, msg.sender, actionType, memberVersion, required, callData);
        _vote(proposalId, true);
    }

    function _vote(uint256 proposalId, bool approval) private {
        if (_expires(proposalId)) return;
        Proposal storage proposal = _known(proposalId);
        if (proposal.status != Status.Voting) revert InvalidState();
        (bool found, uint256 seat) = _seatOf(msg.sender, proposal.memberVersion);
        if (!found) revert NotAMember();
        if ((proposal.votedBitmap >> seat) & 1 == 1) revert AlreadyVoted();
        proposal.votedBitmap |= 1 << seat;
        if (approval) proposal.approved++;
        else proposal.rejected++;
        emit ProposalVoted(proposalId, msg.sender, approval, proposal.approved, proposal.rejected);
        if (proposal.approved >= proposal.requiredApprovals) {
            proposal.status = Status.Approved;
            emit ProposalApproved(proposalId, msg.sender, proposal.approved, proposal.rejected);
            _execute(proposalId);
        } else if (proposal.rejected > versionedMemberList[proposal.memberVersion].length - proposal.requiredApprovals) {
            _close(proposalId, Status.Rejected);
            emit ProposalRejected(proposalId, msg.sender, proposal.approved, proposal.rejected);
        }
    }

    function _execute(uint256 proposalId) private returns (bool success) {
        proposalExecutionCount[proposalId]++;
        Proposal storage proposal = proposals[proposalId];
        success = _act(proposal.actionType, proposal.callData);
        if (success) {
            proposal.executedAt = block.timestamp;
            _close(proposalId, Status.Executed);
        }
        emit ProposalExecuted(proposalId, msg.sender, success);
    }

    function _expires(uint256 proposalId) private returns (bool) {
        Proposal storage proposal = _known(proposalId);
        bool open = proposal.status == Status.Voting || proposal.status == Status.Approved;
        if (!open || !_isPast(proposalId)) return false;
        _close(proposalId, Status.Expired);
        emit ProposalExpired(proposalId, msg.sender);
        return true;
    }

    function _close(uint256 proposalId, Status status) private {
        proposals[proposalId].status = status;
        memberActiveProposalCount[proposals[proposalId].proposer]--;
    }

    function _isPast(uint256 proposalId) private view returns (bool) {
        return block.timestamp > proposals[proposalId].createdAt + proposalExpiry;
    }

    function _known(uint256 proposalId) private view returns (Proposal storage) {
        if (proposalId == 0 || proposalId > currentProposalId) revert InvalidProposal();
        return proposals[proposalId];
    }

    function _seatOf(address account, uint256 version) private view returns (bool, uint256) {
        address[] storage list = versionedMemberList[version];
        for (uint256 i = 0; i < list.length; i++) if (list[i] == account) return (true, i);
        return (false, 0);
    }
}
