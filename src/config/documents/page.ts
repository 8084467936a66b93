import { sections } from '../schema.ts'
import type { Section, Setting } from '../setting.ts'
import { capitalised } from './prose.ts'

const head = `# Configuration

<!-- Generated from the schema in src/config by \`node scripts/docs.ts\`: change it there. -->

Nothing has to be set: without any configuration Hearthkey serves http://localhost:3000 on its own database in \`./data\`.
A server that others reach needs its address, \`ISSUER_URL=https://id.example.com\`, and a proxy in front of it
(\`TRUSTED_PROXIES\`) or a certificate of its own (\`HOST\`, \`TLS_CERT\`, \`TLS_KEY\`).

## Where a value comes from

1. **The environment**, where the setting has a name there: \`PORT=8080\`. Each name also exists as \`NAME_FILE\`, the path of a
   file that holds the value (one newline at its end is dropped), as container secrets are handed over. Setting both is
   an error. An empty variable counts as not set.
2. **The file** \`hearthkey.yaml\` in the working directory, or the one that \`CONFIG_FILE\` names. A key \`server.port\` is
   written as \`port\` below \`server\`. [hearthkey.example.yaml](../hearthkey.example.yaml) lists all of them; its first line
   gives an editor completion and checks.
3. **The default.**

The first that says something wins. A secret is taken from the environment alone, because a file gets copied, committed
and shown. [.env.example](../.env.example) lists every name of the environment.

## How a value is written

| | written as | |
|---|---|---|
| a duration | \`30s\` \`15m\` \`24h\` \`90d\` (or \`ms\`) | always with its unit |
| a size | \`512b\` \`64kb\` \`1mb\` (or \`gb\`) | 1kb is 1024 bytes |
| a path | \`./data\` \`/var/lib/hearthkey\` | a relative one counts from the file that names it, in the environment from the working directory |
| a limit | \`10/15m\` | ten at once, and what is used comes back evenly: never more than twenty in fifteen minutes; \`off\` takes it away |
| a list | in the file \`[10.0.0.0/8, fd00::/8]\` | in the environment \`10.0.0.0/8,fd00::/8\` |

## When something is wrong

A wrong value or an unknown key stops the start with exit code 78 and names all mistakes at once: the variable, or the line
in the file, the reason, and the key that was probably meant. So does a variable that is one slip away from a name below
(\`DATABSE_URL\`). Values are never repeated in a message, because one of them may be a secret in the wrong place.

\`\`\`
npx hearthkey config check     # OK, or everything that is wrong
npx hearthkey config print     # what is in force, and where each value comes from; secrets show as [secret]
\`\`\`
`

const code = (text: string) => `\`${text}\``
const cell = (text: string) => text.replaceAll('|', '\\|')

function defaultOf({ fallback, defaultIs }: Setting): string {
  if (defaultIs) return defaultIs
  if (fallback === undefined) return '–'
  return Array.isArray(fallback) && fallback.length === 0 ? 'none' : code(String(fallback))
}

function row(setting: Setting): string {
  const { key, env, secret, about, form } = setting
  const variable = env ? `${code(env)}${secret ? '<br>**secret**, not in the file' : ''}` : ''
  const cells = [code(key), variable, defaultOf(setting), `${about}<br>*${capitalised(form.says)}.*`]
  return `| ${cells.map(cell).join(' | ')} |`
}

const table = ({ title, about, settings }: Section): string =>
  [
    `## ${title}`,
    '',
    about,
    '',
    '| key | environment | default | what it does |',
    '|---|---|---|---|',
    ...settings.map(row),
  ].join('\n')

export const configurationPage = (): string => `${[head.trimEnd(), ...sections.map(table)].join('\n\n')}\n`
