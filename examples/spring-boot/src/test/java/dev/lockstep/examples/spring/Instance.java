package dev.lockstep.examples.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** An instance of the service: a process of its own, at a port that the system chooses. */
final class Instance {
  private static final Pattern STARTED = Pattern.compile("Tomcat started on port (\\d+)");
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int STOP_SECONDS = 10;
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final Process process;
  private final Path log;

  /** Returns at once; {@link #port} waits until it has started. */
  Instance(Path log, String databaseUrl) throws IOException {
    // Without what only the tests have.
    String classPath =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !entry.endsWith("test-classes"))
            .collect(Collectors.joining(File.pathSeparator));
    this.log = log;
    this.process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath,
                MusicShop.class.getName(),
                "--server.port=0",
                "--spring.datasource.url=" + databaseUrl)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
  }

  long pid() {
    return process.pid();
  }

  int port() {
    Matcher started = await().atMost(PATIENCE).until(() -> STARTED.matcher(log()), Matcher::find);
    return Integer.parseInt(started.group(1));
  }

  private String log() throws IOException {
    String text = Files.readString(log);
    assertThat(process.isAlive()).as(text).isTrue();
    return text;
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(request(path).GET());
  }

  HttpResponse<String> order(String reference, int trackId, int quantity)
      throws IOException, InterruptedException {
    String order =
        "{\"reference\": \"%s\", \"lines\": [{\"trackId\": %d, \"quantity\": %d}]}"
            .formatted(reference, trackId, quantity);
    return send(
        request("/orders")
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(order)));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
        .timeout(PATIENCE);
  }

  private static HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  static void stopAll(List<Instance> instances) throws InterruptedException {
    instances.forEach(instance -> instance.process.destroy());
    for (Instance instance : instances) {
      if (!instance.process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        instance.process.destroyForcibly().waitFor();
      }
    }
  }
}
