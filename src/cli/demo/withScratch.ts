import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fs from 'fs-extra'

/** Runs `work` with a directory of its own, which is gone afterwards, even where the process is cut short. */
export async function withScratch<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await fs.mkdtemp(join(tmpdir(), 'govstream-demo-'))
  const remove = (): void => fs.removeSync(directory)
  process.once('exit', remove)
  try {
    return await work(directory)
  } finally {
    process.off('exit', remove)
    await fs.remove(directory)
  }
}
