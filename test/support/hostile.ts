import fc from 'fast-check'

const pieces = [
  'a', 'Z', '9', ' ', '\n', '\r\n', '\t', '\u0000', '\u001b', '\u001b[31m', '\u001b]0;', '\u0007', '\u009b', '\u0085', '\u2028',
  '\u200b', '\u200d', '\u202e', '\u2066', '\u061c', '\ufeff', '\u00ad', '\u0301', '\u0316', '\u0344', 'e\u0301', '\u1100\u1161',
  '\ud83d\ude00', '\ud800', '\udc00', '\u{e0041}', '\ufff9', '\uffff', '#', '```', '~~~', '[', '](', '<', '>', '&#x202e;', '"', '{', '}',
  '---\n', '<!--', '-->', '|', '*', '_', '\\', 'upgrade-plan', '#proposer=0x',
]

/** Text as an enemy would write it: controls, invisible characters, half pairs, marks and pieces of Markdown. */
export const hostile = fc.oneof(
  fc.array(fc.constantFrom(...pieces), { maxLength: 80 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 80 }).map((units) => String.fromCharCode(...units)),
)
