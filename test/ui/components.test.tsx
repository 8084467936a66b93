import { describe, expect, it } from 'vitest'
import { AppError } from '../../src/errors/app-error.ts'
import { SignInPage } from '../../src/login/pages/sign-in.tsx'
import { Ago } from '../../src/ui/ago.tsx'
import { ErrorPage } from '../../src/ui/error-page.tsx'
import { Link } from '../../src/ui/link.tsx'
import { createWords } from '../../src/ui/messages/words.ts'
import { renderPage } from '../../src/ui/render.ts'

const words = createWords()
const t = words.speak('en')

describe('what a stranger typed', () => {
  it.each([
    'javascript:alert(1)',
    'JAVASCRIPT:alert(1)',
    'data:text/html,x',
    ' javascript:alert(1)',
    '//evil.example',
    '/\\evil.example',
  ])('is no link where the web does not go: %s', (href) =>
    expect(String(<Link href={href}>Back</Link>)).toBe('<span>Back</span>'),
  )

  it.each(['https://app.example/', 'http://localhost:4000/x?y#z', '/.well-known/openid-configuration', '#email'])(
    'is a link where it does: %s',
    (href) => expect(String(<Link href={href}>Back</Link>)).toBe(`<a href="${href}">Back</a>`),
  )

  it('[TOS-9] is text in a page, and never a part of it', () => {
    const name = '</title><script>alert(1)</script>"\u202Eevil'
    const html = renderPage(
      <SignInPage
        t={t}
        action="/login/a"
        base="/login/a"
        passkeys={false}
        cancel="/login/a/abort"
        recover="/recover"
        client={{ name }}
        email={'"><img src=x>'}
      />,
    )
    expect(html).not.toMatch(/<script|<img/)
    expect(html).toContain('<bdi class="given">&lt;/title&gt;&lt;script&gt;')
  })
})

it('whoever has tried too often is told when to try again, and nothing that is for programs', () => {
  const page = (retryAfter?: number) =>
    renderPage(
      <ErrorPage
        t={t}
        error={new AppError('too-many-requests', retryAfter === undefined ? {} : { retryAfter })}
        requestId="req"
      />,
    )
  expect(page(420)).toContain('7 minutes')
  expect(page(420)).not.toContain('Retry-After')
  expect(page(), 'where nobody knows when').toContain('Wait a while')
})

describe('how long ago something was', () => {
  const now = new Date('2030-01-15T12:00:00Z')
  const ago = (language: string, seconds: number) =>
    String(<Ago t={words.speak(language)} at={new Date(now.getTime() - seconds * 1000)} now={now} />).replaceAll(
      /<[^>]*>/g,
      '',
    )

  it('is said in words that a sentence ends in, in every language of ours', () => {
    expect([0, 59, 60, 7200, 86_400].map((seconds) => ago('en', seconds))).toEqual([
      'just now',
      'just now',
      '1 minute ago',
      '2 hours ago',
      'yesterday',
    ])
    expect([59, 60, 86_400].map((seconds) => ago('de', seconds))).toEqual(['gerade eben', 'vor 1 Minute', 'gestern'])
  })
})
