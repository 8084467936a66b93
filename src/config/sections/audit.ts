import { z } from 'zod'
import { section, setting } from '../setting.ts'
import { addresses } from '../values/addresses.ts'
import { oneOf } from '../values/choice.ts'
import { pathTo } from '../values/path.ts'
import { durationBetween } from '../values/quantity.ts'
import { syslogServer } from '../values/syslog-server.ts'

export const audit = section(
  z
    .strictObject({
      retention: setting(durationBetween('1d', '36500d').prefault('365d'), {
        about:
          'How long events are kept, where an organisation has no time of its own (`hearthkey org`). What proves the rest stays.',
        example: '730d',
      }),
      checkpointEvery: setting(durationBetween('1m', '24h').prefault('10m'), {
        about:
          'How long an event waits at most until a signed head covers it. A thousand events are covered at once, however young.',
        example: '1m',
      }),
      headsFile: setting(pathTo('a file').optional(), {
        about:
          'Every signed head is appended to it, one a line. Only a head that is kept elsewhere shows that the end of the log was cut off: let this be on a disk of another machine, or be collected from here at once.',
        example: '/mnt/evidence/hearthkey-heads.jws',
        defaultIs: 'heads are written to the log alone',
      }),
      headsMail: setting(addresses(20).optional(), {
        about: 'Who gets the latest signed head by mail, once a day. To keep these letters is to keep the evidence.',
        example: 'auditor@example.com',
        defaultIs: 'no letters are written',
      }),
      stdout: setting(oneOf(['off', 'on']).prefault('off'), {
        about:
          'Writes every event to standard output as well, one JSON object a line among the lines of the log, for whoever collects that.',
        example: 'on',
      }),
      file: setting(pathTo('a file').optional(), {
        about: 'Appends every event to this file, one JSON object a line. It may be moved away at any time.',
        example: '/var/log/hearthkey/audit.ndjson',
        defaultIs: 'no file is written',
      }),
      syslog: setting(syslogServer().optional(), {
        about:
          'Sends every event to a SIEM by syslog (RFC 5424): `tls://` (port 6514), or `tcp://` (port 601), which is in the clear and suits a network that is yours alone.',
        example: 'tls://siem.example.com:6514',
        defaultIs: 'nothing is sent',
      }),
      syslogCa: setting(pathTo('a PEM file').optional(), {
        about: 'The authority that signed the certificate of the SIEM, where it is one of your own.',
        example: '/etc/hearthkey/tls/siem-ca.pem',
        defaultIs: 'the authorities that Node knows',
      }),
      syslogCert: setting(pathTo('a PEM file').optional(), {
        about:
          'The certificate, with its chain, that this instance shows to a SIEM that asks for one (RFC 5425). Goes together with the key.',
        example: '/etc/hearthkey/tls/siem-client.pem',
        defaultIs: 'none is shown',
      }),
      syslogKey: setting(pathTo('a PEM file').optional(), {
        about: 'The private key of that certificate.',
        example: '/etc/hearthkey/tls/siem-client.key',
        defaultIs: 'none is shown',
      }),
    })
    .readonly(),
  {
    title: 'Audit log',
    about: 'What is kept of events, and where the proof of it goes ([how it works](guides/audit-log.md)).',
  },
)
