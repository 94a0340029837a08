import { encodeAbiParameters, isHex, parseAbiParameters, stringToHex, zeroAddress } from 'viem'
import { auditSentence } from '../../../src/cli/output/auditSentence.js'
import { cutText, fitList } from '../../../src/channels/cutText.js'
import { eventDetails } from '../../../src/cli/output/eventDetails.js'
import { cutToWidth, displayWidth } from '../../../src/cli/output/displayWidth.js'
import { prettyLine } from '../../../src/cli/output/prettyLine.js'
import { itemsMeantBy, shortIds, wholeIds } from '../../../src/cli/output/shortIds.js'
import { wrapText } from '../../../src/cli/output/wrapText.js'
import { parsedJson } from '../../../src/domain/text/boundedJson.js'
import { checkPlan } from '../../../src/domain/plans/checkPlan.js'
import { typeOf } from '../../../src/domain/proposals/classify.js'
import { redactor } from '../../../src/domain/secrets/redactor.js'
import { describeProposal } from '../../../src/domain/proposals/describeProposal.js'
import { excerptOf } from '../../../src/domain/text/excerptOf.js'
import { extractPlan } from '../../../src/domain/plans/extractPlan.js'
import { htmlStart } from '../../../src/domain/markdown/htmlBlock.js'
import { isAllDefinitions } from '../../../src/domain/markdown/linkDefinitions.js'
import { markdownBlocks } from '../../../src/domain/markdown/markdownBlocks.js'
import { percentDecoded } from '../../../src/domain/text/percentDecoded.js'
import { planLine, votesText } from '../../../src/domain/notifications/phrases.js'
import { readPlan } from '../../../src/domain/plans/readPlan.js'
import { redactUrl } from '../../../src/domain/secrets/redact.js'
import { cleanLine, cleanText, hasInvisible } from '../../../src/domain/text/text.js'
import { titleOf } from '../../../src/domain/proposals/titleOf.js'
import { withoutProposer } from '../../../src/domain/proposals/withoutProposer.js'
import { causeOf } from '../../../src/transport/causes.js'
import { redirectOf } from '../../../src/transport/redirectOf.js'
import { retryAfter } from '../../../src/transport/retryAfter.js'
import { parseUpgradeInfo } from '../../../src/sinks/upgradeInfo/parseUpgradeInfo.js'
import { decodeCurrentPlan } from '../../../src/sources/governance/cosmos/plans.js'
import { decodeNodeInfo, decodePage, decodeProposal, memberOf } from '../../../src/sources/governance/cosmos/decode.js'
import { decodeStatus } from '../../../src/sources/governance/cosmos/cometBft.js'
import { decimalOf, durationOf, secondsOf, wholeOf } from '../../../src/sources/governance/cosmosSdk/scalars.js'
import { kindOf, messagesIn } from '../../../src/sources/governance/cosmosSdk/messages.js'
import { toProposal } from '../../../src/sources/governance/cosmos/toProposal.js'
import {
  accountsInFull,
  accountsInTitle,
  actionDescriptions,
  describeAction,
} from '../../../src/sources/governance/govBase/descriptions.js'
import { forksIn } from '../../../src/sources/governance/govBase/node.js'
import { decodeAction } from '../../../src/sources/governance/governor/actions.js'
import { splitOf } from '../../../src/sources/governance/governor/tally.js'
import { symbolIn } from '../../../src/sources/governance/governor/tokenUnit.js'
import { proposalHash } from '../../../src/sources/governance/governor/vouch.js'
import { rulesOf, toProposal as toDialectProposal } from '../../../src/sources/governance/wemixvisorRpc/toProposal.js'
import { decodeMembers } from '../../../src/sources/governance/wemixvisorRpc/report.js'
import { describeVariable, variableText } from '../../../src/sources/governance/wemix/descriptions.js'
import { readText } from '../../../src/sources/governance/wemix/decode.js'
import { matchAnswers } from '../../../src/sources/jsonRpc/matchAnswers.js'
import { classifyRpcError } from '../../../src/sources/rpc/errors/classifyRpcError.js'
import { suggestedRange } from '../../../src/sources/rpc/logs/suggestedRange.js'
import { withoutSecrets } from '../../../src/sources/rpc/errors/withoutSecrets.js'

const block = (text: string): string => `\`\`\`upgrade-plan\n${text}\n\`\`\``
const describe = (raw: Parameters<typeof describeProposal>[0]) => describeProposal(raw, [])
const hide = redactor({
  urls: [
    'https://user:password@example.com/a/long-key-of-this-node?key=another-key-of-it',
    'https://u5er:aaaaaaaaaaaaaaab@node.example/',
  ],
  secrets: ['aaaaaaaa', 'secret'],
})
const transferOf = (text: string): `0x${string}` =>
  encodeAbiParameters(parseAbiParameters('address, uint256, string'), [zeroAddress, 1n, text])
// One action whose data holds a text stands for all.
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

/**
 * Every function that is given a text of somebody else: a proposal, an answer of a node, a file, a header. A new one
 * belongs here: test/process/growth.test.ts then holds it to linear time.
 */
