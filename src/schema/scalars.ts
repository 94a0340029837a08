import * as z from 'zod'
import { expectedLabel, labelName, labelValue } from '../domain/labels.js'
import { parseDuration } from '../domain/text/duration.js'
import { cosmosAccountOf } from '../domain/proposals/cosmosAccount.js'
import { consensusAddressOf } from '../domain/upgrades/postCheck/consensusAddress.js'
import { hasSoundChecksum } from './eip55.js'
import { nearest } from './nearest.js'
import { dollarName, pathRules, quoted, statePath as expectedState } from './writtenText.js'

// Node clamps a timer above 2^31-1 ms to 1 ms, rxjs#3015.
const longestTimer = 2 ** 31 - 1
const durationPattern = /^\d{1,12}(ms|s|m|h|d)$/
const anyDuration = 'expected a duration such as 500ms, 30s, 10m, 24h or 30d'

/** A duration written as text, parsed to milliseconds. */
export function duration({ least = 0, most = Number.MAX_SAFE_INTEGER, error = anyDuration } = {}): z.ZodType<
  number,
  string
> {
  return z
    .string({ error })
    .regex(durationPattern, { error, abort: true })
    .transform((text, context) => {
      const ms = parseDuration(text)
      if (ms !== undefined && ms >= least && ms <= most) return ms
      context.addIssue({ code: 'custom', message: error })
      return z.NEVER
    })
}

const timer = 'expected a duration above 0 and below 24 days, such as 500ms, 30s, 10m or 24h'

/** A duration for a timer: above zero and below the 24 days that a timer can hold. */
export function timerDuration(): z.ZodType<number, string> {
  return duration({ least: 1, most: longestTimer, error: timer })
}

const ratePattern = /^(?:\d{1,4}\/\d{1,12}(ms|s|m|h|d)|unlimited)$/
const rateForm = 'expected a rate such as 30/1m, from 1/1s on, or unlimited'
const longestRate = 86_400_000

/** A count for each time span, such as `30/1m`; the span is parsed to milliseconds. `unlimited` gives undefined. */
export function rate(): z.ZodType<{ readonly count: number; readonly perMs: number } | undefined, string> {
  return z
    .string({ error: rateForm })
    .regex(ratePattern, { error: rateForm, abort: true })
    .transform((written, context) => {
      if (written === 'unlimited') return undefined
      const [count = '', span = ''] = written.split('/')
      const perMs = parseDuration(span) ?? 0
      if (Number(count) > 0 && perMs > 0 && perMs <= longestRate) return { count: Number(count), perMs }
      context.addIssue({ code: 'custom', message: rateForm })
      return z.NEVER
    })
}

/** A safe whole number of at least `least`. */
export function whole(least: number): z.ZodInt {
  const expected = `expected a whole number of at least ${least}`
  // YAML reads digits with separators as text.
  const error = ({ input }: { readonly input?: unknown }): string =>
    typeof input === 'string' && /^\d{1,3}(?:[_,' ]\d{3}){1,4}$/.test(input)
      ? `${expected}; did you mean ${input.replaceAll(/\D/g, '')}?`
      : expected
  return z.int({ error }).min(least, { error: expected })
}

export function text(expected = 'expected text that is not empty'): z.ZodString {
  return z.string({ error: quoted(expected) }).min(1, { error: expected })
}

export function flag(): z.ZodBoolean {
  return z.boolean({
    error: ({ input }) => {
      if (typeof input !== 'string') return 'expected true or false'
      // YAML 1.1 read these words as true and false.
      const meant = /^(?:y|yes|on)$/i.test(input) ? 'true' : /^(?:n|no|off)$/i.test(input) ? 'false' : undefined
      return meant === undefined
        ? 'expected true or false, without quotes'
        : `expected true or false; did you mean ${meant}?`
    },
  })
}

export function oneOf<const Words extends readonly string[]>(
  words: Words,
): z.ZodEnum<z.core.util.ToEnum<Words[number]>> {
  return z.enum(words, { error: ({ input }) => expectedOneOf(words, input) })
}

// Maximum number of words listed in an error line; more would not be read.
const readableWords = 12

/** Describes which word was expected, and which one was most likely meant. */
export function expectedOneOf(words: readonly string[], input: unknown): string {
  const meant = typeof input === 'string' && words.length > 1 ? nearest(input, words) : undefined
  const expected =
    words.length === 1
      ? `expected ${words.join('')}`
      : meant !== undefined && words.length > readableWords
        ? `expected one of ${words.length} words`
        : `expected one of ${words.join(', ')}`
  return meant === undefined ? expected : `${expected}; did you mean ${meant}?`
}

/** A file or directory. */
export function path(expected: string): z.ZodString {
  return pathRules.reduce((form, { holds, error }) => form.refine(holds, { error }), text(expected))
}

/** The embedded database: a file or `:memory:`. */
export function statePath(): z.ZodString {
  return path(expectedState)
}

/** Labels of the operator: names with values. */
export function labels(): z.ZodRecord<z.ZodString, z.ZodString> {
  return z.record(
    z.string().regex(labelName, { error: expectedLabel.name }),
    text(expectedLabel.value).regex(labelValue, { error: expectedLabel.value }),
    { error: 'expected a mapping of names to texts, such as { team: core }' },
  )
}

const noZone = 'expected a time zone such as UTC or Europe/Berlin'

/** A name of the IANA database of time zones. */
export function timezone(): z.ZodString {
  return text(noZone).refine(isZone, { error: noZone })
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone: name }).format(0) !== ''
  } catch {
    return false
  }
}

