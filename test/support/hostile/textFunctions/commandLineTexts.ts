import { auditSentence } from '../../../../src/cli/output/auditSentence.js'
import { eventDetails } from '../../../../src/cli/output/eventDetails.js'
import { cutToWidth, displayWidth } from '../../../../src/cli/output/displayWidth.js'
import { prettyLine } from '../../../../src/cli/output/prettyLine.js'
import { itemsMatching, shortIds, wholeIds } from '../../../../src/cli/output/shortIds.js'
import { wrapText } from '../../../../src/cli/output/wrapText.js'
import { cleanText } from '../../../../src/domain/text/text.js'
import type { TextFunctions } from './textFunctions.js'

/** The functions of the command line for texts from a chain. */
export const commandLineTexts: TextFunctions = {
  'command line: ids': (text) => [
    shortIds([text, `${text}a`, `b${text}`])(text),
    itemsMatching([text], text.slice(0, -1), (one) => [one]).length,
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
