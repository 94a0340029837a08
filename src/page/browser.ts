import './page.css'
import 'uplot/dist/uPlot.min.css'

// The rendered page appears first, because the script takes longer to start.

const root = document.querySelector<HTMLDivElement>('#page')
const written = document.querySelector('#state')?.textContent
if (root !== null && written !== undefined)
  afterFirstView(() => void import('./live.js').then(({ follow }) => follow(root, written)))

/** A hidden page gets no animation frame. */
function afterFirstView(work: () => void): void {
  if (document.hidden) work()
  else requestAnimationFrame(() => setTimeout(work))
}
