interface Mistake {
  readonly code: string
  readonly message: string
}

/** Messages by error code of the yaml library. None quotes the file, which may contain a secret. */
const byCode: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'the line starts with a tab; indent with spaces',
  DUPLICATE_KEY: 'this key stands above already; keep one of the two',
  MULTILINE_IMPLICIT_KEY: 'there is no key and value here; write "key: value", with a space after the colon',
  BLOCK_AS_IMPLICIT_KEY: 'there is a second colon; write a text that holds a colon and a space in quotes',
  BAD_SCALAR_START: 'no plain text starts with this character; write it in quotes',
  BAD_DQ_ESCAPE: 'this backslash stands for nothing; write it twice, or the text in single quotes',
  MULTIPLE_DOCS: 'a second document starts here; a file holds one configuration, so take out the line ---',
  KEY_OVER_1024_CHARS: 'a key is longer than 1,024 characters; shorten it',
  TAG_RESOLVE_FAILED: 'a ! starts a tag, and there are none here; write the text in quotes',
  UNEXPECTED_TOKEN: 'nothing is expected here; is a quote, a comma, a colon or a line break missing before it?',
}

/** Maximum number of lists and mappings within each other: far more than a configuration has. */
export const mostNested = 100
export const tooDeep = `lists and mappings are nested more than ${mostNested} deep; is this the file that is meant?`

const byMessage: readonly (readonly [RegExp, string])[] = [
  [/end with a \]/, 'a [ is not closed; write the missing ]'],
  [/end with a \}/, 'a { is not closed; write the missing }'],
  [/closing .quote/, 'a quote is not closed; write the missing one'],
  [/same column|without - indicator/, 'the line is indented unlike the ones above it; start them at the same column'],
  [/Missing ,/, 'two items follow each other; write a comma between them'],
  [/space after :/, 'a space is missing after the colon'],
  [/followed by map values/, 'there is a key and nothing after it; write "key: value"'],
  [/Excessive alias count/, 'its aliases (*name) expand to too much; write out what they stand for'],
  [/call stack/, tooDeep],
]

const alone: readonly string[] = ['DUPLICATE_KEY', 'TAG_RESOLVE_FAILED']

/** Describes a YAML mistake and how to fix it. */
export function mistakeText({ code, message }: Mistake): string {
  const said = byMessage.find(([pattern]) => pattern.test(message))?.[1] ?? byCode[code]
  // After a colon, the messages of the yaml library quote the file.
  return `expected YAML: ${said ?? message.split(': ')[0] ?? ''}`
}

/** Drops mistakes after the first one that spoils the structure, because they are only its consequences. */
export function withoutConsequences<Found extends Mistake>(mistakes: readonly Found[]): readonly Found[] {
  const first = mistakes.findIndex(({ code }) => !alone.includes(code))
  return first < 0 ? mistakes : mistakes.slice(0, first + 1)
}
