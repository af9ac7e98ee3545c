package org.hourgate.management.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.hourgate.management.ManagementProtocolException;
import org.hourgate.management.Reply;
import org.hourgate.management.ReplyShape;

/** Collects the lines of one reply. Throws when a line cannot belong to a reply of its shape. */
final class ReplyCollector {

  private static final String SUCCESS = "SUCCESS: ";
  private static final String ERROR = "ERROR: ";
  private static final int MAX_CHARACTERS = 64 * 1024 * 1024;

  private final ReplyShape shape;
  private final List<String> rows = new ArrayList<>();
  private int characters;

  ReplyCollector(ReplyShape shape) {
    this.shape = shape;
  }

  /** Takes the next line; gives the reply when it is whole. */
  Optional<Reply> accept(String line) {
    if (line.startsWith(ERROR)) {
      return Optional.of(new Reply.Failure(line.substring(ERROR.length())));
    }
    return switch (shape) {
      case SINGLE -> {
        if (!line.startsWith(SUCCESS)) {
          throw new ManagementProtocolException("a row where SUCCESS or ERROR was due");
        }
        yield Optional.of(new Reply.Success(line.substring(SUCCESS.length())));
      }
      case UNTIL_END -> {
        if (line.equals("END")) {
          yield Optional.of(new Reply.Lines(rows));
        }
        addRow(line);
        yield Optional.empty();
      }
    };
  }

  private void addRow(String line) {
    characters += line.length();
    if (line.startsWith(SUCCESS)) {
      throw new ManagementProtocolException("SUCCESS where rows were due");
    }
    if (characters > MAX_CHARACTERS) {
      throw new ManagementProtocolException("a reply above " + MAX_CHARACTERS + " bytes");
    }
    rows.add(line);
  }
}
