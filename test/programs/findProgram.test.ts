import { describe, expect, it } from 'vitest'
import { findProgram } from '../../src/programs/findProgram.js'

describe('findProgram', () => {
  it('searches PATH as the system does', async () => {
    expect(await findProgram('sh', '/nowhere:/bin')).toBe('/bin/sh')
    expect(await findProgram('/bin/sh')).toBe('/bin/sh')
    expect(await findProgram('sh', '/nowhere')).toBeUndefined()
    expect(await findProgram('/etc/passwd')).toBeUndefined()
    expect(await findProgram('/bin')).toBeUndefined()
    expect(await findProgram('bin', '/usr:/')).toBeUndefined()
  })
})
