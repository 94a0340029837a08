import { parsedJson } from '../../../../src/domain/text/boundedJson.js'
import { checkPlan } from '../../../../src/domain/plans/checkPlan.js'
import { typeOf } from '../../../../src/domain/proposals/classify.js'
import { excerptOf } from '../../../../src/domain/text/excerptOf.js'
import { extractPlan } from '../../../../src/domain/plans/extractPlan.js'
import { htmlStart } from '../../../../src/domain/markdown/htmlBlock.js'
import { isAllDefinitions } from '../../../../src/domain/markdown/linkDefinitions.js'
import { markdownBlocks } from '../../../../src/domain/markdown/markdownBlocks.js'
import { percentDecoded } from '../../../../src/domain/text/percentDecoded.js'
import { planLine, votesText } from '../../../../src/domain/notifications/phrases.js'
import { readPlan } from '../../../../src/domain/plans/readPlan.js'
import { redactUrl } from '../../../../src/domain/secrets/redact.js'
import { cleanLine, cleanText, hasInvisible } from '../../../../src/domain/text/text.js'
import { titleOf } from '../../../../src/domain/proposals/titleOf.js'
import { withoutProposer } from '../../../../src/domain/proposals/withoutProposer.js'
import { describe, hide, type TextFunctions } from './textFunctions.js'

const block = (text: string): string => `\`\`\`upgrade-plan\n${text}\n\`\`\``

/** Functions of the domain for texts from outside: of a proposal, a plan, an address. */
export const domainTexts: TextFunctions = {
  cleanLine: (text) => cleanLine(text, 120),
  cleanText: (text) => cleanText(text, 20_000),
  hasInvisible,
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
    planLine({ plan: { name: text, height: 1 }, problems: [text] }),
    votesText(1_000n, { unit: text, decimals: 2 }),
  ],
  redactUrl,
  redactor: hide,
}
