// Runs in the browser, beside src/ui/passkey-form.tsx: `npm run docs` makes passkey.js of it.
import { makePasskey, usePasskey } from './passkey/ceremony.ts'
import { canKeepOne, knowsPasskeys, offersInFields } from './passkey/supported.ts'

/** A challenge waits five minutes for its answer, a field for as long as the page is open. */
const RENEW_AFTER = 4 * 60_000

/** What the page itself says better than we could: the sign-in is over, the session ended. */
const ASKS_FOR_THE_PAGE = [401, 403, 404, 409, 410]

class Refused extends Error {
  readonly status: number
  constructor(status: number) {
    super(`answered ${status}`)
    this.status = status
  }
}

for (const place of document.querySelectorAll<HTMLElement>('.passkey')) enhance(place)

/** A form beside it says whether it came from a device that could keep one: only there is a passkey offered afterwards. */
if (await canKeepOne())
  for (const field of document.querySelectorAll<HTMLInputElement>('input[name="capable"]')) field.value = 'yes'

function enhance(place: HTMLElement): void {
  const form = place.querySelector('form')
  const field = place.querySelector<HTMLInputElement>('input[name="credential"]')
  const said = place.querySelector<HTMLElement>('.passkey-said')
  const button = place.querySelector('button')
  if (!form || !field || !said || !button) return
  place.hidden = false
  if (!knowsPasskeys()) {
    button.hidden = true
    said.textContent = place.dataset['unsupported'] ?? ''
    return
  }

  let isBusy = false
  const send = (answer: unknown) => {
    isBusy = true
    field.value = JSON.stringify(answer)
    // Not `requestSubmit`: that would begin the ceremony again.
    form.submit()
  }
  const offer = async () => {
    if (place.dataset['autofill'] === undefined || !(await offersInFields())) return
    try {
      send(await usePasskey(await optionsOf(place), 'conditional'))
    } catch {
      // The button took its place, or the next one did: nobody was asked, so there is nothing to say.
    }
  }
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    if (isBusy) return
    isBusy = true
    said.textContent = place.dataset['waiting'] ?? ''
    try {
      send(await answerOf(place))
    } catch (error) {
      isBusy = false
      if (error instanceof Refused && ASKS_FOR_THE_PAGE.includes(error.status)) return location.reload()
      said.textContent = place.dataset[textFor(error)] ?? ''
      said.focus()
      void offer()
    }
  })
  // Whoever comes back finds the page as they left it, in the middle of what has long been over.
  addEventListener('pageshow', ({ persisted }) => {
    if (!persisted) return
    isBusy = false
    said.textContent = ''
    void offer()
  })
  setInterval(() => isBusy || void offer(), RENEW_AFTER)
  void offer()
}

async function optionsOf(place: HTMLElement) {
  const answer = await fetch(place.dataset['options'] ?? '', {
    method: 'POST',
    headers: { accept: 'application/json' },
  })
  if (!answer.ok) throw new Refused(answer.status)
  return answer.json()
}

async function answerOf(place: HTMLElement): Promise<unknown> {
  const options = await optionsOf(place)
  return place.dataset['use'] === 'enrolment' ? makePasskey(options) : usePasskey(options)
}

/** The browser says little of why, so that no page learns which passkeys there are. */
function textFor(error: unknown): string {
  switch (error instanceof Error ? error.name : '') {
    case 'NotAllowedError':
    case 'AbortError':
      return 'cancelled'
    case 'InvalidStateError':
      return 'known'
    case 'SecurityError':
      return 'address'
    case 'NotSupportedError':
      return 'unsupported'
    default:
      return 'failed'
  }
}
