/** Why a client cannot be as it is said, and what mends it: one place for commands and for who registers by HTTP. */
export const clientFaults = {
  'id-taken': ['There is a client with this id already, or there was one.', 'Choose another id, or leave it out.'],
  'id-invalid': [
    'The id is not one, or reads as the id of something else.',
    'Use letters, digits, dots, hyphens and underscores, at most 100 of them, and not the form of usr_….',
  ],
  'name-invalid': [
    'The name says nothing, is too long, or holds control characters, invisible ones, or marks that turn the direction of writing.',
    'Give a name that people recognise, of at most 200 characters.',
  ],
  'uri-invalid': [
    'The home page is not an address.',
    'Give https://app.example.com/, or leave it out. Plain http is for localhost alone.',
  ],
  'link-invalid': [
    'A link is not an address that people could be sent to.',
    'Give an https address without a user name and a fragment, such as https://app.example.com/terms.',
  ],
  'link-host': [
    'An application of somebody else links to a host that says nothing of whose it is.',
    'Give a host with a public name, such as www.example.com, or that of a redirect URI: no number, no name of the inner network. An application of yours: --first-party.',
  ],
  'no-redirect-uri': [
    'People who sign in must be sent back somewhere.',
    'Add --redirect-uri <address>. For a program that speaks for itself, add --grant client_credentials alone.',
  ],
  'too-many': ['There are too many of something.', 'Keep to 100 addresses, 50 origins and 100 APIs.'],
  'secret-needed': [
    'Only a client that can keep a secret may speak for itself (client_credentials).',
    'Leave out --public, --native and --type, or register the part that runs on your server as a service.',
  ],
  'auth-needed': [
    'A web application and a service prove who they are.',
    'Use client_secret_basic, client_secret_post, private_key_jwt or mutual TLS. What runs in a browser is single-page, what runs on a device native.',
  ],
  'auth-impossible': [
    'What runs in a browser or on the device of a person keeps no secret: whoever has it could read it there.',
    'Leave the authentication out (none). A server that asks in its place is a web application.',
  ],
  'grant-not-of-type': [
    'An application of this type cannot use this grant.',
    'single-page: authorization_code and refresh_token. native and web: the device flow, too. service: client_credentials alone.',
  ],
  'nobody-signs-in': [
    'Nobody signs in to a service, so nobody is sent back to it, signed out of it or known to it.',
    'Leave it out, or register what people sign in to as a web application.',
  ],
  'pkce-required': [
    'Without a secret, or under FAPI 2.0, PKCE alone shows that a code came to whoever asked for it.',
    'Leave PKCE required.',
  ],
  'origin-invalid': [
    'An origin is not one.',
    'Give scheme, host and port as a browser sends them, such as https://app.example.com: no path, no slash at the end. Plain http is for the loopback alone.',
  ],
  'origins-not-of-type': [
    'Pages call the token endpoint for applications that keep no secret, and for no others.',
    'Leave the origins out: a server sends none.',
  ],
  'keys-needed': [
    'It proves itself, or signs its requests, by keys that are not known here.',
    'Give its public keys as a JWKS, or an https address where they are found.',
  ],
  'keys-twice': [
    'There are keys and an address of keys: nobody could tell which count.',
    'Give the JWKS or its address, not both.',
  ],
  'keys-invalid': [
    'The keys are not a JWKS of public signature keys that are taken here.',
    'Give {"keys": [...]} with RSA keys of 2048 bits or more, EC keys on P-256, or Ed25519, at most 20.',
  ],
  'keys-private': [
    'There is a private or a symmetric key among them. Whoever has seen it can speak for the application.',
    'Make new keys, and give the public half alone: without d, p, q, dp, dq, qi, oth, k.',
  ],
  'keys-without-certificate': [
    'A certificate that nobody else vouches for is known by being among the keys.',
    'Give each key its certificate as x5c, of that very key.',
  ],
  'keys-uri-invalid': [
    'The address of the keys is not one.',
    'Give an https address without a user name and a fragment, such as https://app.example.com/jwks.json.',
  ],
  'certificate-name-needed': [
    'It proves itself by a certificate whose name is not known here.',
    'Give the subject of its certificate as RFC 4514 writes it, such as CN=billing,O=Example.',
  ],
  'certificate-name-idle': [
    'There is the name of a certificate, and the application does not prove itself by one.',
    'Use tls_client_auth, or leave the name out.',
  ],
  'certificates-unread': [
    'This server reads no certificates of applications.',
    'Set server.clientCertificateHeader to what your proxy passes them in, or prove and bind by a key: private_key_jwt, dpop.',
  ],
  'certificates-unverified': [
    'This server does not learn which certificates lead to an authority.',
    'Set server.clientCertificateVerifiedHeader to where your proxy says so, or use self_signed_tls_client_auth.',
  ],
  'logout-uri-invalid': [
    'It cannot be told of a sign-out at this address.',
    'Give an https address without a user name and a fragment; plain http is for the loopback alone.',
  ],
  'lifetime-invalid': [
    'A lifetime is too short or too long.',
    'Access tokens: 30 s to keys.longestTokenLifetime. Refresh tokens: 60 s to 3650 days, and not longer idle than in all.',
  ],
  'sector-needed': [
    'People would have one name at each of its hosts, and nobody said which host counts.',
    'Give the sector: the host that all its addresses belong to.',
  ],
  'sector-invalid': [
    'The sector is no host.',
    'Give a host name in lower case such as app.example.com, without a port.',
  ],
  'sector-idle': [
    'There is a sector, and people have the same name everywhere (public).',
    'Use pairwise subjects, or leave the sector out.',
  ],
  'pairwise-device': [
    'A device comes back to no address, so nothing proves of which sector its application is, by which pairwise subjects are made.',
    'Use public subjects, or leave the device flow out.',
  ],
  'fapi-authentication': [
    'FAPI 2.0 takes no secrets.',
    'Use private_key_jwt, tls_client_auth or self_signed_tls_client_auth, on a web application or a service.',
  ],
  'fapi-par': ['FAPI 2.0 takes pushed requests alone.', 'Require pushed authorization requests.'],
  'fapi-binding': [
    'FAPI 2.0 binds tokens to a key of whoever holds them.',
    'Bind the tokens by DPoP (dpop) or by the certificate (mtls).',
  ],
  'fapi-algorithm': [
    'FAPI 2.0 takes no RS256.',
    'Sign with PS256, ES256 or EdDSA, and say so in the alg of the key, or leave that out.',
  ],
  'fapi-https': ['FAPI 2.0 sends people back over https alone.', 'Give redirect URIs with https.'],
  'no-scope': ['The API has no such scope.', 'hearthkey api show <audience> lists those that it has.'],
  'has-no-secret': [
    'The client keeps no secret.',
    'It proves itself by a key, or each request by PKCE: there is nothing to rotate.',
  ],
  'too-many-secrets': [
    'Five secrets count at a time at most.',
    'Take one away that nobody uses: hearthkey client secrets <id> shows them.',
  ],
  'no-such-secret': ['The client has no such secret.', 'hearthkey client secrets <id> shows those that it has.'],
  'last-secret': [
    'It is the last secret that counts: without it the application gets no token any more.',
    'Add another first: hearthkey client add-secret <id>.',
  ],
} as const satisfies Record<string, readonly [detail: string, cure: string]>

export type ClientFaultReason = keyof typeof clientFaults

export interface ClientFault<R extends ClientFaultReason = ClientFaultReason> {
  readonly reason: R
  /** What it is about, where that is one thing of several. */
  readonly value?: string
}

/** `detail` for whoever asked, `cure` for whoever can mend it. */
export function wordsOf({ reason, value }: ClientFault): { readonly detail: string; readonly cure: string } {
  const [detail, cure] = clientFaults[reason]
  return { detail: value === undefined ? detail : `${detail} (${value})`, cure }
}
