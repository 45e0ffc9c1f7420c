FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --include=dev
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:24-slim
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# So that people can say `docker compose exec server autoclose doctor`.
RUN chmod +x dist/src/main.js && ln -s /app/dist/src/main.js /usr/local/bin/autoclose
# The second is where every process tells how it is: for the health check below, and for Prometheus.
ENV NODE_ENV=production METRICS_PORT=9464
EXPOSE 9000 9464
USER node
# It handles signals itself and has no children: it can be process 1. Only one that comes before it has loaded is lost
# then; with `docker run --init`, as in docker-compose.yml, not even that.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.METRICS_PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/src/main.js"]
CMD ["start"]
