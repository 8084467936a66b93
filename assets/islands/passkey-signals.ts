// Runs in the browser, beside src/ui/passkey-signals.tsx: `npm run docs` makes passkey-signals.js of it.
import { knowsPasskeys } from './passkey/supported.ts'

/** Not every browser has them, and TypeScript knows them for none. */
interface Signals {
  signalUnknownCredential?(signal: unknown): Promise<void>
  signalAllAcceptedCredentials?(signal: unknown): Promise<void>
  signalCurrentUserDetails?(signal: unknown): Promise<void>
}

if (knowsPasskeys()) for (const place of document.querySelectorAll<HTMLElement>('.passkey-signal')) void tell(place)

async function tell({ dataset }: HTMLElement): Promise<void> {
  const signals: Signals = PublicKeyCredential
  const { account, unknown } = dataset
  try {
    if (unknown !== undefined) await signals.signalUnknownCredential?.(JSON.parse(unknown))
    if (account === undefined) return
    const { rpId, userId, allAcceptedCredentialIds, name, displayName } = JSON.parse(account)
    await signals.signalAllAcceptedCredentials?.({ rpId, userId, allAcceptedCredentialIds })
    await signals.signalCurrentUserDetails?.({ rpId, userId, name, displayName })
  } catch {
    // It was for the password manager's sake; the page is whole without it.
  }
}
