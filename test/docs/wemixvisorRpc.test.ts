import { describe, expect, it } from 'vitest'
import { statusOf, statusWords } from '../../src/sources/governance/wemixvisorRpc/statusWords.js'
import { tableOf } from './pages.js'

describe('docs/wemixvisor-rpc.md', () => {
  it('lists every word for a status, and its meaning', () => {
    const words = tableOf('docs/wemixvisor-rpc.md', [
      'Word of the dialect',
      'Word of the Cosmos SDK',
      'Status',
    ]).flatMap(([own = '', cosmos = '', status]) =>
      `${own},${cosmos}`
        .split(/[^\w]+/)
        .filter((word) => word !== '')
        .map((word) => [word, status]),
    )

    expect(words).toStrictEqual(words.map(([word = '']) => [word, statusOf(word)]))
    expect(words.map(([word]) => word)).toStrictEqual(expect.arrayContaining(statusWords(true).map(({ word }) => word)))
  })
})
