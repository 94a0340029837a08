import { describe, expect, it } from 'vitest'
import { findProgram } from '../../src/programs/findProgram.js'

describe('findProgram', () => {
  it('looks where the system would', async () => {
    expect(await findProgram('sh', '/nowhere:/bin')).toBe('/bin/sh')
    expect(await findProgram('/bin/sh')).toBe('/bin/sh')
    expect(await findProgram('sh', '/nowhere')).toBeUndefined()
    expect(await findProgram('/etc/passwd')).toBeUndefined()
  })
})
