import { encodeAbiParameters, isHex, parseAbiParameters, stringToHex, zeroAddress } from 'viem'
import { decodeCurrentPlan } from '../../../../src/sources/governance/cosmos/plans.js'
import { decodePage, decodeProposal } from '../../../../src/sources/governance/cosmos/decode.js'
import { memberOf } from '../../../../src/sources/governance/cosmosSdk/members.js'
import { decodeNodeInfo } from '../../../../src/sources/governance/cosmosSdk/nodeInfo.js'
import { decodeStatus } from '../../../../src/sources/governance/cosmosSdk/cometBft.js'
import { decimalOf, durationOf, secondsOf, integerOf } from '../../../../src/sources/governance/cosmosSdk/scalars.js'
import { kindOf, messagesIn } from '../../../../src/sources/governance/cosmosSdk/messages.js'
import { toProposal } from '../../../../src/sources/governance/cosmos/toProposal.js'
import {
  accountsInFull,
  accountsInTitle,
  actionDescriptions,
  describeAction,
} from '../../../../src/sources/governance/govBase/descriptions.js'
import { forksIn } from '../../../../src/sources/governance/govBase/node.js'
import { decodeAction } from '../../../../src/sources/governance/governor/actions.js'
import { splitOf } from '../../../../src/sources/governance/governor/tally.js'
import { symbolIn } from '../../../../src/sources/governance/governor/tokenUnit.js'
import { proposalHash } from '../../../../src/sources/governance/governor/vouch.js'
import {
  rulesOf,
  toProposal as toDialectProposal,
} from '../../../../src/sources/governance/wemixvisorRpc/toProposal.js'
import { decodeMembers } from '../../../../src/sources/governance/wemixvisorRpc/report.js'
import { describeVariable, variableText } from '../../../../src/sources/governance/wemix/descriptions.js'
import { readText } from '../../../../src/sources/governance/wemix/decode.js'
import { matchAnswers } from '../../../../src/sources/jsonRpc/matchAnswers.js'
import { classifyRpcError } from '../../../../src/sources/rpc/errors/classifyRpcError.js'
import { suggestedRange } from '../../../../src/sources/rpc/logs/suggestedRange.js'
import { withoutSecrets } from '../../../../src/sources/rpc/errors/withoutSecrets.js'
import { describe, hide, type TextFunctions } from './textFunctions.js'

const transferOf = (text: string): `0x${string}` =>
  encodeAbiParameters(parseAbiParameters('address, uint256, string'), [zeroAddress, 1n, text])
// One action with a text in its data is enough.
const textWordings = [...actionDescriptions]
  .flatMap(([key, { types }]) => (isHex(key) && types.includes('string') ? [key] : []))
  .slice(0, 1)
const proposalOf = (text: string): unknown => ({
  id: '7',
  status: 'PROPOSAL_STATUS_PASSED',
  title: text,
  summary: text,
  metadata: JSON.stringify({ title: text }),
  proposer: text,
  failed_reason: text,
  submit_time: text,
  messages: [
    { '@type': text },
    { '@type': `/cosmos.upgrade.v1beta1.${text}` },
    { '@type': '/x.MsgSoftwareUpgrade', plan: { name: text, height: text, info: text } },
  ],
})
const dialectOf = (text: string): unknown => ({
  proposal_id: '7',
  status: 'passed',
  title: text,
  description: text,
  proposer: text,
  content: { '@type': text, title: text, description: text, plan: { name: text, height: text, info: text } },
})

/** What readers do with texts in the answers of nodes. */
export const sourcesTexts: TextFunctions = {
  withoutSecrets,
  suggestedRange: (text) => suggestedRange(text),
  classifyRpcError: (text) => classifyRpcError(new Error(text)),
  'matchAnswers: an error': (message) =>
    matchAnswers(
      [{ id: 1, method: 'status' }],
      { jsonrpc: '2.0', id: 1, error: { code: -1, message, data: message } },
      'a',
      hide,
    ),
  'cosmos: decodeProposal, toProposal': (text) => {
    const raw = decodeProposal(proposalOf(text))
    return typeof raw === 'string' ? raw : toProposal(raw, { chain: 'a', classify: [], readAt: 1n })
  },
  'cosmos: messages': (text) =>
    kindOf(
      messagesIn([{ '@type': text }, { '@type': `Msg${text}` }, { '@type': `x.authz.v${text}`, msgs: [] }]),
      false,
    ),
  'cosmos: scalars': (text) => [secondsOf(text), durationOf(text), integerOf(text), decimalOf(text)],
  'cosmos: answers': (text) => [
    decodeCurrentPlan({ plan: { name: text, height: text, info: text } }),
    decodeNodeInfo({ application_version: { name: text, version: text } }),
    decodePage({ proposals: [text], pagination: { next_key: text, total: text } }),
    decodeStatus({
      result: {
        node_info: { network: text, version: text },
        sync_info: { latest_block_height: text, latest_block_hash: text, latest_block_time: text },
      },
    }),
    memberOf({ operator_address: text, description: { moniker: text }, tokens: text, status: 'BOND_STATUS_BONDED' }),
  ],
  'wemixvisor-rpc: toProposal': (text) =>
    toDialectProposal(dialectOf(text), { chain: 'a', describe, rules: rulesOf({}), readAt: 1n }),
  'wemixvisor-rpc: decodeMembers': (text) =>
    decodeMembers({ validators: [{ address: text, pub_key: text, voting_power: text }] }),
  'governor: decodeAction': (text) => [
    decodeAction({ target: text, value: 0n, signature: text, calldata: '0x' }, new Set()),
    decodeAction({ target: zeroAddress, value: 0n, signature: `f(${text})`, calldata: stringToHex(text) }, new Set()),
  ],
  'governor: symbolIn': symbolIn,
  'governor: proposalHash': (text) =>
    proposalHash(
      { targets: [zeroAddress], values: [0n], calldatas: [stringToHex(text)] },
      stringToHex('', { size: 32 }),
    ),
  'governor: splitOf': (text) => splitOf({ support: 255, weight: 1n, params: stringToHex(text) }),
  'wemix: texts': (text) => {
    const variable = { name: `0x${'00'.repeat(32)}`, kind: 9n, value: stringToHex(text) } as const
    return [readText(stringToHex(text)), describeVariable(variable), variableText(variable)]
  },
  'gov-base: words': (text) => [
    accountsInTitle([text]),
    accountsInFull([text, text, text]),
    textWordings.map((actionType) =>
      describeAction({ actionType, callData: transferOf(text), requiredApprovals: 1n }, 'GovValidator'),
    ),
  ],
  'gov-base: forksIn': (text) => forksIn({ protocols: { eth: { config: { [text]: 1, [`${text}Block`]: 1 } } } }),
}
