import { describe, expect, it } from 'vitest'
import { parseTemplate, templateProblem, templateReason } from '../../src/schema/liquid.js'

const names = ['title', 'data', 'timestamp']

/** The result of the template, or the reason why there is none. */
function filled(template: string, scope: Readonly<Record<string, unknown>> = {}, timezone = 'UTC'): string {
  try {
    return parseTemplate(template, timezone)(scope)
  } catch (error) {
    return templateReason(error)
  }
}

describe('a template', () => {
  it.each([
    ['Told: {{ title | upcase }}', 'Told: GO'],
    ['{% if data.plan %}{{ data.plan.name }}{% else %}no plan{% endif %}', 'no plan'],
    ['{{ timestamp | date: "%a %H:%M" }}', 'Thu 13:05'],
  ])('%s is rendered', (template, text) => {
    const scope = { title: 'Go', data: { plan: null }, timestamp: '2026-11-26T12:05:00Z' }
    expect(filled(template, scope, 'Europe/Berlin')).toBe(text)
  })

  it('takes text from a chain literally, even if it is a template', () => {
    expect(filled('{{ title }}', { title: '{{ data.secret }}{% include "x" %}' })).toBe(
      '{{ data.secret }}{% include "x" %}',
    )
  })

  it.each([
    [
      'a long loop',
      '{% for i in (1..1000000000) %}x{% endfor %}',
      'it makes more text and loop items than a template may',
    ],
    [
      'a nested loop',
      '{% for i in (1..9000) %}{% for j in (1..9000) %}{{ i }}{% endfor %}{% endfor %}',
      'it takes longer than 50 ms (line 1, column',
    ],
    [
      'a text that doubles',
      '{% assign x = "ab" %}{% for i in (1..40) %}{% assign x = x | append: x %}{% endfor %}',
      'it makes more text and loop items than a template may',
    ],
    [
      'a long text',
      '{% for i in (1..900) %}A line that is long enough to make too much of it.{% endfor %}',
      'more than 20,000 characters',
    ],
    ['an undefined variable', '{{ data.nope }}', 'undefined variable: data.nope'],
    ['a property of the prototype', '{{ title.constructor }}', 'undefined variable: title.constructor'],
  ])('is stopped for %s', (_, template, problem) => {
    expect(filled(template, { title: 'Go', data: {} })).toContain(problem)
  })
})

describe('templateProblem', () => {
  it.each([
    ['{{ title', 'output "{{ title" not closed (line 1, column 1 of the template)'],
    ['One\n{{ title | shout }}', 'undefined filter: shout (line 2, column 1 of the template)'],
    ['{{ tilte }}', 'tilte is not a known name; did you mean title?'],
    ['{{ weather }}', 'weather is not a known name; known are title, data, timestamp'],
    ['{% include "/etc/passwd" %}', 'tag "include" not found (line 1, column 1 of the template)'],
    ['{% render "x" %}', 'tag "render" not found (line 1, column 1 of the template)'],
    ['{% layout "x" %}', 'tag "layout" not found (line 1, column 1 of the template)'],
  ])('finds the problem in %j', (template, problem) => {
    expect(templateProblem(template, names)).toBe(problem)
  })

  it('finds that it is too long', () => {
    expect(templateProblem('x'.repeat(10_001), names)).toBe('it is longer than 10,000 characters')
  })

  it('finds nothing if all names are known or assigned', () => {
    expect(templateProblem('{% assign mine = title %}{{ mine }} {{ data.any.thing }}', names)).toBeUndefined()
  })
})
