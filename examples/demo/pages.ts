import { html } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import type { JWTVerifyResult } from 'jose'
import type { SignedIn } from './relying-party.ts'

type Page = HtmlEscapedString | Promise<HtmlEscapedString>
type Claims = Readonly<Record<string, unknown>>

export const NAME = 'Demo Invoices'

const layout = (title: string, content: Page) => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} – ${NAME}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css">
</head>
<body>
<header><p class="brand">${NAME}</p><p>a demo client of Hearthkey</p></header>
<main>${content}</main>
</body>
</html>`

const signIn = html`<p><a class="button" id="sign-in-with-hearthkey" href="/sign-in">Sign in with Hearthkey</a></p>`

export const welcomePage = (issuer: string) =>
  layout(
    'Welcome',
    html`<h1>Invoices, for those who may see them</h1>
<p>This small application knows no passwords. It sends you to <code>${issuer}</code>, learns from there who you are, and
shows you everything that it was told.</p>
${signIn}`,
  )

export const signedOutPage = () =>
  layout('Signed out', html`<h1>You are signed out</h1><p>Here and at Hearthkey.</p>${signIn}`)

export const problemPage = (what: string, details?: string) =>
  layout(
    'Not signed in',
    html`<h1>You are not signed in</h1>
<p>${what}</p>
${details === undefined ? '' : html`<p class="soft">${details}</p>`}
${signIn}`,
  )

/** Nothing went wrong: two tabs of one browser share its cookie, and only one sign-in of it can be under way. */
export const otherTabPage = (isSignedIn: boolean) =>
  isSignedIn
    ? layout(
        'Signed in already',
        html`<h1>You are signed in already</h1>
<p>Another tab of this browser finished its sign-in first, so this one was not needed. You can close this tab, or go on in
it.</p>
<p><a class="button" id="go-on" href="/">Go on</a></p>`,
      )
    : layout(
        'Sign-in in another tab',
        html`<h1>A newer sign-in is open in another tab</h1>
<p>This browser began to sign in twice, and only the later of the two counts. Finish it in the other tab and close this
one; or begin anew here.</p>
${signIn}`,
      )

interface Told {
  readonly signedIn: SignedIn
  readonly accessToken: JWTVerifyResult
  readonly invoices: unknown
}

export const claimsPage = ({ signedIn, accessToken, invoices }: Told) => {
  const { claims, userInfo } = signedIn
  const name = typeof userInfo.name === 'string' ? userInfo.name : claims.sub
  return layout(
    name,
    html`<h1>Signed in as ${name}</h1>
<form method="post" action="/sign-out"><button id="leave">Sign out</button></form>
${part('id-token', 'ID token', 'Who signed in, and how: for this application alone.', claims)}
${part('userinfo', 'UserInfo', 'What Hearthkey answers to whoever holds the access token.', userInfo)}
<section id="access-token">
<h2>Access token</h2>
<p>What a back end is shown. It was checked here with <code>jose</code>, and with keys found from nothing but the issuer’s
URL.</p>
<h3>Header</h3>${table({ ...accessToken.protectedHeader })}
<h3>Claims</h3>${table({ ...accessToken.payload })}
</section>
<section id="invoices">
<h2>Answer of the back end</h2>
<p><code>GET /api/invoices</code>, with that access token as its bearer.</p>
<pre tabindex="0">${JSON.stringify(invoices, null, 2)}</pre>
</section>`,
  )
}

const part = (id: string, title: string, about: string, claims: Claims) => html`<section id="${id}">
<h2>${title}</h2>
<p>${about}</p>
${table(claims)}
</section>`

const table = (claims: Claims) =>
  html`<dl>${Object.entries(claims).map(
    ([claim, value]) => html`<div><dt>${claim}</dt><dd>${shown(claim, value)}</dd></div>`,
  )}</dl>`

const moments = new Set(['iat', 'exp', 'nbf', 'auth_time', 'updated_at'])

function shown(claim: string, value: unknown) {
  if (typeof value === 'number' && moments.has(claim)) {
    const time = new Date(value * 1000).toISOString()
    return html`${value} <time datetime="${time}">${time.slice(0, 19).replace('T', ' ')} UTC</time>`
  }
  return typeof value === 'string' ? value : JSON.stringify(value)
}
