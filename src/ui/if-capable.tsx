import type { Child } from 'hono/jsx'
import { passkeyCapableScript } from './assets.ts'

interface IfCapableProps {
  readonly id: string
  readonly children?: Child
}

/** What is of use on a device alone that can keep a passkey and asks for a finger, a face or a PIN: an offer to make one. */
export const IfCapable = ({ id, children }: IfCapableProps) => (
  <div class="if-capable" id={id} hidden>
    {children}
    <script type="module" src={passkeyCapableScript.href} />
  </div>
)
