# mcp-vitals as a container image, for amd64 and arm64:
#   docker buildx build --platform linux/amd64,linux/arm64 -t REGISTRY/mcp-vitals:0.1.0 --push .
# From the same base image and the same Debian packages the file system that `build` makes in /image
# is the same to the byte (k8s/image/assemble); for an image whose layers are so too, give
#   --build-arg SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) --output type=image,rewrite-timestamp=true,…
# Only instructions that tests/image plays without Docker, too.

# Debian's own image; a mirror or a digest may stand here.
ARG DEBIAN=debian:trixie-slim

FROM ${DEBIAN} AS packages
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends make
WORKDIR /src
COPY Makefile .
RUN make build-packages

FROM packages AS build
COPY . .
RUN cmake --preset release -D MCP_VITALS_BENCH=OFF --log-level=WARNING
RUN cmake --build --preset release --target mcp-vitals
ARG SOURCE_DATE_EPOCH=0
RUN k8s/image/assemble build/release /image

# The unit and fault tests where the program is built: docker build --target test .
FROM build AS test
RUN cmake --preset dev --log-level=WARNING && cmake --build --preset dev
RUN ctest --preset dev --label-exclude whole --exclude-regex '^(format|tidy)$'

# No shell, no package manager: the program does its own health checks, drain and probes.
FROM scratch
ARG REVISION=
LABEL org.opencontainers.image.title="mcp-vitals" \
      org.opencontainers.image.description="Probes, metrics and a KEDA scaler for MCP servers" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.base.name="debian:trixie-slim"
COPY --from=build /image/ /
ENV PATH=/usr/bin
USER 65532:65532
EXPOSE 9786 9788 9789
ENTRYPOINT ["/usr/bin/mcp-vitals"]
CMD ["--help"]
