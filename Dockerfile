# docs/image.md says how to build it and what it holds; docs/adr/0026 why it is so.
#
# BASE is any image with Node 24 as `node` on its PATH; it needs neither a shell nor a package manager, except npm where the packages are fetched.
# The digest is that of the index, for all architectures: a tag may move, what a digest names cannot. `docker buildx imagetools inspect
# node:24-slim` shows the newest.
ARG BASE=node:24.21.0-slim@sha256:d6aa754f16b3197301076f047b5def2f02ea1dbbc2ca920407d46d7ec7f87b20

# On the architecture of whoever builds: what comes out is JavaScript, the same for all, so that no architecture needs an emulator.
FROM --platform=${BUILDPLATFORM:-linux} $BASE AS build
WORKDIR /build/clone
# packages.tar is there only in a context of `make image PACKAGES=clone`, and is unpacked.
ADD package.json package-lock.json .npmrc packages.ta[r] ./
COPY scripts/image/install.ts scripts/image/
RUN ["node", "scripts/image/install.ts"]
COPY LICENSE ./
COPY scripts/image scripts/image
COPY src src
RUN ["node", "scripts/image/assemble.ts", "/image"]

FROM $BASE
ARG BASE
ARG VERSION=0.0.0
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
LABEL org.opencontainers.image.title="awoooi-operator" \
      org.opencontainers.image.description="A Kubernetes operator that proves an alert still reaches a human, and names the broken hop when it does not." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version=$VERSION \
      org.opencontainers.image.revision=$REVISION \
      org.opencontainers.image.created=$CREATED \
      org.opencontainers.image.base.name=$BASE
COPY --from=build /image/ /
# A heap of glibc's for two threads at most, where each would have one of its own: eight MiB less at rest.
ENV MALLOC_ARENA_MAX=2
# A number, so that a cluster can see that it is not root (runAsNonRoot). It owns nothing and writes nothing; any other number will do as well.
USER 65532:65532
# The API, and /metrics with the probes.
EXPOSE 8000 8081
# Node's options as the first line of src/main.ts has them: some of them count only on the command line (docs/adr/0003).
ENTRYPOINT ["node", "--max-semi-space-size=4", "--heap-growing-percent=30", "--", "/app/dist/src/main.js"]
CMD ["operator"]
