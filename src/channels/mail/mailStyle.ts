import type { Message } from '../../domain/notifications/message.js'

/** Each colour has enough contrast with white text on it, and with the card backgrounds of both colour schemes. */
export const standingColours = {
  low: '#5f6b7a',
  medium: '#1f6feb',
  high: '#b35900',
  critical: '#c9252d',
  over: '#1a7f37',
  withdrawn: '#5f6b7a',
} as const satisfies Record<Message['priority'] | Exclude<Message['standing'], 'open'>, string>

/** The style sheet of a mail: one column, light and dark, from the narrowest phone on. */
export const mailStyle = `
:root { color-scheme: light dark; supported-color-schemes: light dark; }
body.page { margin: 0; padding: 0; background: #f3f4f6; color: #1c2128; -webkit-text-size-adjust: 100%; }
.page, .page td, .page th { font: 16px/1.5 -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif; }
.preview { display: none; max-height: 0; overflow: hidden; }
.frame > tbody > tr > td { padding: 24px 12px; }
.card { max-width: 600px; table-layout: fixed; background: #ffffff; border-radius: 6px; overflow-wrap: anywhere; }
.body { padding: 24px; text-align: left; }
h1 { margin: 0 0 16px; font-size: 21px; line-height: 1.3; }
p { margin: 0 0 12px; }
.mark { margin-bottom: 12px; }
.badge { display: inline-block; padding: 1px 10px; border-radius: 10px; color: #ffffff; font-size: 13px; font-weight: 600; }
.quiet { color: #59636e; font-size: 14px; }
.advice { margin: 16px 0; padding: 10px 14px; background: #f3f4f6; }
.facts { margin: 16px 0; border-collapse: collapse; table-layout: fixed; }
.facts th, .facts td { padding: 7px 12px 7px 0; border-top: 1px solid #d8dee4; font-size: 15px; vertical-align: top; }
.facts th { width: 28%; font-weight: 400; color: #59636e; }
ul { margin: 16px 0; padding: 0 0 0 20px; }
a { color: #0b5fcc; }
.foot { margin: 20px 0 0; }
@media (max-width: 420px) {
  .frame > tbody > tr > td { padding: 0; }
  .card { border-radius: 0; }
  .body { padding: 18px 16px; }
  .facts th { width: 34%; }
}
@media (prefers-color-scheme: dark) {
  body.page { background: #0d1117; color: #e6edf3; }
  .card { background: #161b22; }
  .quiet, .facts th { color: #9da7b3; }
  .advice { background: #21262d; }
  .facts th, .facts td { border-color: #30363d; }
  a { color: #6cb2ff; }
}
`
