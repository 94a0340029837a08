import { describe, expect, it } from 'vitest'
import { markdownBlocks } from '../../src/domain/markdownBlocks.js'

const line = (text: string) => ({ kind: 'line', text })
const fence = (info: string, body: string) => ({ kind: 'fence', info, body })

describe('markdownBlocks', () => {
  it.each([
    ['lines', 'a\nb\n', [line('a'), line('b'), line('')]],
    ['line ends of every system', 'a\r\nb\rc', [line('a'), line('b'), line('c')]],
    ['a block of backticks', '```js\n1\n2\n```\na', [fence('js', '1\n2'), line('a')]],
    ['a block of tildes, whose info may hold backticks', '~~~ a `b`\n1\n~~~', [fence('a `b`', '1')]],
    ['no block whose info holds backticks', '``` a`b', [line('``` a`b')]],
    ['an indent of up to three spaces', '   ```x\n1\n   ```\na', [fence('x', '1'), line('a')]],
    ['no block further in', '    ```x\na', [line('    ```x'), line('a')]],
    ['no block of two marks', '``x\na', [line('``x'), line('a')]],
    ['an end of more marks', '```\n1\n`````  \na', [fence('', '1'), line('a')]],
    ['no end of fewer marks', '````\n```\n````', [fence('', '```')]],
    ['no end of other marks', '```\n~~~\n```', [fence('', '~~~')]],
    ['no end with words behind it', '```\n``` x\n```', [fence('', '``` x')]],
    ['no end further in', '```\n    ```\n```', [fence('', '    ```')]],
    ['a block within a block as its text', '````md\n```upgrade-plan\n{}\n```\n````', [fence('md', '```upgrade-plan\n{}\n```')]],
    ['a block without an end', '```x\n1\n', [fence('x', '1\n')]],
    ['no comment', 'a\n<!-- b\n```x\n-->\nc\n<!-- d -->\ne', [line('a'), line('c'), line('e')]],
    ['nothing of a comment without an end', 'a\n<!--\n```x\n', [line('a')]],
  ])('gives %s', (_, text, blocks) => {
    expect([...markdownBlocks(text)]).toStrictEqual(blocks)
  })
})
