import { escapeHtml } from '../../domain/text/escapeHtml.js'
import type { Message } from '../../domain/notifications/message.js'
import type { MessageLink } from '../../domain/notifications/messageLinks.js'
import { andMore, cutText, fitList, utf8Bytes } from '../cutText.js'
import { footerOf } from '../render/footerOf.js'
import { moodOf } from '../render/moodOf.js'
import { mailStyle, standingColours } from './mailStyle.js'

/** The two parts of a mail. Both say the same. */
export interface MailParts {
  readonly text: string
  readonly html: string
}

// Mail programs cut a mail off after about 100 kB. `lines` and `facts` are bytes of HTML, the other lengths are
// letters.
const most = { title: 300, line: 1_000, lines: 50_000, fact: 300, facts: 12_000, links: 20 }

/** Renders a message as plain text and as HTML. Both show its text literally, without markup. */
export function mailParts(message: Message): MailParts {
  const cut = withinLimits(message)
  return { text: textPart(cut), html: htmlPart(cut) }
}

function withinLimits({ title, lines, more = 0, facts, links, ...rest }: Message): Message {
  const long = lines.map((line) => cutText(line, most.line))
  const rows = facts.map(({ name, value }) => ({ name: cutText(name, most.fact), value: cutText(value, most.fact) }))
  const fitting = fitList(
    rows.map(({ name, value }) => name + value),
    { max: most.facts, measure: bytesInHtml },
  )
  const kept = rows.slice(0, fitting.length === rows.length ? rows.length : fitting.length - 1)
  return {
    ...rest,
    title: cutText(title, most.title),
    lines: fitList(long, { max: most.lines, measure: bytesInHtml, more }),
    facts: kept.length === rows.length ? rows : [...kept, { name: '…', value: andMore(rows.length - kept.length) }],
    links: links.filter(({ url }) => hostOf(url) !== undefined).slice(0, most.links),
  }
}

function bytesInHtml(text: string): number {
  return utf8Bytes(escapeHtml(text))
}

function textPart(message: Message): string {
  const { title, lines, advice, facts, links } = message
  const blocks = [
    [title],
    ...lines.map((line) => [line]),
    advice === undefined ? [] : [`What to do: ${advice}`],
    facts.map(({ name, value }) => `${name}: ${value}`),
    links.map(({ label, url }) => `${label}: ${url}`),
    // The signature separator, dash dash space: mail programs fold away what follows it.
    ['-- ', footer(message)],
  ]
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`
}

function htmlPart(message: Message): string {
  const { title, lines, advice, facts, links } = message
  const { word, colour } = wordOf(message)
  const [first = ''] = lines
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(title)}</title>
<style>${mailStyle}</style>
</head>
<body class="page">
<div class="preview" style="display:none">${escapeHtml(cutText(first, 150))}</div>
<table role="presentation" class="frame" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center">
<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0"><tr><td class="body" style="border-top:4px solid ${colour}">
<p class="mark"><span class="badge" style="background:${colour};color:#ffffff;padding:1px 10px">${word}</span> <span class="quiet">${escapeHtml(message.chain)}</span></p>
<h1>${escapeHtml(title)}</h1>
${lines.map((line) => `<p>${escapeHtml(line)}</p>`).join('\n')}
${advice === undefined ? '' : `<div class="advice" style="border-left:4px solid ${colour}"><b>What to do</b><br>${escapeHtml(advice)}</div>`}
${factsTable(facts)}
${links.length === 0 ? '' : `<ul>${links.map(linkItem).join('\n')}</ul>`}
<p class="quiet foot">${escapeHtml(footer(message))}</p>
</td></tr></table>
</td></tr></table>
</body>
</html>
`
}

function factsTable(facts: Message['facts']): string {
  if (facts.length === 0) return ''
  const rows = facts.map(
    ({ name, value }) => `<tr><th scope="row" align="left">${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`,
  )
  return `<table class="facts" width="100%" cellpadding="0" cellspacing="0">${rows.join('\n')}</table>`
}

/** The label of a link may be untrusted text, so the host that the link leads to is shown beside it. */
function linkItem({ label, url }: MessageLink): string {
  return `<li><a href="${escapeHtml(url)}">${escapeHtml(label)}</a> <span class="quiet">(${escapeHtml(hostOf(url) ?? '')})</span></li>`
}

function footer(message: Message): string {
  return `govstream · ${footerOf(message)}`
}

function wordOf(message: Message): { readonly word: string; readonly colour: string } {
  const mood = moodOf(message)
  return { word: mood === 'over' ? 'closed' : mood, colour: standingColours[mood] }
}

/** The host of an http or https URL; `undefined` for any other text. */
function hostOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined
  const { protocol, host } = new URL(url)
  return /^https?:$/.test(protocol) ? host : undefined
}
