import { DeliveryError, reasonOf } from '../../domain/errors.js'
import { cleanLine } from '../../domain/text/text.js'
import { causeOf } from '../../transport/causes.js'

/** What the library for mail knows of a failure. */
interface MailFailure {
  readonly code?: unknown
  readonly responseCode?: unknown
  readonly response?: unknown
  readonly recipient?: unknown
  readonly timeoutType?: unknown
  readonly rejectedErrors?: unknown
}

const sentences: Readonly<Record<string, string>> = {
  ETIMEDOUT: 'did not answer in time.',
  EABORT: 'was left: govstream stops, or the delivery took too long.',
  ETLS: 'cannot be talked to safely: it offers no STARTTLS, or its certificate is not to be trusted. Use smtps://, or name a server whose certificate is good.',
}

/** Why nobody got a mail. 5xx is permanent, everything else transient. */
export function deliveryError(cause: unknown, host: string): DeliveryError {
  const failure: MailFailure = typeof cause === 'object' && cause !== null ? cause : {}
  const { code, rejectedErrors } = failure
  if (Array.isArray(rejectedErrors) && rejectedErrors.length > 0) {
    return refusal(rejectedErrors, `The mail server ${host} refused ${wordsOf(rejectedErrors)}.`)
  }
  const said = code === 'ETLS' ? undefined : answerOf(failure)
  if (said !== undefined) {
    const what = code === 'EAUTH' ? 'does not let us in: check user and password. It said' : 'refused the mail'
    return refusal([failure], `The mail server ${host} ${what}: ${said}.`)
  }
  const known = typeof code === 'string' ? sentences[code] : undefined
  const unreached = known === undefined ? unreachedText(cause) : undefined
  return new DeliveryError(
    code === 'EENVELOPE' ? 'permanent' : 'transient',
    `The mail server ${host} ${known ?? unreached ?? `cannot be used: ${cleanLine(reasonOf(cause), 200)}.`}`,
  )
}

/** What to do where nothing answers; the library keeps the code of the system in its words alone. */
function unreachedText(cause: unknown): string | undefined {
  const [code] = /\bE[A-Z_]{4,}\b/.exec(reasonOf(cause)) ?? []
  if (code === undefined) return undefined
  const { what, todo, isKnown } = causeOf(Object.assign(new Error(), { code }))
  return isKnown ? `cannot be reached (${code}): ${what}. ${todo}` : undefined
}

/** Why some did not get a mail that others got. */
export function partlyRefused(
  failures: readonly MailFailure[],
  rejected: readonly string[],
  host: string,
): DeliveryError {
  const whom = failures.length > 0 ? wordsOf(failures) : cleanLine(rejected.join(', '), 200)
  return refusal(failures, `The mail server ${host} refused ${whom}. The other addresses have it.`)
}

/** With the code of SMTP that the first of them has. */
function refusal(failures: readonly MailFailure[], message: string): DeliveryError {
  const code = failures.map(({ responseCode }) => responseCode).find((one) => typeof one === 'number')
  return new DeliveryError(kindOf(failures), message, undefined, code)
}

/** Permanent where every one is refused for good. */
function kindOf(failures: readonly MailFailure[]): DeliveryError['kind'] {
  const forGood = ({ responseCode }: MailFailure): boolean =>
    typeof responseCode === 'number' && responseCode >= 500 && responseCode !== 503
  return failures.every(forGood) ? 'permanent' : 'transient'
}

function wordsOf(failures: readonly MailFailure[]): string {
  const words = failures.map((failure) => `${String(failure.recipient)} (${answerOf(failure) ?? 'no reason given'})`)
  return cleanLine(words.join(', '), 250)
}

function answerOf({ response }: MailFailure): string | undefined {
  return typeof response === 'string' && response !== '' ? cleanLine(response, 150) : undefined
}
