import { z } from 'zod'
import { section, setting } from '../setting.ts'
import { headerName } from '../values/header-name.ts'
import { issuerUrl } from '../values/issuer-url.ts'
import { addressRanges, hostToListenOn } from '../values/network.ts'
import { wholeNumber } from '../values/number.ts'
import { pathTo } from '../values/path.ts'
import { durationBetween, sizeBetween } from '../values/quantity.ts'

const tls = z
  .strictObject({
    cert: setting(pathTo('a PEM file'), {
      about:
        'The certificate chain, to serve HTTPS without a proxy. Goes together with the key. Read again when it changes.',
      env: 'TLS_CERT',
      example: '/etc/hearthkey/tls/fullchain.pem',
    }),
    key: setting(pathTo('a PEM file'), {
      about: 'The private key of that certificate.',
      env: 'TLS_KEY',
      example: '/etc/hearthkey/tls/privkey.pem',
    }),
  })
  .readonly()
  .optional()

export const server = section(
  z
    .strictObject({
      issuerUrl: setting(issuerUrl().optional(), {
        about:
          'The address people and programs know this server by: it stands in every token and every link. https, except on localhost. Choose it once: tokens of another issuer are refused everywhere.',
        env: 'ISSUER_URL',
        example: 'https://id.example.com',
        defaultIs: 'http://localhost and the port (https where TLS is set)',
      }),
      host: setting(hostToListenOn().prefault('127.0.0.1'), {
        about:
          'The address to listen on. The default is reached from this machine alone; `0.0.0.0` or `::` listens on all networks, which is right inside a container and otherwise wants TLS or a proxy in front.',
        env: 'HOST',
        example: '0.0.0.0',
      }),
      port: setting(wholeNumber(0, 65_535).prefault(3000), {
        about: 'The port to listen on. `0` takes any free one.',
        env: 'PORT',
        example: '8080',
      }),
      trustedProxies: setting(
        addressRanges('anybody could then claim any client address; name your proxies').prefault([]),
        {
          about:
            'The proxies in front of this server. `X-Forwarded-*` is believed from these addresses only; without them every visitor behind the proxy counts as one.',
          env: 'TRUSTED_PROXIES',
          example: '10.0.0.0/8,fd00::/8',
        },
      ),
      clientCertificateHeader: setting(headerName().optional(), {
        about:
          'In which header a trusted proxy passes the certificate that an application has shown it: PEM with percent escapes (nginx `$ssl_client_escaped_cert`) or RFC 9440 `Client-Cert`. The proxy must overwrite or drop it whenever it comes from outside. Without it no application proves itself by a certificate.',
        example: 'X-SSL-Client-Cert',
        defaultIs: 'none: certificates are not read',
      }),
      clientCertificateVerifiedHeader: setting(headerName().optional(), {
        about:
          'In which header that proxy says `SUCCESS` once the certificate leads to an authority that it trusts (nginx `$ssl_client_verify`). Without it only certificates that are registered themselves count (`self_signed_tls_client_auth`), and tokens may be bound to any.',
        example: 'X-SSL-Client-Verify',
        defaultIs: 'none: no authority is believed',
      }),
      workers: setting(wholeNumber(1, 64).prefault(1), {
        about: 'Processes that serve requests. One is enough for most; more use more processors of one machine.',
        env: 'WORKERS',
        example: '4',
      }),
      tls,
      bodyLimit: setting(sizeBetween('1kb', '10mb').prefault('64kb'), {
        about: 'The largest request that is read; a larger one is refused.',
        example: '128kb',
      }),
      drainDelay: setting(durationBetween('0s', '1m').prefault('500ms'), {
        about:
          'How long a stop goes on accepting requests after `/readyz` has begun to fail, so that a load balancer notices before connections are refused.',
        example: '5s',
      }),
      shutdownGrace: setting(durationBetween('0s', '5m').prefault('10s'), {
        about: 'How long a stop waits for requests that are being answered.',
        example: '30s',
      }),
    })
    .readonly(),
  { title: 'Server', about: 'Where Hearthkey listens and what it is called.' },
)
