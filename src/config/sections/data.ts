import { z } from 'zod'
import { section, setting } from '../setting.ts'
import { pathTo } from '../values/path.ts'
import { secretText } from '../values/secret.ts'

export const data = section(
  z
    .strictObject({
      dir: setting(pathTo('a directory').prefault('./data'), {
        about: 'Holds the embedded database. Back it up, and back the keys up in another place.',
        env: 'DATA_DIR',
        example: '/var/lib/hearthkey',
      }),
      keysDir: setting(pathTo('a directory').prefault('./keys'), {
        about:
          'Holds the master key, without which nothing in the database can be opened. Never the data directory, nor inside it: a stolen copy of the data must not carry its key.',
        env: 'KEYS_DIR',
        example: '/etc/hearthkey/keys',
      }),
      masterKey: setting(secretText('the text of a master key file, or 32 random bytes in base64url').optional(), {
        about: 'The master key itself, instead of the file in the keys directory.',
        env: 'MASTER_KEY',
        secret: true,
        example: '/run/secrets/master-key',
        defaultIs: 'the file in the keys directory, made on the first start',
      }),
    })
    .readonly(),
  { title: 'Data and keys', about: 'What must survive, and what opens it. The two are never kept in one place.' },
)
