FROM eclipse-temurin:17.0.20.1_1-jdk-noble AS build
WORKDIR /src
COPY . .
RUN ./mvnw -B -q -pl example-webapp -am -Dmaven.test.skip=true -Dspotless.check.skip=true package \
    && cp example-webapp/target/*-exec.war /example.war

FROM eclipse-temurin:17.0.20.1_1-jre-noble
RUN useradd --system --no-create-home app
COPY --from=build /example.war /app/example.war
WORKDIR /app
USER app
ENV PORT=8000
EXPOSE 8000
# By bash, as the image has no HTTP client for sure; name[] asks for a single metric.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["bash", "-c", "\
    exec 3<>/dev/tcp/127.0.0.1/$PORT \
    && printf 'GET /metrics?name[]=http_active_requests HTTP/1.0\\r\\n\\r\\n' >&3 \
    && read -r status <&3 \
    && [[ $status == *' 200 '* ]]"]
CMD ["java", "-jar", "example.war"]
