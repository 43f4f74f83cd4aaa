# The server in an image of its own. Build: docker build -t social .
# Run: docker run -p 8080:8080 -v social:/data -e SOCIAL_PUBLIC_URL=https://social.example.com/ social
FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
RUN scripts/setup && cargo build --release --locked -p social-cli -p social-media-worker

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
       libavcodec59 libavformat59 libavfilter8 libswscale6 libswresample4 libavutil57 libheif1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data social \
    && install -d -o social -g social /data
# The second reads clips and pictures by FFmpeg and libheif, in processes of its own.
COPY --from=build /src/target/release/social /src/target/release/social-media-worker /usr/local/bin/
USER social
VOLUME /data
ENV SOCIAL_DATA=/data SOCIAL_LISTEN=0.0.0.0:8080 SOCIAL_LOG_FORMAT=json
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=5s CMD ["social", "health"]
ENTRYPOINT ["social"]
CMD ["serve"]
