# docker run --rm -v "$PWD:/work" hopwright lint
FROM node:26-slim AS build
WORKDIR /src
COPY . .
RUN npm ci && npm pack --pack-destination /tmp

FROM node:26-slim
COPY --from=build /tmp/hopwright-*.tgz /tmp/
RUN npm install --global /tmp/hopwright-*.tgz && rm /tmp/hopwright-*.tgz
WORKDIR /work
USER node
ENTRYPOINT ["hopwright"]
CMD ["lint"]