export const foreignTextFunctions: Readonly<Record<string, (text: string) => unknown>> = {
  cleanLine: (text) => cleanLine(text, 120),
  cleanText: (text) => cleanText(text, 20_000),
  hasInvisible,
  cutText: (text) => [cutText(text, 100), cutText(text, Math.floor(text.length / 2))],
  fitList: (text) => fitList(text.split(/(?<=a)/), { max: Math.floor(text.length / 2) }),
  titleOf,
  withoutProposer,
  markdownBlocks: (text) => [...markdownBlocks(text)].length,
  htmlStart: (text) => [htmlStart(text, false), htmlStart(`<a ${text}`, false), htmlStart(`<a b="1"${text}`, false)],
  isAllDefinitions: (text) => [
    isAllDefinitions(text),
    isAllDefinitions(`[a]: ${text}`),
    isAllDefinitions(`[a]: b\n${text}`),
  ],
  'extractPlan of a description': (description) => extractPlan({ description, actions: [] }),
  'extractPlan of a memo': (memo) => extractPlan({ description: '', memo, actions: [] }),
  'extractPlan of a block': (text) => extractPlan({ description: block(text), actions: [] }),
  'extractPlan of hidden blocks': (text) => extractPlan({ description: `${block('{}')}\n<!--\n${text}`, actions: [] }),
  'extractPlan of an EnvVal ballot': (envVal) => extractPlan({ description: '', envVal, actions: [] }),
  describeProposal: (text) => describe({ title: text, description: text, memo: text, actions: [] }),
  'typeOf with a pattern': (title) =>
    typeOf({ title, actions: [] }, [
      { type: 'text', title: '^(\\w+\\s?)+$' },
      { type: 'other', title: '(a*)*b|(.*)*x' },
    ]),
  parsedJson,
  readPlan: (text) => readPlan({ name: text, height: text, info: text }),
  'readPlan with binaries': (text) => readPlan({ name: 'v2', height: 1, info: { binaries: { [text]: text } } }),
  checkPlan: (text) => checkPlan({ name: text, height: 1, info: text }, { profile: 'cosmovisor' }),
  'checkPlan of binaries': (text) =>
    checkPlan({
      name: 'v2',
      height: 1,
      info: {
        binaries: {
          [text]: text,
          'linux/amd64': `https://example.com/${text}?checksum=${text}`,
          any: `https://${text}`,
        },
      },
    }),
  'excerptOf a description': (description) => excerptOf({ title: description.slice(0, 20), description }),
  'excerptOf a title': (title) => excerptOf({ title, description: `${title}\n${title}` }),
  percentDecoded,
  'phrases: lines': (text) => [
    planLine({ plan: { name: text, height: 1 }, origin: 'memo', problems: [text] }),
    votesText(1_000n, { unit: text, decimals: 2 }),
  ],
  redactUrl,
  redactor: hide,
  withoutSecrets,
  suggestedRange: (text) => suggestedRange(text),
  classifyRpcError: (text) => classifyRpcError(new Error(text)),
  'a gateway: causeOf, redirectOf': (text) => [
    causeOf(new Error(`Proxy response (${text}`)),
    causeOf(Object.assign(new Error(text), { code: text })),
    ...[text, `//${text}`, `https://${text}/`].map((location) =>
      redirectOf({ status: 302, header: () => location }, new URL('https://example.com')),
    ),
  ],
  'matchAnswers: an error': (message) =>
    matchAnswers(
      [{ id: 1, method: 'status' }],
      { jsonrpc: '2.0', id: 1, error: { code: -1, message, data: message } },
      'a',
      hide,
    ),
  retryAfter: (text) => retryAfter(text, 0),
  parseUpgradeInfo,
  'cosmos: decodeProposal, toProposal': (text) => {
    const raw = decodeProposal(proposalOf(text))
    return typeof raw === 'string' ? raw : toProposal(raw, { chain: 'a', classify: [], readAt: 1n })
  },
  'cosmos: messages': (text) =>
    kindOf(
      messagesIn([{ '@type': text }, { '@type': `Msg${text}` }, { '@type': `x.authz.v${text}`, msgs: [] }]),
      false,
    ),
  'cosmos: scalars': (text) => [secondsOf(text), durationOf(text), wholeOf(text), decimalOf(text)],
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
  'command line: ids': (text) => [
    shortIds([text, `${text}a`, `b${text}`])(text),
    itemsMeantBy([text], text.slice(0, -1), (one) => [one]).length,
  ],
  'command line: lines': (text) => [
    prettyLine(
      {
        priority: 'high',
        level: 30,
        time: text,
        msg: text,
        chain: text,
        message: text,
        title: text,
        event: 'source_down',
        data: { text },
      },
      { width: 80, color: false },
    ),
    eventDetails({ event: 'source_down', chain: 'a', message: text, data: {} }, 0),
    eventDetails(
      {
        event: 'new_proposal',
        chain: 'a',
        message: text,
        data: {
          status: 'voting',
          proposalId: text,
          proposer: text,
          plan: { name: text, height: text },
          tally: { yes: text, unit: text },
        },
      },
      0,
    ),
    ...['change', 'upgrade', 'delivery'].map((kind) =>
      auditSentence(
        {
          seq: 1,
          at: 0,
          chain: 'a',
          kind,
          detail: {
            type: 'proposalAppeared',
            result: 'refused',
            reason: text,
            reasons: [text],
            title: text,
            id: text,
            key: text,
            name: text,
          },
        },
        wholeIds,
      ),
    ),
  ],
  'command line: widths': (text) => [displayWidth(text), cutToWidth(text, 80), wrapText(cleanText(text, 20_000), 80)],
}