function urlOf(kind: string, protocol: RegExp): z.ZodURL {
  const expected = `expected ${kind} URL`
  return z.url({
    protocol,
    // Further checks are skipped if the text is no URL.
    abort: true,
    error: ({ input }) =>
      typeof input === 'string' && dollarName.test(input)
        ? `${expected}; a variable is written in braces and quotes, as "\${NAME}"`
        : expected,
  })
}

/** An http or https URL. It may hold a key: no message ever shows it. */
export function httpUrl(): z.ZodURL {
  return urlOf('an http:// or https://', /^https?$/)
}

/** A ws or wss URL. It may hold a key: no message ever shows it. */
export function webSocketUrl(): z.ZodURL {
  return urlOf('a ws:// or wss://', /^wss?$/)
}

const ownHeaders =
  /^(?:host|content-length|content-type|transfer-encoding|connection|accept|accept-encoding|expect|upgrade|keep-alive|proxy-.*|te|trailer)$/i

/** The name of a header that govstream does not set itself. */
export function headerName(): z.ZodString {
  return z
    .string()
    .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, { error: 'expected the name of a header' })
    .refine((name) => !ownHeaders.test(name), { error: 'expected another header: this one is set for each request' })
}

/**
 * Printable ASCII, because servers refuse other characters and proxies cut them. The value is secret and never shown.
 */
export function headerValue(): z.ZodString {
  const error = 'expected text of printable letters without accents'
  return z.string({ error }).regex(/^[\t\x20-\x7e]{1,8192}$/, { error })
}

const addressOf = 'expected a 0x address of 40 hex digits, in quotes'
/** The message for an address in mixed case whose checksum is wrong. */
export const brokenChecksum =
  'expected another letter or case in this address: its checksum (EIP-55) does not fit, so it was mistyped; copy it again, or write it in lower case'

/** An EVM address, as written. If it has mixed case, its checksum must be correct. */
export function address(): z.ZodString {
  return z
    .string({ error: addressOf })
    .regex(/^0x[0-9a-fA-F]{40}$/, { error: addressOf, abort: true })
    .refine(hasSoundChecksum, { error: brokenChecksum })
}

const voterOf =
  'expected a 0x address of 40 hex digits, or an account or a validator of a Cosmos chain such as cosmos1… or cosmosvaloper1…, in quotes'
const likeCosmos = /^[a-z][a-z0-9]{0,40}1[02-9ac-hj-np-z]{38,60}$/
const brokenBech32 =
  'expected another letter in this account: its checksum does not fit, so it was mistyped; copy it again'

const validatorOf =
  'expected the consensus address of a validator: 40 hex digits as CometBFT shows it, …valcons1… of a Cosmos chain, or a 0x address, in quotes'

/** The address with which a validator signs blocks. */
export function validator(): z.ZodString {
  return z
    .string({ error: validatorOf })
    .refine((written) => consensusAddressOf(written) !== undefined, { error: validatorOf, abort: true })
    .refine((written) => !written.startsWith('0x') || hasSoundChecksum(written), { error: brokenChecksum })
}

export function list<Item extends z.ZodType>(item: Item, what: string): z.ZodArray<Item> {
  return z.array(item, { error: `expected a list of ${what}` })
}

// Maximum number of voters. Every poll asks about each of them for each open vote.
const mostVoters = 50

/** Accounts that vote: EVM addresses, or accounts and validators of Cosmos chains. */
export function voters(): z.ZodReadonly<z.ZodArray<z.ZodString>> {
  const voter = z
    .string({ error: voterOf })
    .refine((account) => /^0x[0-9a-fA-F]{40}$/.test(account) || likeCosmos.test(account), {
      error: voterOf,
      abort: true,
    })
    .refine((account) => !account.startsWith('0x') || hasSoundChecksum(account), { error: brokenChecksum })
    .refine((account) => account.startsWith('0x') || cosmosAccountOf(account) !== undefined, { error: brokenBech32 })
  return list(voter, 'accounts')
    .max(mostVoters, { error: `expected at most ${mostVoters} accounts` })
    .readonly()
}
