package org.hourgate.infrastructure.log;

import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.JsonEscapeUtil;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.slf4j.event.KeyValuePair;

/**
 * Lines for machines: a JSON object each, of Logback's own making, with the fields of a step beside
 * time, level and message. Numbers are numbers; everything else is text.
 */
public final class JsonLines extends JsonEncoder {

  private boolean journal = Journal.isReading();

  /** Leaves out what is the same in each line or of use to nobody. */
  public JsonLines() {
    setWithSequenceNumber(false);
    setWithNanoseconds(false);
    setWithContext(false);
    setWithThreadName(false);
    setWithMarkers(false);
    setWithMDC(false);
    setWithKVPList(false);
    setWithMessage(false);
    setWithArguments(false);
    setWithFormattedMessage(true);
  }

  void journal(boolean isReading) {
    journal = isReading;
  }

  @Override
  protected void appendCustomFields(StringBuilder text, ILoggingEvent event) {
    List<KeyValuePair> fields = event.getKeyValuePairs();
    if (fields == null) {
      return;
    }
    for (KeyValuePair field : fields) {
      text.append(VALUE_SEPARATOR);
      if (field.value instanceof Number number) {
        appenderMemberWithLongValue(text, field.key, number.longValue());
      } else {
        appenderMember(
            text, field.key, JsonEscapeUtil.jsonEscapeString(String.valueOf(field.value)));
      }
    }
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    byte[] line = super.encode(event);
    if (!journal) {
      return line;
    }
    byte[] priority = Journal.priority(event.getLevel()).getBytes(StandardCharsets.US_ASCII);
    byte[] whole = new byte[priority.length + line.length];
    System.arraycopy(priority, 0, whole, 0, priority.length);
    System.arraycopy(line, 0, whole, priority.length, line.length);
    return whole;
  }
}
