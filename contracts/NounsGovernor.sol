// SPDX-License-Identifier: MIT
pragma solidity ^0.8.0;

/// What is different in the governors of the Nouns family: proposals that are edited while they are updatable, more
/// states, another order in `proposals(id)`. The state of a proposal is what anybody sets it to.
contract NounsGovernor {
    struct Content {
        address proposer;
        address[] targets;
        uint256[] values;
        string[] signatures;
        bytes[] calldatas;
        uint256 startBlock;
        uint256 endBlock;
    }

    struct Condensed {
        uint256 id;
        address proposer;
        uint256 proposalThreshold;
        uint256 quorumVotes;
        uint256 eta;
        uint256 startBlock;
        uint256 endBlock;
        uint256 forVotes;
        uint256 againstVotes;
        uint256 abstainVotes;
        bool canceled;
        bool vetoed;
        bool executed;
    }

    event ProposalCreated(
        uint256 id,
        address proposer,
        address[] targets,
        uint256[] values,
        string[] signatures,
        bytes[] calldatas,
        uint256 startBlock,
        uint256 endBlock,
        string description
    );
    event ProposalUpdated(
        uint256 indexed id,
        address indexed proposer,
        address[] targets,
        uint256[] values,
        string[] signatures,
        bytes[] calldatas,
        string description,
        string updateMessage
    );
    event ProposalTransactionsUpdated(
        uint256 indexed id,
        address indexed proposer,
        address[] targets,
        uint256[] values,
        string[] signatures,
        bytes[] calldatas,
        string updateMessage
    );
    event ProposalDescriptionUpdated(uint256 indexed id, address indexed proposer, string description, string updateMessage);
    event ProposalVetoed(uint256 id);

    string public constant name = "Nouns DAO";
    uint256 public constant votingDelay = 1;
    uint256 public constant votingPeriod = 300;
    uint256 public constant proposalThreshold = 0;
    uint256 public proposalCount;
    mapping(uint256 => Content) private contents;
    mapping(uint256 => uint8) private states;

    function propose(
        address[] memory targets,
        uint256[] memory values,
        string[] memory signatures,
        bytes[] memory calldatas,
        string memory description
    ) external returns (uint256 id) {
        id = ++proposalCount;
        setActions(id, targets, values, signatures, calldatas);
        contents[id].proposer = msg.sender;
        contents[id].startBlock = block.number + votingDelay;
        contents[id].endBlock = block.number + votingDelay + votingPeriod;
        states[id] = 10;
        emit ProposalCreated(id, msg.sender, targets, values, signatures, calldatas, contents[id].startBlock, contents[id].endBlock, description);
    }

    function updateProposal(
        uint256 id,
        address[] memory targets,
        uint256[] memory values,
        string[] memory signatures,
        bytes[] memory calldatas,
        string memory description,
        string memory updateMessage
    ) external {
        setActions(id, targets, values, signatures, calldatas);
        emit ProposalUpdated(id, msg.sender, targets, values, signatures, calldatas, description, updateMessage);
    }

    function updateProposalTransactions(
        uint256 id,
        address[] memory targets,
        uint256[] memory values,
        string[] memory signatures,
        bytes[] memory calldatas,
        string memory updateMessage
    ) external {
        setActions(id, targets, values, signatures, calldatas);
        emit ProposalTransactionsUpdated(id, msg.sender, targets, values, signatures, calldatas, updateMessage);
    }

    function updateProposalDescription(uint256 id, string calldata description, string calldata updateMessage) external {
        emit ProposalDescriptionUpdated(id, msg.sender, description, updateMessage);
    }

    function setState(uint256 id, uint8 to) external {
        states[id] = to;
        if (to == 8) emit ProposalVetoed(id);
    }

    function state(uint256 id) external view returns (uint8) {
        require(id > 0 && id <= proposalCount, "NounsDAO::state: invalid proposal id");
        return states[id];
    }

    function quorumVotes(uint256) external pure returns (uint256) {
        return 1;
    }

    function proposals(uint256 id) external view returns (Condensed memory condensed) {
        Content storage content = contents[id];
        condensed.id = id;
        condensed.proposer = content.proposer;
        condensed.quorumVotes = 1;
        condensed.startBlock = content.startBlock;
        condensed.endBlock = content.endBlock;
        (condensed.forVotes, condensed.againstVotes, condensed.abstainVotes) = (7, 3, 1);
        condensed.canceled = states[id] == 2;
        condensed.vetoed = states[id] == 8;
        condensed.executed = states[id] == 7;
    }

    function getActions(uint256 id)
        external
        view
        returns (address[] memory, uint256[] memory, string[] memory, bytes[] memory)
    {
        Content storage content = contents[id];
        return (content.targets, content.values, content.signatures, content.calldatas);
    }

    function setActions(uint256 id, address[] memory targets, uint256[] memory values, string[] memory signatures, bytes[] memory calldatas) private {
        Content storage content = contents[id];
        (content.targets, content.values, content.signatures, content.calldatas) = (targets, values, signatures, calldatas);
    }
}
