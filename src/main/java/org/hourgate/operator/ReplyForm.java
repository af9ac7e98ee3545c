package org.hourgate.operator;

import java.util.List;
import java.util.function.UnaryOperator;
import org.hourgate.management.Reply;

/** What a reply of OpenVPN is given to guests as. */
enum ReplyForm {
  AS_IT_IS,
  /** {@code status 1}, made of {@code status 3}. */
  STATUS_1,
  /** {@code status 2}, made of {@code status 3}. */
  STATUS_2,
  /** {@code nclients}, made of {@code load-stats}. */
  NUMBER_OF_CLIENTS;

  /** With line ends. */
  String text(Reply reply) {
    return GuestText.of(
        switch (this) {
          case AS_IT_IS -> reply;
          case STATUS_1 -> rows(reply, StatusText::first);
          case STATUS_2 -> rows(reply, StatusText::second);
          case NUMBER_OF_CLIENTS ->
              reply instanceof Reply.Success(String text)
                  ? new Reply.Success(text.split(",", 2)[0])
                  : reply;
        });
  }

  private static Reply rows(Reply reply, UnaryOperator<List<String>> change) {
    return reply instanceof Reply.Lines(List<String> rows)
        ? new Reply.Lines(change.apply(rows))
        : reply;
  }
}
