import { percentDecoded } from '../text/percentDecoded.js'

/**
 * Returns every form in which a secret may appear: as it is, percent-encoded or decoded, in base64, in hex as contracts
 * return texts, in upper or lower case as host names are, and escaped for JSON or HTML.
 */
export function secretForms(secret: string): readonly string[] {
  const plain = [...new Set([secret, percentDecoded(secret)])]
  const encoded = plain.flatMap((text) => [
    text,
    text.toLowerCase(),
    text.toUpperCase(),
    ...percentForms(text),
    ...base64Forms(text),
    ...hexForms(text),
  ])
  return [...new Set(encoded.flatMap((text) => [text, ...escapedForms(text)]))].filter((text) => text !== '')
}

function percentForms(text: string): readonly string[] {
  const whole = encodeURIComponent(text.toWellFormed())
  const strict = whole.replaceAll(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)
  const forms = [whole, strict, strict.replaceAll('%20', '+'), encodeURI(text.toWellFormed()), inUrl(text)]
  return forms.flatMap((form) => [form, form.replaceAll(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase())])
}

/** Returns the form in the query of a URL. */
function inUrl(text: string): string {
  const url = new URL('http://host')
  url.searchParams.set('a', text)
  return url.search.slice('?a='.length)
}

/** Returns the forms with and without padding, also in the URL-safe alphabet. */
function base64Forms(text: string): readonly string[] {
  const bytes = new TextEncoder().encode(text)
  const padded = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
  const base64 = padded.replace(/=+$/, '')
  return [
    padded,
    base64,
    base64.replaceAll('+', '-').replaceAll('/', '_'),
    encodeURIComponent(base64),
    encodeURIComponent(padded),
  ]
}

function hexForms(text: string): readonly string[] {
  const hex = Array.from(new TextEncoder().encode(text), (byte) => byte.toString(16).padStart(2, '0')).join('')
  return [hex, hex.toUpperCase()]
}

function escapedForms(text: string): readonly string[] {
  const json = JSON.stringify(text).slice(1, -1)
  const ascii = json.replaceAll(
    /[\u007f-\uffff]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  const html = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
  const quotes = ['&#39;', '&#x27;', '&apos;'].map((quote) => html.replaceAll("'", quote))
  return [
    json,
    json.replaceAll('/', '\\/'),
    ascii,
    JSON.stringify(json).slice(1, -1),
    html,
    html.replaceAll('&quot;', '&#34;'),
    ...quotes,
  ]
}
