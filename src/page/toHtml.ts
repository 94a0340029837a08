import { type ComponentChild, type ComponentChildren, Fragment, isValidElement, type VNode } from 'preact'
import { escapeHtml } from '../domain/text/escapeHtml.js'

// The server's half of Preact. The components of the page are functions without hooks, so walking the tree is enough.

const voids: ReadonlySet<string> = new Set(['br', 'hr', 'img', 'input', 'link', 'meta'])
const nameForm = /^[a-z][a-z0-9:-]*$/i

/** Renders a tree as HTML. Text and attributes are escaped. */
export function toHtml(node: ComponentChildren): string {
  if (node === null || node === undefined || typeof node === 'boolean') return ''
  if (Array.isArray(node)) return node.map((one: ComponentChild) => toHtml(one)).join('')
  if (isValidElement(node)) return elementHtml(node)
  return typeof node === 'object' ? '' : escapeHtml(String(node))
}

function elementHtml({ type, props }: VNode): string {
  // `Fragment` and our components map props to a tree; a class component would need a browser.
  if (typeof type !== 'string') return toHtml(type === Fragment ? props.children : called(type, props))
  const attributes = Object.entries(props).flatMap(([name, value]) => attributeHtml(name, value))
  const tag = `<${[type, ...attributes].join(' ')}>`
  return voids.has(type) ? tag : `${tag}${toHtml(props.children)}</${type}>`
}

function called(component: unknown, props: object): ComponentChildren {
  if (typeof component !== 'function') throw new TypeError('A component of the page is no function.')
  const made: unknown = Reflect.apply(component, undefined, [props])
  return isTree(made) ? made : null
}

function isTree(made: unknown): made is ComponentChildren {
  return made === null || typeof made !== 'object' || Array.isArray(made) || isValidElement(made)
}

function attributeHtml(name: string, value: unknown): readonly string[] {
  if (name === 'children' || !nameForm.test(name)) return []
  if (value === true) return [name.startsWith('aria-') ? `${name}="true"` : name]
  if (value === false) return name.startsWith('aria-') ? [`${name}="false"`] : []
  return typeof value === 'string' || typeof value === 'number' ? [`${name}="${escapeHtml(String(value))}"`] : []
}
