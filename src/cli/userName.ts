import { hostname, userInfo } from 'node:os'
import { cleanLine } from '../domain/text/text.js'

/** The name of the user who gave a command. */
export function userName(): string {
  try {
    return cleanLine(userInfo().username, 100)
  } catch {
    // A user id without a name, as in a container.
    return String(process.getuid?.() ?? 'unknown')
  }
}

/** The same with the machine, as `user@host`. */
export function userAtHost(): string {
  return `${userName()}@${cleanLine(hostname(), 100)}`
}
