import { hostname, userInfo } from 'node:os'
import { cleanLine } from '../domain/text/text.js'

/** The author of a command, as `user@host`. */
export function userAtHost(): string {
  return `${userName()}@${cleanLine(hostname(), 100)}`
}

function userName(): string {
  try {
    return cleanLine(userInfo().username, 100)
  } catch {
    // A user id without a name, as in a container.
    return String(process.getuid?.() ?? 'unknown')
  }
}
