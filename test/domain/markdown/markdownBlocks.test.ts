import { describe, expect, it } from 'vitest'
import { markdownBlocks } from '../../../src/domain/markdown/markdownBlocks.js'

const line = (text: string) => ({ kind: 'line', text })
const html = (body: string, isMarkup = false) => ({ kind: 'html', isMarkup, body })
const fence = (info: string, body: string) => ({ kind: 'fence', info, body })

describe('markdownBlocks', () => {
  it.each([
    ['lines', 'a\nb\n', [line('a'), line('b'), line('')]],
    ['line ends of every system', 'a\r\nb\rc', [line('a'), line('b'), line('c')]],
    ['a block of backticks', '```js\n1\n2\n```\na', [fence('js', '1\n2'), line('a')]],
    ['a block of tildes, whose info may hold backticks', '~~~ a `b`\n1\n~~~', [fence('a `b`', '1')]],
    ['no block whose info holds backticks', '``` a`b', [line('``` a`b')]],
    ['an indent of up to three spaces', '   ```x\n1\n   ```\na', [fence('x', '1'), line('a')]],
    ['no block indented by four spaces', '    ```x\na', [line('    ```x'), line('a')]],
    ['no block for two marks', '``x\na', [line('``x'), line('a')]],
    ['an end with more marks', '```\n1\n`````  \na', [fence('', '1'), line('a')]],
    ['no end with fewer marks', '````\n```\n````', [fence('', '```')]],
    ['no end with other marks', '```\n~~~\n```', [fence('', '~~~')]],
    ['no end with words after it', '```\n``` x\n```', [fence('', '``` x')]],
    ['no end indented by four spaces', '```\n    ```\n```', [fence('', '    ```')]],
    [
      'a block within a block as its text',
      '````md\n```upgrade-plan\n{}\n```\n````',
      [fence('md', '```upgrade-plan\n{}\n```')],
    ],
    ['a block without an end', '```x\n1\n', [fence('x', '1\n')]],
    [
      'comments as a whole',
      'a\n<!-- b\n```x\n\n--> b\nc\n<!-- d -->\ne',
      [line('a'), html('<!-- b\n```x\n\n--> b'), line('c'), html('<!-- d -->'), line('e')],
    ],
    ['a comment without an end', 'a\n<!--\n```x\n', [line('a'), html('<!--\n```x\n')]],
    ['a block in a quote', '> ```x\n> 1\n> ```\n> a', [fence('x', '1'), line('> a')]],
    ['a block that ends with its quote', '> ```x\n> 1\n2', [fence('x', '1'), line('2')]],
    [
      'a block in an item, indented by four',
      '1.  a\n\n    ```x\n    1\n      2\n    ```\n',
      [line('1.  a'), line(''), fence('x', '1\n  2'), line('')],
    ],
    ['a block that ends with its list item', '- ```x\n  1\n\n 2', [fence('x', '1\n'), line(' 2')]],
    ['a block in an item in a quote, with tabs', '>\t-\t```x\n>\t\t1\n>\t\t```', [fence('x', '1')]],
    ['no block in indented code at the start of an item', '-     ```x\n      1', [line('-     ```x'), line('      1')]],
    ['a block in an item of any number', 'a\n\n123. ```x\n     1', [line('a'), line(''), fence('x', '1')]],
    ['no item of another number than 1 in a paragraph', 'a\n2. ```x', [line('a'), line('2. ```x')]],
    [
      'no empty item in a paragraph, but one after code',
      'a\n-\n\n    b\n-\n  ```x',
      [line('a'), line('-'), line(''), line('    b'), line('-'), fence('x', '')],
    ],
    ['a blank line as the end of an empty item', '-\n\n  ```x\n1', [line('-'), line(''), fence('x', '1')]],
    ['a block after a byte order mark', '\ufeff```x\n1', [fence('x', '1')]],
    [
      'HTML to the next blank line',
      '<details>\n```x\n\n```y',
      [html('<details>\n```x', true), line(''), fence('y', '')],
    ],
    [
      'a tag of any name, but not within a paragraph',
      '<b>\n```x\n\na\n<b>\n```y',
      [html('<b>\n```x', true), line(''), line('a'), line('<b>'), fence('y', '')],
    ],
    // Where renderers disagree, the text is read as by those that hide what follows.
    ['a tag of any name after the quote of a paragraph', '> a\n<b>\n```x', [line('> a'), html('<b>\n```x', true)]],
    [
      'a tag below a heading, which is no paragraph',
      'a\n===\n<b>\n```x',
      [line('a'), line('==='), html('<b>\n```x', true)],
    ],
    [
      'no heading made of link definitions alone',
      '[a]: b\n===\n<b>\n```x',
      [line('[a]: b'), line('==='), line('<b>'), fence('x', '')],
    ],
    [
      'a heading of text after a link definition',
      '[a]: b\nc\n===\n<b>\n```x',
      [line('[a]: b'), line('c'), line('==='), html('<b>\n```x', true)],
    ],
    [
      'scripts, styles, texts and declarations to their own ends',
      '<script>\n\n</script>\n<textarea>\n\n</pre>\n<?x\n\n?>\n<!X\n\n>\n<![CDATA[\n\n]]>\na',
      [
        html('<script>\n\n</script>'),
        html('<textarea>\n\n</pre>'),
        html('<?x\n\n?>'),
        html('<!X\n\n>'),
        html('<![CDATA[\n\n]]>'),
        line('a'),
      ],
    ],
  ])('gives %s', (_, text, blocks) => {
    expect([...markdownBlocks(text)]).toStrictEqual(blocks)
  })
})
