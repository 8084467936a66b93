import type { Child } from 'hono/jsx'
import { passkeyScript } from './assets.ts'
import { Button } from './button.tsx'
import { Form } from './form.tsx'
import type { Translate } from './messages/translator.ts'

/** One place for the sign-in's own, below its address; or two that are named. */
type Places =
  | { readonly base: `/${string}`; readonly action?: undefined; readonly options?: undefined }
  | { readonly base?: undefined; readonly action: `/${string}`; readonly options: `/${string}` }

type PasskeyFormProps = Places & {
  readonly t: Translate
  readonly id: string
  readonly use: 'sign-in' | 'second-factor' | 'enrolment'
  /** What stands on the button, where it is not the usual. */
  readonly submit?: string
  readonly kind?: 'primary' | 'secondary' | 'quiet'
  readonly lead?: string
  /** Passkeys are offered in a field of the page as well, whose `autocomplete` ends in `webauthn` (conditional UI). */
  readonly autofill?: boolean
  /** Further fields that are sent along. */
  readonly children?: Child
}

/**
 * A form that the browser's authenticator fills in: its script asks `options` for what is to be signed (a POST, answered
 * with JSON), and posts the answer to `action` in the field `credential`. Without JavaScript it is not there, and says so.
 */
export const PasskeyForm = (props: PasskeyFormProps) => {
  const { t, id, use, submit, kind = 'primary', lead, autofill = false, children } = props
  const { action, options } = placesOf(props)
  return (
    <div class="passkey-place">
      <noscript>
        <p class="hint">{t('passkeys.noScript')}</p>
      </noscript>
      <div
        class="passkey"
        hidden
        data-use={use}
        data-options={t.carry(options)}
        data-autofill={autofill ? '' : undefined}
        {...textsOf(t)}
      >
        <Form t={t} id={id} action={action}>
          {lead === undefined ? null : <p>{lead}</p>}
          {children}
          <input type="hidden" name="credential" value="" />
          <Button id={`${id}-button`} kind={kind}>
            {submit ?? t(`passkeys.${use}`)}
          </Button>
          <p class="hint passkey-said" id={`${id}-said`} role="status" tabindex={-1} />
        </Form>
      </div>
      <script type="module" src={passkeyScript.href} />
    </div>
  )
}

const textsOf = (t: Translate) => ({
  'data-waiting': t('passkeys.waiting'),
  'data-cancelled': t('passkeys.cancelled'),
  'data-known': t('passkeys.known'),
  'data-unsupported': t('passkeys.unsupported'),
  'data-address': t('passkeys.address'),
  'data-failed': t('passkeys.failed'),
})

function placesOf({ base, action, options, use }: PasskeyFormProps): { action: `/${string}`; options: `/${string}` } {
  if (base === undefined) return { action, options }
  return { action: use === 'enrolment' ? `${base}/passkey/add` : `${base}/passkey`, options: `${base}/passkey/options` }
}
