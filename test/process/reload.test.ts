import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { beforeAll, describe, expect } from 'vitest'
import { z } from 'zod'
import { buildWhereStale } from './buildWhereStale.js'
import { type Office, openOffice } from './office.js'
import { onProgram as it } from './onProgram.js'
import { ask, start } from './program.js'

beforeAll(() => buildWhereStale(), 180_000)

const fileSchema = z.looseObject({ chains: z.tuple([z.looseObject({})]).rest(z.looseObject({})) })

/** Replaces the configuration by another file, as editors do. */
function edit({ config }: Office, edited: (file: z.infer<typeof fileSchema>) => object): void {
  const file = fileSchema.parse(JSON.parse(readFileSync(config, 'utf8')))
  writeFileSync(`${config}.new`, JSON.stringify(edited(file)))
  renameSync(`${config}.new`, config)
}

describe('the configuration of a run', () => {
  it('is read again on SIGHUP: an invalid one is reported and changes nothing, a valid one is applied', async ({
    chain,
  }) => {
    const { governor } = await chain.deploy()
    using office = openOffice({ rpc: chain.url, governor })
    const program = start(['run', '--config', office.config])
    await program.says('govstream starts')
    edit(office, ({ chains: [local], ...rest }) => ({
      ...rest,
      chains: [local, { ...local, name: 'second', rpc: {} }],
    }))
    program.signal('SIGHUP')
    await program.says('is invalid: it is ignored, and the previous configuration stays in force')
    await program.says('chains[1].rpc.urls')
    edit(office, ({ chains: [local], ...rest }) => ({
      ...rest,
      chains: [local, { ...local, name: 'second', upgradeInfo: undefined }],
    }))
    for (let storm = 0; storm < 5; storm++) program.signal('SIGHUP')
    await program.says('configuration read again: chain second added')

    expect(await ask('sync', '--config', office.config)).toMatchObject([
      { chain: 'local', ok: true },
      { chain: 'second', ok: true },
    ])
    program.signal('SIGTERM')
    expect(await program.ended).toMatchObject({ code: 0 })
  })

  it('is read again when its file changes, with reload: watch', async ({ chain }) => {
    const { governor } = await chain.deploy()
    using office = openOffice({ rpc: chain.url, governor })
    edit(office, (file) => ({ ...file, reload: 'watch' }))
    const program = start(['run', '--config', office.config])
    await program.says('govstream starts')
    edit(office, (file) => ({ ...file, proposals: { maxAge: '60d' } }))
    await program.says('configuration read again: proposals.maxAge changed')
    program.signal('SIGTERM')
    expect(await program.ended).toMatchObject({ code: 0 })
    expect(await ask('audit', '--config', office.config)).toContainEqual(
      expect.objectContaining({
        kind: 'reload',
        detail: { by: `a change of ${office.config}`, changes: 'proposals.maxAge changed' },
      }),
    )
  })

  it('is not read again without a file: SIGHUP ends the run', async ({ chain }) => {
    const { governor } = await chain.deploy()
    using office = openOffice({ rpc: chain.url, governor })
    const program = start(['run', '--rpc', chain.url, '--governor', governor, '--state', office.state])
    await program.says('govstream starts')
    program.signal('SIGHUP')
    expect(await program.ended).toMatchObject({ code: 0 })
  })
})
