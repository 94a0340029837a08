/** The body of a response as text; `undefined` where it is larger than `maxBytes`, of which no more is read. */
export async function readBody(response: Response, maxBytes: number): Promise<string | undefined> {
  if (response.body === null) return ''
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body) {
    const bytes: unknown = chunk
    if (!(bytes instanceof Uint8Array)) continue
    size += bytes.byteLength
    // Leaving the loop cancels the rest of the answer.
    if (size > maxBytes) return undefined
    chunks.push(bytes)
  }
  return new TextDecoder().decode(Buffer.concat(chunks))
}
