import fc from 'fast-check'

/** A text of any length: a prefix, a repeated part, a suffix. */
export interface HostilePattern {
  readonly before: string
  readonly repeated: string
  readonly after: string
}

const pieces = [
  'a',
  '0',
  ' ',
  '\n',
  '\t',
  '\r',
  '\u0090',
  '\u009d',
  '\u001b',
  '\u001b]',
  '\u001b[',
  '\u001b[0',
  '\u009b0',
  '\u0007',
  '\u0316\u0301',
  '\u0300',
  '\u200b',
  '\u2800',
  '\u00a0',
  '😀',
  '\ud800',
  'a.',
  '.',
  '-',
  '+',
  '*',
  '_',
  '#',
  '=',
  '~',
  '`',
  '```',
  '~~~upgrade-plan\n',
  '```upgrade-plan\n',
  '> ',
  '- ',
  '1. ',
  '<',
  '<a b="1" ',
  '<!--',
  '-->',
  '<!-- ',
  '<div>\n',
  '<b>\n',
  '[',
  ']',
  '](',
  '[a]: b\n',
  '[a]: b "\n',
  '!',
  '![',
  '{',
  '}',
  '{#',
  '"',
  "'",
  '\\',
  '&',
  '&#',
  ';',
  '|',
  '(',
  ')',
  '/',
  ':',
  '://',
  'http://',
  'https://a',
  'Update',
  'MsgUpdate',
  'Params',
  'CommunityPool',
  '.authz.v',
  '#proposer=0x',
  '{"name":',
  '"height"',
  '[[',
  'block 0',
  ' not',
  '0x',
  ',',
  '[1,',
  'retry with the range 1-',
  'checksum=',
  '?',
  '%',
  '%41',
  'word ',
  'timed',
  'time-',
  '"id"',
  ' : ',
]

/** Each piece repeated to the length of the text, and known worse cases. */
export const plainPatterns: readonly HostilePattern[] = [
  ...pieces.map((repeated) => ({ before: '', repeated, after: '' })),
  { before: '', repeated: '<!--\n', after: '' },
  { before: '', repeated: ' #', after: '' },
  { before: `# ${' '.repeat(990)}`, repeated: `\n# ${' '.repeat(990)}`, after: '\n' },
  { before: '', repeated: `${'"'.repeat(999)}\n`, after: '' },
  { before: '<!--\n', repeated: '```upgrade-plan\n{}\n', after: '' },
  { before: '<!--\n', repeated: '~~~', after: '' },
]

const piece = fc.constantFrom(...pieces)

/** A few repeated pieces, with something else before and after: almost a match of a pattern. */
export const hostilePattern: fc.Arbitrary<HostilePattern> = fc.record({
  before: fc.oneof(fc.constant(''), piece),
  repeated: fc.array(piece, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('')),
  after: fc.oneof(fc.constant(''), fc.constant('!'), piece),
})

export function textOf({ before, repeated, after }: HostilePattern, length: number): string {
  return before + repeated.repeat(Math.ceil(length / repeated.length)) + after
}
