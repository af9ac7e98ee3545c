package org.hourgate.app.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hourgate.credential.GatewayIdentity;
import org.hourgate.fuzz.FuzzTarget;
import org.hourgate.fuzz.Scratch;
import org.hourgate.infrastructure.config.ConfigException;

/**
 * Whatever stands in the file and in the variables: a configuration that the gate can be made of,
 * or one {@link ConfigException} with sentences. Behind a zero byte an input holds variables.
 */
public final class ConfigFuzz implements FuzzTarget {

  private final Path file = Scratch.folder("config").resolve("hourgate.yaml");

  @Override
  public void run(byte[] input) throws IOException {
    String text = new String(input, StandardCharsets.ISO_8859_1);
    int zero = text.indexOf('\0');
    int yaml = zero < 0 ? input.length : zero;
    Map<String, String> environment = new LinkedHashMap<>();
    if (zero >= 0) {
      for (String line : text.substring(zero + 1).split("\n", -1)) {
        String[] nameAndValue = line.split("=", 2);
        environment.put(
            "HOURGATE_" + nameAndValue[0], nameAndValue.length == 2 ? nameAndValue[1] : "");
      }
    }
    Files.write(file, java.util.Arrays.copyOf(input, yaml));
    try {
      HourgateConfig config = HourgateConfig.read(file, environment, Map.of());
      GatewayIdentity identity =
          new GatewayIdentity(
              config.gateway().publicUrl(),
              config.chain().id(),
              config.chain().contracts().getFirst());
      if (identity.domain().chars().anyMatch(Character::isISOControl)
          || identity.uri().chars().anyMatch(Character::isISOControl)) {
        throw new IllegalStateException("a text of more than one line would be signed");
      }
    } catch (ConfigException e) {
      if (e.problems().isEmpty()
          || e.problems().stream().anyMatch(problem -> problem.message().isBlank())) {
        throw new IllegalStateException("refused without a word", e);
      }
    }
  }

  @Override
  public List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    for (String text :
        List.of(
            ConfigFiles.MINIMAL,
            ConfigFiles.FULL,
            ConfigFiles.MINIMAL + "\0CHAIN_POLL=2s\nOPENVPN_0_NAME=udp\nOPENVPN_1_MANAGEMENT=x\n",
            ConfigFiles.FULL + "\0GATEWAY_NAME=\nSHOP_TLS=off\nLIMITS=off\nNOTHING=1\n",
            "gateway: &a [*a]\nchain: { rpc: *a }\n",
            "a: &a [1]\nb: &b [*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b]\ngateway: { name: *c }\n",
            "? [a, b]\n: c\n? {x: y}\n: *z\n",
            "%YAML 1.2\n---\n!!binary x\n...\n---\nsecond: document\n",
            "[".repeat(6_000),
            "{a: ".repeat(3_000),
            "- ".repeat(3_000),
            "\u00ff\u00fe a: b",
            "gateway: { public-url: \"https://[::1]:0/a?b#c\" }")) {
      seeds.add(text.getBytes(StandardCharsets.ISO_8859_1));
    }
    return seeds;
  }
}
