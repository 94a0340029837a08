import { describeProposal } from '../../../../src/domain/proposals/describeProposal.js'
import { redactor } from '../../../../src/domain/secrets/redactor.js'

/** Functions for texts from outside, by name. */
export type TextFunctions = Readonly<Record<string, (text: string) => unknown>>

/** As `describeProposal`, without rules of an operator. */
export const describe = (raw: Parameters<typeof describeProposal>[0]) => describeProposal(raw, [])

/** Removes secrets that look like the texts. */
export const hide = redactor({
  urls: [
    'https://user:password@example.com/a/long-key-of-this-node?key=another-key-of-it',
    'https://u5er:aaaaaaaaaaaaaaab@node.example/',
  ],
  secrets: ['aaaaaaaa', 'secret'],
})
