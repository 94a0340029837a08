import { describe, expect, it } from 'vitest'
import { linkProblem } from '../../../src/domain/notifications/messageLinks.js'

describe('linkProblem', () => {
  it.each([
    ['proposal', 'https://gov.example/p/{id}'],
    ['block', 'https://scan.example/blocks?height={height}'],
    ['voter', 'https://scan.example:8443/#/a/{address}'],
  ] as const)('accepts a template of a %s', (kind, template) => {
    expect(linkProblem(kind, template)).toBeUndefined()
  })

  const noAddress = 'expected an https:// address with {id} in its path, such as https://explorer.example/proposal/{id}'
  const otherBraces = 'expected {id} and nothing else in braces, such as https://explorer.example/proposal/{id}'

  it.each([
    ['another scheme', 'http://gov.example/p/{id}', noAddress],
    ['a script', 'javascript:alert({id})', noAddress],
    ['a host that a chain would choose', 'https://{id}.example/', noAddress],
    ['a part of a host', 'https://gov.example{id}/', noAddress],
    ['a password', 'https://me:pass@gov.example/{id}', noAddress],
    ['a space', 'https://gov.example/p /{id}', noAddress],
    ['no placeholder for the id', 'https://gov.example/p/', otherBraces],
    ['another placeholder', 'https://gov.example/{height}', otherBraces],
    ['one placeholder too many', 'https://gov.example/{id}/{address}', otherBraces],
  ])('refuses %s', (_, template, problem) => {
    expect(linkProblem('proposal', template)).toBe(problem)
  })
})
