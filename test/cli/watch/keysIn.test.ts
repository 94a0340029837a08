import { describe, expect, it } from 'vitest'
import { keysIn } from '../../../src/cli/watch/keysIn.js'

describe('the keys of a terminal', () => {
  it.each<[string, readonly string[]]>([
    ['jk', ['down', 'up']],
    ['\u001b[A\u001b[B\u001bOA', ['up', 'down', 'up']],
    ['\u001b[5~\u001b[6~', ['pageUp', 'pageDown']],
    ['\r', ['open']],
    ['\u001b', ['back']],
    ['\t\u001b[Z', ['nextList', 'previousList']],
    ['\u0003', ['quit']],
  ])('%j are %j', (input, keys) => {
    expect(keysIn(input)).toStrictEqual(keys)
  })

  it('ignore an unknown sequence, including its letters', () => {
    expect(keysIn('\u001b[24~\u001b[1;5Q\u001b[200~xyz')).toStrictEqual([])
  })
})
