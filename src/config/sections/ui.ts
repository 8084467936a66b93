import { z } from 'zod'
import { section, setting } from '../setting.ts'
import { pathTo } from '../values/path.ts'

export const ui = section(
  z
    .strictObject({
      messagesDir: setting(pathTo('a directory').optional(), {
        about:
          'Texts of your own, one file a language: `en.yaml` replaces single texts of the English pages, `fr.yaml` adds French. What a file leaves out is said as before, or in English. [How to write one](languages.md).',
        example: '/etc/hearthkey/messages',
      }),
    })
    .readonly(),
  { title: 'Pages', about: 'What people see when they sign in.' },
)
