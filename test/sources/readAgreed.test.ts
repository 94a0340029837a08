import { describe, expect, it } from 'vitest'
import { SourceError } from '../../src/domain/errors.js'
import { readAgreed } from '../../src/sources/readAgreed.js'

const gone = new SourceError('permanent', 'There is no contract.')
const silent = new SourceError('transient', 'The node does not answer.')

/** What is believed of a node that gives these answers in turn, and how many of them were read. */
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

describe('readAgreed', () => {
  it.each([
    ['reads twice if nothing is known', ['a', 'a'], undefined, 'a', 2],
    ['reads once if the answer is the known one', ['a'], 'a', 'a', 1],
    ['believes two equal answers in a row: a wrong one first', ['b', 'a', 'a'], undefined, 'a', 3],
    ['believes two equal answers in a row: a wrong one second', ['a', 'b', 'a', 'a'], undefined, 'a', 4],
    ['keeps the known value if one answer differs', ['b', 'a', 'a'], 'a', 'a', 3],
    ['takes a new value if two answers agree on it', ['b', 'b'], 'a', 'b', 2],
    [
      'fails if each answer differs from the one before',
      ['a', 'b', 'a', 'b', 'a'],
      undefined,
      'The node gives different answers to the same question.',
      4,
    ],
    ['keeps the known value if one answer says that there is none', [gone, 'a', 'a'], 'a', 'a', 3],
    ['fails if two answers say that there is none', [gone, gone], 'a', gone.message, 2],
    ['fails if the node does not answer', [silent], 'a', silent.message, 1],
  ])('%s', async (_title, answers, known, expected, reads) => {
    expect(await believed(answers, known)).toStrictEqual([expected, reads])
  })

  it('compares answers by their meaning, and returns the latest one', async () => {
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

  // Every sequence of six answers, with and without a known value.
  const kinds = ['a', 'b', 'c', gone, silent] as const
  const sequences = (length: number): readonly (readonly (string | Error)[])[] =>
    length === 0 ? [[]] : sequences(length - 1).flatMap((rest) => kinds.map((one) => [one, ...rest]))

  it('believes in no sequence of answers what was not read twice in a row, and reads at most four times', async () => {
    for (const known of [undefined, 'a'])
      for (const answers of sequences(5)) {
        const [outcome, reads] = await believed(answers, known)
        const [before, last] = [known, ...answers.slice(0, reads)].slice(-2)
        expect(reads).toBeLessThanOrEqual(4)
        if (typeof outcome === 'string' && outcome.length === 1)
          expect([before, last]).toStrictEqual([outcome, outcome])
        else if (outcome === gone.message) expect([before, last]).toStrictEqual([gone, gone])
        else expect([silent.message, 'The node gives different answers to the same question.']).toContain(outcome)
      }
  })

  it('is never misled by one wrong answer, wherever it comes', async () => {
    for (const known of [undefined, 'a'])
      for (const wrong of ['b', gone])
        for (const at of [0, 1, 2, 3, 4]) {
          const answers = Array.from({ length: 6 }, (_, index) => (index === at ? wrong : 'a'))
          expect((await believed(answers, known))[0]).toBe('a')
        }
  })
})
