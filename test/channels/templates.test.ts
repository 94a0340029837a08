import { describe, expect, it } from 'vitest'
import { type Templates, withTemplates } from '../../src/channels/templates.js'
import { announceProposal } from '../../src/domain/notifications/announceProposal.js'
import { messageOf } from '../../src/domain/notifications/message.js'
import type { Json } from '../../src/domain/text/json.js'
import { genesis, proposal } from '../support/builders.js'

const about = (title: string) =>
  announceProposal(['new_proposal'], proposal('7', { title, proposer: '0xb0b' }), { at: 10n, time: genesis })[0]!
    .notification

function composed(layers: readonly (Templates | undefined)[], title = 'Pay the gardener') {
  const warnings: Readonly<Record<string, Json>>[] = []
  const log = { warn: (fields: Readonly<Record<string, Json>>) => void warnings.push(fields) }
  const compose = withTemplates(messageOf, layers, { log, timezone: 'UTC', handler: 'ops' })
  return { message: compose(about(title)), warnings, plain: messageOf(about(title)) }
}

describe('withTemplates', () => {
  it('replaces the default texts by those of the operator', () => {
    const { message, plain } = composed([
      {
        new_proposal: {
          title: '[{{ priority }}] {{ title }}',
          body: '{{ chain }}: by {{ data.proposer }}\n\nRead it.\n',
        },
      },
    ])
    const { advice: _advice, ...rest } = plain
    expect(message).toStrictEqual({
      ...rest,
      title: '[medium] New proposal: Pay the gardener',
      lines: ['local: by 0xb0b', 'Read it.'],
      facts: [],
    })
  })

  it('prefers the templates of the handler to common ones, for each part, and keeps other events unchanged', () => {
    const common = { new_proposal: { title: 'common', body: 'common' }, voting_started: { title: 'other' } }
    expect(composed([{ new_proposal: { title: 'own' } }, common]).message).toMatchObject({
      title: 'own',
      lines: ['common'],
    })
    expect(composed([undefined, { voting_started: { title: 'other' } }])).toMatchObject({
      message: { title: 'New proposal: Pay the gardener' },
      warnings: [],
    })
  })

  it('falls back to the default of a part that fails, and reports that', () => {
    const { message, plain, warnings } = composed([{ new_proposal: { title: 'Fine', body: '{{ data.nope.deeper }}' } }])
    expect(message).toStrictEqual({ ...plain, title: 'Fine' })
    expect(warnings).toStrictEqual([
      {
        handler: 'ops',
        event: 'new_proposal',
        part: 'body',
        problem: 'undefined variable: data.nope (line 1, column 4 of the template)',
      },
    ])
  })

  it('reduces a title to one line', () => {
    expect(composed([{ new_proposal: { title: 'a\n\nb' } }]).message.title).toBe('a b')
  })

  it.each([
    ['title', '{% if false %}x{% endif %}'],
    ['body', '{% if false %}x{% endif %}\n \u200b\n'],
  ])('falls back to the default of a %s that is empty, and reports that', (part, template) => {
    const { message, plain, warnings } = composed([{ new_proposal: { [part]: template } }])
    expect(message).toStrictEqual(plain)
    expect(warnings).toStrictEqual([{ handler: 'ops', event: 'new_proposal', part, problem: 'its result is empty' }])
  })

  it('removes control characters from text of a chain', () => {
    const { message } = composed([{ new_proposal: { body: '{{ data.title }}' } }], 'a\u202eb\u0000c\u001b[31md')
    expect(message.lines).toStrictEqual(['abcd'])
  })
})
