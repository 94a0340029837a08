import { open } from 'node:fs/promises'

/** Writes the content to a new file that only our user can read. */
export async function writeContent(path: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    for await (const chunk of content) await file.writeFile(chunk)
  } finally {
    await file.close()
  }
}
