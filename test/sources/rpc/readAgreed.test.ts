import { describe, expect, it } from 'vitest'
import { SourceError } from '../../../src/domain/errors.js'
import { readAgreed } from '../../../src/sources/rpc/readAgreed.js'

const gone = new SourceError('permanent', 'There is no contract.')
const silent = new SourceError('transient', 'The node does not answer.')

/** What is believed of a node that gives these answers one after another, and how many of them it took. */
async function believed(answers: readonly (string | Error)[], known?: string): Promise<readonly [unknown, number]> {
  let reads = 0
  const read = (): Promise<string> => {
    const answer = answers[reads++] ?? ''
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
  }
  const outcome = await readAgreed(read, known, { where: 'The node', meaningOf: String }).catch(
    (failure: unknown) => failure,
  )
  return [outcome instanceof Error ? outcome.message : outcome, reads]
}

describe('what is believed for long', () => {
  it.each([
    ['is read twice where nothing is known', ['a', 'a'], undefined, 'a', 2],
    ['is read once where it is as it was known', ['a'], 'a', 'a', 1],
    ['is what two readings in a row say: one wrong answer first', ['b', 'a', 'a'], undefined, 'a', 3],
    ['is what two readings in a row say: one wrong answer second', ['a', 'b', 'a', 'a'], undefined, 'a', 4],
    ['stays where one answer differs', ['b', 'a', 'a'], 'a', 'a', 3],
    ['changes where two answers agree on it', ['b', 'b'], 'a', 'b', 2],
    [
      'is nothing if it is told in another way each time',
      ['a', 'b', 'a', 'b', 'a'],
      undefined,
      'The node gives different answers to the same question.',
      4,
    ],
    ['stays where one answer says that it is not there', [gone, 'a', 'a'], 'a', 'a', 3],
    ['is not there if two answers say so', [gone, gone], 'a', gone.message, 2],
    ['is not known if the node does not answer', [silent], 'a', silent.message, 1],
  ])('%s', async (_title, answers, known, expected, reads) => {
    expect(await believed(answers, known)).toStrictEqual([expected, reads])
  })

  it('is compared by its meaning, and told as it was read last', async () => {
    const answers = [
      { kind: 'council', count: 1 },
      { kind: 'council', count: 2 },
    ]
    const read = () => Promise.resolve(answers.shift() ?? { kind: '', count: 0 })
    const meaningOf = ({ kind }: { readonly kind: string }) => kind
    expect(await readAgreed(read, undefined, { where: 'The node', meaningOf })).toStrictEqual({
      kind: 'council',
      count: 2,
    })
  })
})
