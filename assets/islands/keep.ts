// Runs in the browser, beside src/ui/keepable.tsx: `npm run docs` makes keep.js of it.
for (const place of document.querySelectorAll<HTMLElement>('.keepable')) enhance(place)

function enhance(place: HTMLElement): void {
  const ways = place.querySelector<HTMLElement>('.keep-ways')
  const said = place.querySelector<HTMLElement>('.keep-said')
  if (!ways || !said) return
  const { copy, copied = '', marked = '', download, file = '', print } = place.dataset
  const offer = (name: string, label: string | undefined, act: () => void) => {
    if (label !== undefined) ways.append(button(`${place.id}-${name}`, label, act))
  }
  offer('copy', copy, () => {
    // Empty first, so that the second time is read aloud, too.
    said.textContent = ''
    copyText(textOf(place)).then(
      () => say(said, copied),
      () => {
        mark(place)
        say(said, marked)
      },
    )
  })
  offer('download', download, () => save(textOf(place), file))
  offer('print', print, () => window.print())
}

const linesIn = (place: HTMLElement) => [...place.querySelectorAll<HTMLElement>('[data-line]')]

const textOf = (place: HTMLElement): string =>
  linesIn(place)
    .flatMap(({ dataset }) => dataset['line'] ?? [])
    .join('\n')

/** Browsers have no clipboard for pages that came without TLS. */
async function copyText(text: string): Promise<void> {
  await navigator.clipboard.writeText(text)
}

function mark(place: HTMLElement): void {
  const lines = linesIn(place)
  const [first, last] = [lines[0], lines.at(-1)]
  if (first && last) getSelection()?.setBaseAndExtent(first, 0, last, last.childNodes.length)
}

function say(line: HTMLElement, text: string): void {
  line.textContent = text
}

/** A file is read by programs that know no line feed alone. */
function save(text: string, name: string): void {
  const address = URL.createObjectURL(new Blob([`${text.replaceAll('\n', '\r\n')}\r\n`], { type: 'text/plain' }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  URL.revokeObjectURL(address)
}

function button(id: string, label: string, act: () => void): HTMLButtonElement {
  const made = document.createElement('button')
  made.type = 'button'
  made.id = id
  made.className = 'button button-secondary'
  made.textContent = label
  made.addEventListener('click', act)
  return made
}
