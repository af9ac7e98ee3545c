package org.hourgate.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** What the build makes of the page. */
final class PageFilesTest {

  private static final int LIMIT = 60_000;

  @Test
  void theScriptIsSmall() throws IOException {
    try (InputStream script = getClass().getResourceAsStream("/web/app.js")) {
      assumeTrue(script != null, "built with -DskipWeb");
      ByteArrayOutputStream packed = new ByteArrayOutputStream();
      try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
        script.transferTo(gzip);
      }
      assertThat(packed.size()).isLessThanOrEqualTo(LIMIT);
    }
  }
}
