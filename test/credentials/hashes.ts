/** Of `correct horse battery`, made by other programs (Python's hashlib) and not by ours. */
export const of = 'correct horse battery'
const salt = 'MDEyMzQ1Njc4OWFiY2RlZg'

export const hashes = {
  'PBKDF2, PHC': `$pbkdf2-sha256$i=1000,l=32$${salt}$BVALGMmC/K/8ELErc5VgJxyPFApArIZRCQsqjEgZWJ4`,
  'PBKDF2, PHC without a length': `$pbkdf2-sha256$i=1000$${salt}$BVALGMmC/K/8ELErc5VgJxyPFApArIZRCQsqjEgZWJ4`,
  'PBKDF2, passlib': `$pbkdf2-sha512$1000$${salt}$7F/Y1rnWXXurLCfFvAmyjyXtbABhgzBTBNcm//wlnvGBOz7OExlgRFs5qwaY5PzB3/WjR7P4yv/ACDQZpDXIfQ`,
  'PBKDF2, Django': 'pbkdf2_sha256$1000$seasalt2$/AgPzJG5e6Yv25JIyxyWfNnB6QXmfp0Y+BEGfC3zoJE=',
  'PBKDF2, Werkzeug': 'pbkdf2:sha256:1000$seasalt2$fc080fcc91b97ba62fdb9248cb1c967cd9c1e905e67e9d18f811067c2df3a091',
  'scrypt, PHC': `$scrypt$ln=10,r=8,p=1$${salt}$xXt6EAFzAOlee5Hgl8R5+kLA6sDARjRcMGtm6fZJsa8`,
  'scrypt, Werkzeug':
    'scrypt:1024:8:1$seasalt2$b30967899f0b3e5ab353bf138a28d18618af020b7ac7d09955d40515f9e06916b4a1664226c97c84dd52cfa135d0678b324445288897df66e347fba328f8e816',
} as const

/** Published by those who designed the schemes. */
export const published = [
  ['$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW', 'U*U'],
  ['$2y$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK', 'U*U*'],
  ['$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA', 'password'],
  ['$argon2i$v=16$m=65536,t=2,p=1$c29tZXNhbHQ$9sTbSlTio3Biev89thdrlKKiCaYsjjYVJxGAL3swxpQ', 'password'],
  ['$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc', 'password'],
  ['$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E', 'password'],
  ['$pbkdf2-sha256$29000$N2YMIWQsBWBMae09x1jrPQ$1t8iyB2A.WF/Z5JZv.lfCIhXXN33N23OSgQYThBYRfk', 'toomanysecrets'],
] as const
