import { z } from 'zod'
import { section, setting } from '../setting.ts'
import { pathTo } from '../values/path.ts'

export const geo = section(
  z
    .strictObject({
      file: setting(pathTo('a file of places').optional(), {
        about:
          'A city or country file in MaxMind format (`.mmdb`), by which people see where they are signed in ([how](guides/sessions.md#where-a-session-is)). Held in memory; read again when it changes. A file that is not there or not whole stops the start.',
        example: '/var/lib/geoip/GeoLite2-City.mmdb',
        defaultIs: 'none: people see the address alone',
      }),
    })
    .readonly(),
  { title: 'Places', about: 'Where an address is. Nothing is decided by it, and nothing of it leaves the server.' },
)
