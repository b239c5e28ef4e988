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
# Leaves compiled code in the image, which every container would make anew.
RUN echo 'events {} http { server { listen 80; location /ws { proxy_pass http://127.0.0.1; } } }' | hopwright lint --fail-on never -
ENTRYPOINT ["hopwright"]
CMD ["lint"]
