/**
 * Parts as a body: each is made when the one before was taken, so that nothing piles up behind a client that
 * stalls. The signal aborts when the client has gone. Where a part cannot be made the body ends there: what serves it
 * would print the error, and tell it to the client.
 *
 * @param atEnd - Called once, when the last part was made or the client has gone.
 * @param onFailure - Called with why a part could not be made.
 */
export function streamOf(
  partsFor: (signal: AbortSignal) => AsyncIterator<Uint8Array, unknown>,
  atEnd: () => void,
  onFailure: (cause: unknown) => void,
): ReadableStream<Uint8Array> {
  const ending = new AbortController()
  ending.signal.addEventListener('abort', atEnd, { once: true })
  const parts = partsFor(ending.signal)
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { done, value } = await parts.next()
          if (done !== true) {
            controller.enqueue(value)
            return
          }
        } catch (cause) {
          onFailure(cause)
        }
        ending.abort()
        controller.close()
      },
      cancel: () => ending.abort(),
    },
    { highWaterMark: 0 },
  )
}
