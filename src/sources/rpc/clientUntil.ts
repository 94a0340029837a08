import type { Client } from 'viem'

/**
 * A client whose requests end when `signal` aborts. It is made for each reading, and many of them: it costs a copy, and
 * nothing of it stays at the signal, which a host may give to a hundred chains for as long as the process lives.
 */
export function clientUntil(client: Client, signal: AbortSignal): Client {
  const request = new Proxy(client.request, {
    apply(target, self, given: readonly unknown[]): unknown {
      const [args, options] = given
      const own = typeof options === 'object' ? options : {}
      return Reflect.apply(target, self, [args, { signal, ...own }])
    },
  })
  return { ...client, request }
}
