package org.hourgate.app.check;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.hourgate.app.config.HourgateConfig;
import org.hourgate.infrastructure.net.CidrBlock;

/** Keys, state and settings of the gate itself. */
final class GatewayCheck {

  private static final long MEGABYTE = 1024 * 1024;
  private static final long DISK_FULL = 10 * MEGABYTE;
  private static final long DISK_LOW = 100 * MEGABYTE;
  private static final List<CidrBlock> EVERYBODY =
      List.of(CidrBlock.parse("0.0.0.0/1"), CidrBlock.parse("::/1"));

  private GatewayCheck() {}

  static void look(HourgateConfig config, Path file, Findings findings) {
    configurationFile(config, file, findings);
    HourgateConfig.Gateway gateway = config.gateway();
    if (Files.exists(gateway.key())) {
      FileRights.secret(findings, "gateway.key", gateway.key());
    } else {
      findings.ok(
          FindingCode.SECRET, "gateway.key", gateway.key() + " will be made at the first start");
    }
    stateFolder(gateway.stateDir(), findings);
    if (gateway.publicUrl().getScheme().equals("http")) {
      findings.warn(
          FindingCode.PUBLIC_URL_HTTP,
          "gateway.public-url",
          "begins with http: passwords and signatures can be read on the way",
          "use https");
    }
    if (config.expiry().belt().isEmpty()) {
      findings.warn(
          FindingCode.BELT_OFF,
          "expiry.belt",
          "is off: while Hourgate is down, sessions go on past their paid time",
          "write belt: 60s");
    }
    if (config.limits().exempt().stream().anyMatch(GatewayCheck::isEverybody)) {
      findings.warn(
          FindingCode.LIMITS_EVERYBODY,
          "limits.exempt",
          "leaves half of the internet or more without limits",
          "name the networks that you trust, or none");
    }
    InetAddress admin = config.admin().listen().getAddress();
    if (admin != null && !admin.isLoopbackAddress()) {
      findings.warn(
          FindingCode.ADMIN_PUBLIC,
          "admin.listen",
          "anybody who reaches " + admin.getHostAddress() + " reads how the business goes",
          "listen on 127.0.0.1, or keep others out with a firewall");
    }
  }

  static boolean isEverybody(CidrBlock block) {
    return EVERYBODY.stream()
        .anyMatch(
            half ->
                block.network().getAddress().length == half.network().getAddress().length
                    && block.prefixLength() <= half.prefixLength());
  }

  private static void configurationFile(HourgateConfig config, Path file, Findings findings) {
    if (FileRights.isWritableByAll(file)) {
      findings.error(
          FindingCode.CONFIGURATION_WRITABLE,
          "configuration",
          "every user of this machine can change " + file,
          "chmod o-w " + file);
    }
    boolean accessKeys =
        config.chain().rpc().stream()
            .anyMatch(
                node ->
                    node.getRawQuery() != null
                        || (node.getRawPath() != null && node.getRawPath().length() > 1));
    if (accessKeys && FileRights.isReadableByAll(file)) {
      findings.warn(
          FindingCode.CONFIGURATION_OPEN,
          "configuration",
          "every user of this machine can read "
              + file
              + ", and chain.rpc looks like an access key",
          "chmod o-r " + file);
    }
  }

  private static void stateFolder(Path folder, Findings findings) {
    String subject = "gateway.state-dir";
    Path there = folder.toAbsolutePath();
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    if (!Files.isDirectory(there) || !Files.isWritable(there)) {
      findings.error(
          FindingCode.STATE_DIR_UNWRITABLE,
          subject,
          there + " can't be written by " + System.getProperty("user.name"),
          "give the folder to the user that Hourgate runs as, and run this as that user");
      return;
    }
    if (there.equals(folder.toAbsolutePath()) && FileRights.isWritableByAll(there)) {
      findings.error(
          FindingCode.STATE_DIR_OPEN,
          subject,
          "every user of this machine can change what is in " + folder,
          "chmod 700 " + folder);
    }
    disk(there, subject, findings);
  }

  private static void disk(Path folder, String subject, Findings findings) {
    try {
      long free = Files.getFileStore(folder).getUsableSpace();
      String left = "%d MB are free for %s".formatted(free / MEGABYTE, folder);
      if (free < DISK_FULL) {
        findings.error(FindingCode.DISK_FULL, subject, left, "make room");
      } else if (free < DISK_LOW) {
        findings.warn(FindingCode.DISK_LOW, subject, left, "make room");
      } else {
        findings.ok(FindingCode.STATE_DIR, subject, left);
      }
    } catch (IOException e) {
      findings.warn(
          FindingCode.DISK_LOW, subject, "can't tell how much room is left: " + e, "look yourself");
    }
  }
}
