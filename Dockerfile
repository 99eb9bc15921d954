# The server in a container: docker build -t inference . && docker run -p 8080:8080 inference
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
# ONNX Runtime comes from a locked npm package.
RUN apt-get update && apt-get install -y --no-install-recommends nodejs npm && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY global.json Directory.Build.props Directory.Packages.props .editorconfig ./
COPY src src
COPY models models
RUN dotnet publish src/Inference.Server -c Release -r linux-x64 --self-contained -o /app

FROM debian:12-slim
# libstdc++ for ONNX Runtime, curl for the health check.
RUN apt-get update && apt-get install -y --no-install-recommends libstdc++6 curl && rm -rf /var/lib/apt/lists/* \
    && useradd --system --user-group --create-home --uid 10001 inference \
    && install --directory --owner inference --group inference /data /home/inference/.cache
COPY --from=build /app /app
USER inference
# Responses, files and batches, and converted models: mount volumes to keep them beyond the container.
ENV INFERENCE_DATA_DIR=/data
VOLUME /data /home/inference/.cache
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s CMD curl --fail --silent http://localhost:8080/health
ENTRYPOINT ["/app/inference", "--host", "*", "--port", "8080"]
