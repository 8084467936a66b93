# Built with `docker build -t hearthkey .`; run with `docker run --init --read-only -p 3000:3000
# -v hearthkey-data:/data -v hearthkey-keys:/keys hearthkey`. A command follows the name: `docker run … hearthkey doctor`.
# Nothing is written outside the two volumes, not even to /tmp.

FROM node:24-bookworm-slim AS manifest
WORKDIR /app
COPY package.json package-lock.json .npmrc ./

FROM manifest AS build
RUN npm ci --no-audit --no-fund
COPY tsconfig.json ./
COPY scripts scripts
COPY src src
RUN node_modules/.bin/node scripts/build.mjs

# The image that serves has no compiler, no package manager and no headers: what is not there cannot be abused.
FROM manifest AS production
RUN npm ci --omit=dev --no-audit --no-fund \
  && rm -rf node_modules/node-linux-*/include node_modules/node-linux-*/share

# The runtime is the Node that the lock file pins and hashes, not the one of the image that builds.
FROM debian:bookworm-slim
# PostgreSQL refuses root and an account without a name, so there is a line in /etc/passwd. The volumes take their owner
# from these folders; a folder of the host that is mounted instead needs `chown 10001:10001`.
RUN groupadd --gid 10001 hearthkey \
  && useradd --uid 10001 --gid hearthkey --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin hearthkey \
  && install -d -m 0700 -o hearthkey -g hearthkey /data /keys \
  && printf '#!/bin/sh\nexec /app/node_modules/.bin/node /app/dist/main.js "$@"\n' > /usr/local/bin/hearthkey \
  && chmod 0755 /usr/local/bin/hearthkey
WORKDIR /app
COPY --from=production /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json ./
COPY assets assets
COPY migrations migrations

ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data KEYS_DIR=/keys
# In numbers, so that an orchestrator can see that it is not root.
USER 10001:10001
# The master key never lies beside the data that it opens: back them up apart.
VOLUME ["/data", "/keys"]
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["hearthkey", "healthcheck"]
# The shell line above ends in exec, so Node itself is told to stop; PostgreSQL under it reaps its own children, and if it
# dies, Node exits and the container with it: no zombies gather. `--init` is still better: as process 1, Node would not
# hear a stop in its first moments, before its handlers stand.
ENTRYPOINT ["hearthkey"]
CMD ["serve"]
