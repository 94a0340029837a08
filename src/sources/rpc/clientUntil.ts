import type { Client } from 'viem'

/**
 * Copies a client so that its requests end when `signal` aborts. A copy is made for each reading and is cheap. It
 * leaves no listener on the signal, which a host may share among many chains for the whole life of the process.
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
