package org.hourgate.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The manual page says what {@code --help} says. */
final class ManPageTest {

  private final CommandSpec root = Main.commandLine().getCommandSpec();
  private final String page = ManPageCommand.page(root);

  @Test
  void hasEveryCommandWithEveryOption() {
    List<String> missing = new ArrayList<>();
    look(root, missing);

    assertThat(missing).isEmpty();
    assertThat(page).contains(".SS \"hourgate products add\"").contains("\\fB\\-\\-reason\\fR");
  }

  private void look(CommandSpec command, List<String> missing) {
    for (CommandLine sub : command.subcommands().values()) {
      CommandSpec spec = sub.getCommandSpec();
      if (spec.usageMessage().hidden()) {
        continue;
      }
      String title = ".SS \"%s\"\n".formatted(spec.qualifiedName(" ").replace("-", "\\-"));
      int from = page.indexOf(title);
      if (from < 0) {
        missing.add(title);
        continue;
      }
      int next = page.indexOf("\n.S", from + 1);
      String section = page.substring(from, next);
      for (OptionSpec option : spec.options()) {
        if (!option.hidden() && !option.inherited() && !option.usageHelp()) {
          String name = "\\fB%s\\fR".formatted(option.longestName().replace("-", "\\-"));
          if (!section.contains(name) && !option.versionHelp()) {
            missing.add(title + name);
          }
        }
      }
      look(spec, missing);
    }
  }

  @Test
  void noLineOfTextIsTakenForARequest() {
    assertThat(page.lines().filter(line -> line.startsWith(".")))
        .allMatch(line -> line.matches("\\.(TH|SH|SS|PP|TP|B|I|RI|BR|nf|fi)( .*)?"));
    assertThat(page.lines()).noneMatch(line -> line.startsWith("'"));
  }
}
