import { raw } from 'hono/html'
import type { JSX } from 'hono/jsx/jsx-runtime'
import type { Translate } from '../../ui/messages/translator.ts'
import { renderPage } from '../../ui/render.ts'
import type { Sender } from './compose.ts'
import type { Block, Content, Entry, Fact } from './content.ts'
import { sheet, style } from './style.ts'

interface LetterProps {
  readonly t: Translate
  readonly content: Content
  readonly sender: Sender
}

/**
 * Tables and styles in the elements, because mail programs are older than the web. Nothing is loaded from anywhere: no
 * image that would tell when and where a letter was opened. Whatever somebody typed is escaped by the renderer (threat 29).
 */
export const asHtml = (t: Translate, content: Content, sender: Sender): string =>
  renderPage(<LetterPage t={t} content={content} sender={sender} />)

const LetterPage = ({ t, content: { title, blocks, why }, sender: { operator, host } }: LetterProps) => (
  <html lang={t.language.tag} dir={t.language.dir}>
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="supported-color-schemes" content="light dark" />
      <meta name="format-detection" content="telephone=no, date=no, address=no, email=no, url=no" />
      <title>{title}</title>
      <style>{raw(sheet)}</style>
    </head>
    <body class="paper" style={style.body}>
      <table role="presentation" width="100%" cellpadding="0" cellspacing="0">
        <tr>
          <td align="center" class="wall" style={`padding:24px 8px 0;${style.wall}`}>
            <table role="presentation" width="100%" cellpadding="0" cellspacing="0" class="paper" style={style.opening}>
              <tr>
                <td class="in ink" style={style.head}>
                  {operator}
                </td>
              </tr>
              <tr>
                <td class="in ink" style={style.main}>
                  <h1 class="ink" style={style.title}>
                    {title}
                  </h1>
                  {blocks.map((block) => (
                    <BlockOf t={t} block={block} />
                  ))}
                </td>
              </tr>
            </table>
          </td>
        </tr>
        <tr>
          <td align="center" class="paper" style={`padding:0 8px;${style.floor}`}>
            <table role="presentation" width="100%" cellpadding="0" cellspacing="0" style={style.plinth}>
              <tr>
                <td class="in soft line" style={style.foot}>
                  <strong class="ink">{operator}</strong> · <bdi>{host}</bdi>
                  <br />
                  {why} {t('mail.automatic')}
                </td>
              </tr>
            </table>
          </td>
        </tr>
      </table>
    </body>
  </html>
)

function BlockOf({ t, block }: { readonly t: Translate; readonly block: Block }): JSX.Element {
  switch (block.kind) {
    case 'text':
      return (
        <p style={style.text}>
          <Words text={block.text} />
        </p>
      )
    case 'aside':
      return (
        <p class="soft" style={style.aside}>
          <Words text={block.text} />
        </p>
      )
    case 'code':
      return (
        <p class="ink line" dir="ltr" style={style.code}>
          {block.code}
        </p>
      )
    case 'facts':
      return <Facts facts={block.facts} />
    case 'entries':
      return <Entries entries={block.entries} />
    case 'action':
      return block.weight === 'main' ? <Action t={t} {...block} /> : <QuietAction {...block} />
  }
}

interface ActionProps {
  readonly label: string
  readonly href: string
}

/** The address in full as well: whoever is asked to trust a link should see where it leads. */
const Action = ({ t, label, href }: ActionProps & { readonly t: Translate }) => (
  <>
    <div style={style.buttonPlace}>
      <a class="button" href={href} style={style.button}>
        {label}
      </a>
    </div>
    <p class="soft" style={style.aside}>
      {t('mail.linkBelow')}
      <br />
      <a class="link" href={href} dir="ltr" style={style.link}>
        {href}
      </a>
    </p>
  </>
)

const QuietAction = ({ label, href }: ActionProps) => (
  <p style={style.text}>
    <a class="link" href={href} style={style.link}>
      {label}
    </a>
  </p>
)

const Facts = ({ facts }: { readonly facts: readonly Fact[] }) => (
  <table width="100%" cellpadding="0" cellspacing="0" class="line" style={style.facts}>
    {facts.map(({ label, value }) => (
      <tr>
        <th scope="row" class="soft line label" style={style.label}>
          {label}
        </th>
        <td width="100%" class="ink line value" style={style.value}>
          <bdi>{value}</bdi>
        </td>
      </tr>
    ))}
  </table>
)

const Entries = ({ entries }: { readonly entries: readonly Entry[] }) => (
  <div class="line" style={style.facts}>
    {entries.map(({ title, lines, notes }) => (
      <div class="line" style={style.entry}>
        <strong class="ink">{title}</strong>
        {lines.map((line) => (
          <div>
            <bdi>
              <Words text={line} />
            </bdi>
          </div>
        ))}
        {notes.map((note) => (
          <div class="soft" style={style.note}>
            <bdi>{note}</bdi>
          </div>
        ))}
      </div>
    ))}
  </div>
)

/** Commands stand between backticks. A line breaks between their words, never within `--head`. */
const Words = ({ text }: { readonly text: string }) => (
  <>
    {text.split(/`([^`\n]+)`/).map((part, i) =>
      i % 2 === 0 ? (
        part
      ) : (
        <code dir="ltr" style={style.command}>
          {part.split(' ').map((word, at) => (
            <>
              {at === 0 ? '' : ' '}
              <span style={word.length > LONGEST ? '' : style.word}>{word}</span>
            </>
          ))}
        </code>
      ),
    )}
  </>
)

/** What a narrow screen has room for. */
const LONGEST = 24
