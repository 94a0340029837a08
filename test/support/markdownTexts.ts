import fc from 'fast-check'

const indents = ['', '', '', ' ', '  ', '   ', '    ', '     ', '      ', '\t', ' \t', '\t\t']
// No `2.`: after indented code the reference parser takes it for text, while CommonMark has an
// item. Likewise for an empty item.
const marks = ['> ', '>', '>\t', '- ', '-\t', '-     ', '* ', '+   ', '1. ', '1) ']
const contents = [
  '',
  '',
  '',
  'text',
  'more text',
  '{"name":"v2","height":5}',
  '# heading',
  '#',
  '####### no',
  '---',
  '***',
  '_ _ _',
  '- - - a',
  '===',
  '=',
  '--',
  '**',
  '```',
  '```upgrade-plan',
  '```upgrade-plan',
  '~~~',
  '~~~upgrade-plan',
  '````',
  '``` a`b',
  '~~~~ x',
  '```  ',
  '`` ``',
  '\\',
  '\\```',
  'a  ',
  '|a|',
  '<div>',
  '</div>',
  '<div',
  '<div/>',
  '<details>',
  '<summary>x</summary>',
  '<script>',
  '<pre>',
  '</pre> x',
  '<textarea',
  '<style x',
  '</td x',
  '<!-- a',
  '-->',
  '<!-- a -->',
  '<!-->',
  '<!--->',
  '<?x',
  '?>',
  '<!X',
  '>',
  '<![CDATA[',
  ']]>',
  '[a]: b',
  '[a]: <b c> "t"',
  '[a]:',
  '[a',
  ']: b',
  '"title"',
  '[a]: b "t',
  '[a]: b (c',
  '[a]: b x',
  '[ ]: b',
  '[a]: b(c',
  "[a]: (b) 'c'",
]
const tags = [
  '<span>',
  '</span>',
  '<a href="x" b=\'y\' c=d e>',
  '<a href="x',
  '<b/>',
  '<b >  ',
  '<b> x',
  '<x-y z:a = "1">',
  '</b/>',
  '</b x>',
  '<1>',
  '<a b="1"c>',
  '<a\tb\t=\t1\t>',
  '<a b=>',
  '<a =b>',
  '<a b="\\"">',
  '<',
  '</',
  '<>',
  '</script>',
  '<script/>',
  '<é>',
]

const containersOf = fc
  .array(fc.tuple(fc.constantFrom(...indents), fc.constantFrom(...marks)), { maxLength: 3 })
  .map((pairs) => pairs.map((pair) => pair.join('')).join(''))
const ends = fc.constantFrom('\n', '\n', '\n', '\r\n', '\r')
const plainLine = fc.tuple(fc.constantFrom(...indents), fc.constantFrom(...contents)).map((parts) => parts.join(''))
const line = fc.tuple(containersOf, plainLine).map((parts) => parts.join(''))

const isEmptyItem = /(?:^|[ \t>])(?:[-*+]|\d[.)])[ \t]*$/
const nested = fc.array(
  fc.oneof(line, plainLine).filter((text) => !isEmptyItem.test(text)),
  { minLength: 1, maxLength: 9 },
)

// A tag of any name: every line has the marks of its containers, because parsers disagree on
// missing ones.
const tagged = fc
  .tuple(
    fc.constantFrom('', '> ', '>>', '- ', '1.\t'),
    fc.array(
      fc.oneof(
        fc.constantFrom(...tags),
        fc.tuple(fc.constantFrom(...indents), fc.constantFrom(...tags)).map((parts) => parts.join('')),
        plainLine.filter((text) => !/^[ \t]*[>-]/.test(text)),
      ),
      { minLength: 1, maxLength: 7 },
    ),
  )
  .map(([mark, lines]) =>
    lines.map((text, at) => {
      if (mark.startsWith('>')) return mark + text
      return at === 0 ? `${mark}${text.trim() || 'x'}` : mark.replaceAll(/\S/g, ' ') + text
    }),
  )

/** Markdown texts rich in block structure: quotes, lists, HTML, fences, tabs and indents. */
export const markdown = fc.tuple(fc.oneof(nested, nested, tagged), ends).map(([lines, end]) => lines.join(end))
