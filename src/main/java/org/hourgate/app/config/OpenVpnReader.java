package org.hourgate.app.config;

import static org.hourgate.infrastructure.config.Parsers.matching;
import static org.hourgate.infrastructure.config.Parsers.oneOf;
import static org.hourgate.infrastructure.config.Parsers.path;
import static org.hourgate.infrastructure.config.Parsers.secretFile;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.hourgate.app.config.HourgateConfig.Mode;
import org.hourgate.app.config.HourgateConfig.OpenVpn;
import org.hourgate.app.config.HourgateConfig.Operator;
import org.hourgate.app.config.HourgateConfig.OperatorAddress;
import org.hourgate.app.config.HourgateConfig.Script;
import org.hourgate.infrastructure.config.Section;
import org.hourgate.infrastructure.config.Setting;
import org.hourgate.operator.GuestRole;

/** Declares the keys of {@code openvpn[]}. */
final class OpenVpnReader {

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,31}");
  private static final String USUAL_NAME = "openvpn";
  private static final String GUESTS =
      "guests have to come anew. The password is read again each time anyway";

  private final Path folder;
  private final Set<Mode> modes = EnumSet.noneOf(Mode.class);

  OpenVpnReader(Path folder) {
    this.folder = folder;
  }

  /** Whether what was read has an instance of {@code mode: script}. */
  boolean anyByScript() {
    return modes.contains(Mode.SCRIPT);
  }

  Supplier<List<OpenVpn>> read(Section root) {
    List<Section> sections = root.sections("openvpn");
    if (sections.isEmpty()) {
      root.problem("openvpn", "needs at least one entry");
    }
    Set<String> names = new HashSet<>();
    List<Supplier<OpenVpn>> instances = new ArrayList<>();
    for (Section section : sections) {
      Setting<String> name =
          section.value(
              "name",
              matching(NAME, "1 to 32 small letters, digits, hyphens or underscores"),
              "the name in `hourgate sessions`, logs and metrics; needed with more than one entry");
      String effective = name.peek().orElse(USUAL_NAME);
      if (!names.add(effective)) {
        section.problem("name", "must be another than that of an earlier entry: " + effective);
      }
      instances.add(instance(section, name.orElse(USUAL_NAME)));
    }
    return () -> instances.stream().map(Supplier::get).toList();
  }

  private Supplier<OpenVpn> instance(Section section, Supplier<String> name) {
    var management =
        section
            .value(
                "management",
                Formats.management(folder),
                "OpenVPN's management socket; its path has at most 107 bytes")
            .required();
    var password =
        section
            .value(
                "management-password",
                secretFile(folder),
                "secret; the first line of the file counts, as for OpenVPN itself")
            .optional();
    var mode =
        section.value(
            "mode",
            oneOf(Mode.class),
            "how OpenVPN asks: `management` is `management-client-auth`, which is the better way"
                + " wherever it can be had; `script` is the scripts of `openvpn-conf/script`, [for"
                + " servers that must keep OpenVPN's script interface](script-mode.md)");
    mode.peek().ifPresent(modes::add);
    var effectiveMode = mode.orElse("management");
    Supplier<Optional<Script>> script = script(section, mode);
    var template =
        section
            .value(
                "profile-template",
                path(folder),
                "file that customers' profiles are made from: `openvpn-conf/client.ovpn.template`"
                    + " with all filled in but `{{NAME}}`, `{{USERNAME}}` and `{{PASSWORD}}`."
                    + " Without it the page offers user name and password only")
            .live("read again also under the same name")
            .optional();
    Supplier<Optional<Operator>> operator = operator(section);
    return () ->
        new OpenVpn(
            name.get(),
            management.get(),
            password.get(),
            effectiveMode.get(),
            script.get(),
            template.get(),
            operator.get());
  }

  private Supplier<Optional<Script>> script(Section section, Setting<Mode> mode) {
    var scriptFolder =
        section.value(
            "script-folder",
            path(folder).told("the path of a folder"),
            "where scripts and Hourgate meet, also that OpenVPN's `tmp-dir`: a folder of its own,"
                + " best under `/run`; made if absent, closed to everybody but its owner and"
                + " `script-group`");
    var group =
        section.value(
            "script-group",
            ConfigReader.group(),
            "the group that OpenVPN runs as (its `group`); Hourgate's user must be a member of it."
                + " Not needed while OpenVPN stays root");
    boolean byScript = mode.peek().filter(Mode.SCRIPT::equals).isPresent();
    if (byScript && !scriptFolder.isWritten()) {
      section.problem("script-folder", "is required with mode: script");
    }
    for (Setting<?> setting : List.of(scriptFolder, group)) {
      if (!byScript && setting.isWritten()) {
        section.problem(
            setting == group ? "script-group" : "script-folder", "goes with mode: script");
      }
    }
    var effectiveFolder = scriptFolder.optional("required with `mode: script`");
    var effectiveGroup = group.optional("the folder's");
    return () -> effectiveFolder.get().map(at -> new Script(at, effectiveGroup.get()));
  }

  private Supplier<Optional<Operator>> operator(Section section) {
    var address =
        section.value(
            "operator-socket",
            Formats.operator(folder),
            "where other tools share the management interface, see [operators.md](operators.md): a"
                + " unix socket (`/run/hourgate/udp.sock`), or a port of this machine");
    var password =
        section
            .value(
                "operator-password",
                secretFile(folder),
                "secret; the first line of the file counts; required with a port, and only there")
            .live(GUESTS);
    var group =
        section.value(
            "operator-group",
            ConfigReader.group(),
            "whose members may use a unix socket too; its mode is 0660 then");
    var role =
        section
            .value(
                "operator-role",
                oneOf(GuestRole.class),
                "what those tools may do: `read` is look, `kill` is look and end sessions")
            .live(GUESTS);
    boolean isPort = address.peek().filter(OperatorAddress.Tcp.class::isInstance).isPresent();
    boolean isUnderstood = address.peek().isPresent() || !address.isWritten();
    if (isUnderstood && isPort != password.isWritten()) {
      section.problem(
          "operator-password",
          isPort ? "is required with a port" : "goes with an operator-socket that is a port");
    }
    boolean isUnix = address.peek().filter(OperatorAddress.Unix.class::isInstance).isPresent();
    if (isUnderstood && group.isWritten() && !isUnix) {
      section.problem("operator-group", "goes with an operator-socket that is a file");
    }
    var effectiveGroup = group.optional();
    var effectiveAddress = address.optional();
    var effectivePassword = password.optional();
    var effectiveRole = role.orElse("kill");
    return () ->
        effectiveAddress
            .get()
            .map(
                at ->
                    new Operator(
                        at, effectivePassword.get(), effectiveGroup.get(), effectiveRole.get()));
  }
}
