/**
 * A client whose requests end when `signal` aborts. viem leaves a listener at the signal it is given for as long as
 * that lives: it is given one of its own, for a host may read a hundred chains with one signal.
 */
export function clientUntil<Scoped>(
  { scope }: { readonly scope: (options: { readonly signal: AbortSignal }) => Scoped },
  signal: AbortSignal,
): Scoped {
  return scope({ signal: AbortSignal.any([signal]) })
}
