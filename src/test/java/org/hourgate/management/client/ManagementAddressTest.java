package org.hourgate.management.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ManagementAddressTest {

  @Test
  void readsBothForms() {
    assertThat(ManagementAddress.parse("unix:/run/m.sock"))
        .isEqualTo(new ManagementAddress.Unix(Path.of("/run/m.sock")));
    assertThat(ManagementAddress.parse("tcp:127.0.0.1:7505"))
        .isEqualTo(new ManagementAddress.Tcp("127.0.0.1", 7505));
    assertThat(ManagementAddress.parse("tcp:[::1]:7505"))
        .isEqualTo(new ManagementAddress.Tcp("::1", 7505));
  }

  @ParameterizedTest
  @ValueSource(strings = {"unix:/run/m.sock", "tcp:localhost:1", "tcp:[::1]:65535"})
  void printsWhatItReads(String text) {
    assertThat(ManagementAddress.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '|',
      value = {
        "'',write a management address as unix:/path or tcp:HOST:PORT",
        "/run/m.sock,write a management address as unix:/path",
        "localhost:7505,write a management address as unix:/path",
        "unix:,1 to 107 bytes",
        "tcp:localhost,write a management address as tcp:HOST:PORT",
        "tcp::7505,the host is missing",
        "tcp:localhost:,write a management address as tcp:HOST:PORT",
        "tcp:localhost:x,write a management address as tcp:HOST:PORT",
        "tcp:localhost:0,not a TCP port: 0",
        "tcp:localhost:65536,not a TCP port: 65536",
        "tcp:::1:7505,in brackets"
      })
  void saysWhatIsWrong(String text, String complaint) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ManagementAddress.parse(text))
        .withMessageContaining(complaint);
  }

  @Test
  void takesPathsOf107BytesAndNoMore() {
    assertThat(ManagementAddress.parse("unix:/" + "x".repeat(106))).isNotNull();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ManagementAddress.parse("unix:/" + "x".repeat(107)))
        .withMessageContaining("108");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ManagementAddress.parse("unix:/" + "ä".repeat(54)));
  }
}
