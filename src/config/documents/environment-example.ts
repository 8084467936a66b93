import { sections } from '../schema.ts'
import type { Setting } from '../setting.ts'
import { withoutMarkdown, wrapped } from './prose.ts'

const head = `# Every setting that the environment knows. Copy this file to .env, uncomment what you need, and hand it over:
#   docker run --env-file .env …        (or env_file: in a compose file)
#   set -a; . ./.env; set +a; npm start
# Each name also exists as NAME_FILE: the path of a file that holds the value. Use it for secrets.
# Generated from the schema; docs/configuration.md says more.

# The configuration file, for everything else. Default: hearthkey.yaml, where there is one.
# CONFIG_FILE=/etc/hearthkey/hearthkey.yaml`

const entry = ({ about, env, secret, example, defaultIs, fallback }: Setting): string => {
  const assumed = defaultIs ?? (Array.isArray(fallback) ? fallback.join(',') : fallback)
  const note = assumed === undefined || assumed === '' ? '' : ` Default: ${assumed}.`
  return [...wrapped(`${withoutMarkdown(about)}${note}`, '# '), `# ${env}${secret ? '_FILE' : ''}=${example}`].join(
    '\n',
  )
}

export function environmentExample(): string {
  const groups = sections.flatMap(({ title, settings }) => {
    const named = settings.filter(({ env }) => env)
    return named.length > 0 ? [[`## ${title}`, ...named.map(entry)].join('\n\n')] : []
  })
  return `${[head, ...groups].join('\n\n')}\n`
}
