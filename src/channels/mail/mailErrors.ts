import { DeliveryError, reasonOf } from '../../domain/errors.js'
import { cleanLine } from '../../domain/text/text.js'
import { causeOf } from '../../transport/causes.js'

/** The fields of an error of the mail library. */
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

/** The error of a mail that no recipient got. A 5xx answer is permanent, everything else is transient. */
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

/** What to do if the server cannot be reached. The library has the error code of the system only in its message. */
function unreachedText(cause: unknown): string | undefined {
  const [code] = /\bE[A-Z_]{4,}\b/.exec(reasonOf(cause)) ?? []
  if (code === undefined) return undefined
  const { what, todo, isKnown } = causeOf(Object.assign(new Error(), { code }))
  return isKnown ? `cannot be reached (${code}): ${what}. ${todo}` : undefined
}

/** The error of a mail that only some recipients got. */
export function partlyRefused(
  failures: readonly MailFailure[],
  rejected: readonly string[],
  host: string,
): DeliveryError {
  const whom = failures.length > 0 ? wordsOf(failures) : cleanLine(rejected.join(', '), 200)
  return refusal(failures, `The mail server ${host} refused ${whom}. The other addresses have it.`)
}

/** Creates the error, with the SMTP code of the first failure that has one. */
function refusal(failures: readonly MailFailure[], message: string): DeliveryError {
  const code = failures.map(({ responseCode }) => responseCode).find((one) => typeof one === 'number')
  return new DeliveryError(kindOf(failures), message, undefined, code)
}

/** Permanent if every failure is. A server that gave no reason has not refused for good. */
function kindOf(failures: readonly MailFailure[]): DeliveryError['kind'] {
  const isPermanent = ({ responseCode }: MailFailure): boolean =>
    typeof responseCode === 'number' && responseCode >= 500 && responseCode !== 503
  return failures.length > 0 && failures.every(isPermanent) ? 'permanent' : 'transient'
}

function wordsOf(failures: readonly MailFailure[]): string {
  const words = failures.map((failure) => `${String(failure.recipient)} (${answerOf(failure) ?? 'no reason given'})`)
  return cleanLine(words.join(', '), 250)
}

function answerOf({ response }: MailFailure): string | undefined {
  return typeof response === 'string' && response !== '' ? cleanLine(response, 150) : undefined
}
