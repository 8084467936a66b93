// Runs in the browser, beside src/ui/new-password-field.tsx: `npm run docs` makes new-password.js of it.
import { type Strength, strengthOf } from '../../src/ui/strength.ts'

for (const field of document.querySelectorAll<HTMLElement>('.new-password')) enhance(field)

function enhance(field: HTMLElement): void {
  const input = field.querySelector('input')
  const line = field.querySelector<HTMLElement>('.strength')
  if (!input || !line) return
  field.classList.add('new-password-live')
  input.after(showButton(field, input))
  const tell = () => sayStrength(line, input.value === '' ? undefined : strengthIn(field, input.value), field.dataset)
  input.addEventListener('input', tell)
  // What the browser kept when somebody went back, or filled in before this ran.
  if (input.value !== '') tell()
}

function strengthIn({ dataset }: HTMLElement, password: string): Strength {
  const { minimum, beside = '', words = '' } = dataset
  const typed = beside.split(' ').map((id) => document.querySelector<HTMLInputElement>(`#${id || 'none'}`)?.value ?? '')
  return strengthOf(password, { minimum: Number(minimum), words: [...typed, ...words.split(' ')] })
}

const texts = { short: 'textShort', weak: 'textWeak', fair: 'textFair', strong: 'textStrong' } as const

/** Only where it changes: a screen reader reads every change aloud. */
function sayStrength(line: HTMLElement, strength: Strength | undefined, dataset: DOMStringMap): void {
  const text = strength ? (dataset[texts[strength]] ?? '') : ''
  if (line.textContent !== text) line.textContent = text
  if (strength) line.dataset['level'] = strength
  else delete line.dataset['level']
}

function showButton({ dataset }: HTMLElement, input: HTMLInputElement): HTMLButtonElement {
  const button = document.createElement('button')
  button.type = 'button'
  button.id = 'show-password'
  button.className = 'show-password'
  button.setAttribute('aria-controls', input.id)
  const set = (shown: boolean) => {
    input.type = shown ? 'text' : 'password'
    button.textContent = (shown ? dataset['hide'] : dataset['show']) ?? ''
    button.setAttribute('aria-label', (shown ? dataset['hideLabel'] : dataset['showLabel']) ?? '')
  }
  set(false)
  button.addEventListener('click', () => set(input.type === 'password'))
  // Sent as text it would be kept by the browser among the words that it offers in other forms.
  input.form?.addEventListener('submit', () => set(false))
  return button
}
