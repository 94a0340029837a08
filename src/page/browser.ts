import './page.css'
import 'uplot/dist/uPlot.min.css'

// What the server rendered is on the screen first: what makes it live takes longer to start than to show that.

const root = document.querySelector<HTMLDivElement>('#page')
const written = document.querySelector('#state')?.textContent
if (root !== null && written !== undefined)
  afterFirstView(() => void import('./live.js').then(({ follow }) => follow(root, written)))

/** A page that nobody sees waits for no screen. */
function afterFirstView(work: () => void): void {
  if (document.hidden) work()
  else requestAnimationFrame(() => setTimeout(work))
}
