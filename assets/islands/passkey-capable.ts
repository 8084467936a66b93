// Runs in the browser, beside src/ui/if-capable.tsx: `npm run docs` makes passkey-capable.js of it.
import { canKeepOne } from './passkey/supported.ts'

if (await canKeepOne()) for (const place of document.querySelectorAll<HTMLElement>('.if-capable')) place.hidden = false
