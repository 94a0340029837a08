/**
 * Turns chunks into a body. Each chunk is generated when the one before was taken, so that nothing piles up for a
 * client that stalls. The signal aborts when the client has gone. If a chunk cannot be generated, the body ends there,
 * because the server would otherwise print the error and send it to the client.
 *
 * @param atEnd - Called once, after the last chunk or when the client has gone.
 * @param onFailure - Called with the reason why a chunk could not be generated.
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
